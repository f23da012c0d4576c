package dev.gapless.gateway.internal.access;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names, and beginnings of names that end with an asterisk: {@code fleet/*}; a single asterisk is any. Immutable. */
public record Patterns(List<String> all) {
    static final Patterns NONE = new Patterns(List.of());
    static final Patterns ANY = new Patterns(List.of("*"));

    public Patterns {
        all = List.copyOf(all);
    }

    /** Is it one of them? */
    public boolean take(String name) {
        return all.stream().anyMatch(pattern -> covers(pattern, name));
    }

    /** Do they take all that the others take? */
    boolean coverAll(Patterns others) {
        return others.all.stream().allMatch(this::take);
    }

    boolean isAny() {
        return all.contains("*");
    }

    /** Does it take all that the other one takes? That one is a name, or a pattern. */
    private static boolean covers(String pattern, String other) {
        return pattern.endsWith("*")
                ? other.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.equals(other);
    }

    /** What either takes. */
    Patterns or(Patterns others) {
        return new Patterns(
                Stream.concat(all.stream(), others.all.stream()).distinct().toList());
    }

    /** What both take; all of these if nothing is asked for. Empty if that is nothing. */
    List<String> and(@Nullable List<String> asked) {
        if (asked == null) {
            return all;
        }
        TreeSet<String> both = new TreeSet<>();
        for (String pattern : all) {
            for (String other : asked) {
                if (covers(pattern, other)) {
                    both.add(other);
                } else if (covers(other, pattern)) {
                    both.add(pattern);
                }
            }
        }
        return List.copyOf(both);
    }
}
