package dev.gapless.simulation.mutation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a source.
 *
 * @param type the class whose source is changed, by its simple name, or behind the names of packages with slashes
 * @param method the method, or methods of one name, in which it is; null for anywhere in the source
 * @param find what must stand there just once, whatever white space is in it
 * @param replacement what stands there instead
 */
public record Edit(String type, @Nullable String method, String find, String replacement) {

    /** At a place that is written {@code CLASS} or {@code CLASS#METHOD}. */
    public static Edit at(String place, String find, String replacement) {
        int hash = place.indexOf('#');
        String type = hash < 0 ? place : place.substring(0, hash);
        return new Edit(type, hash < 0 ? null : place.substring(hash + 1), find, replacement);
    }

    /** The source, changed. Throws IllegalStateException if that does not stand there, or more than once. */
    public String apply(String source) {
        String wanted = find.replaceAll("\\s", "");
        int from = -1;
        int to = -1;
        for (Methods.Range range : method == null ? List.of(new Methods.Range(0, source.length())) : places(source)) {
            StringBuilder dense = new StringBuilder();
            int[] at = new int[range.to() - range.from() + 1];
            for (int i = range.from(); i < range.to(); i++) {
                if (!Character.isWhitespace(source.charAt(i))) {
                    at[dense.length()] = i;
                    dense.append(source.charAt(i));
                }
            }
            int first = wanted.isEmpty() ? -1 : dense.indexOf(wanted);
            if (first < 0) {
                continue;
            }
            if (from >= 0 || dense.indexOf(wanted, first + 1) >= 0) {
                throw new IllegalStateException("more than once in " + place() + ": " + find.strip());
            }
            from = at[first];
            to = at[first + wanted.length() - 1] + 1;
        }
        if (from < 0) {
            throw new IllegalStateException("not in " + place() + ": " + find.strip());
        }
        return source.substring(0, from) + replacement + source.substring(to);
    }

    private List<Methods.Range> places(String source) {
        List<Methods.Range> places = Methods.named(String.valueOf(method), source);
        if (places.isEmpty()) {
            throw new IllegalStateException("no method " + method + " in " + type);
        }
        return places;
    }

    private String place() {
        return method == null ? type : type + "#" + method;
    }
}
