package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** The parameters of a request. What is misspelt, or given twice, is refused by name: it must not be ignored. */
final class Query {
    private final Fields fields;

    private Query(Fields fields) {
        this.fields = fields;
    }

    /**
     * Reads those of a request. Throws {@link RequestException} for one that has another name.
     *
     * @param known what the path takes
     */
    static Query of(Request request, Set<String> known) {
        Fields fields = Request.extractQueryParameters(request);
        for (String name : fields.getNames()) {
            if (!known.contains(name)) {
                throw new RequestException(
                        Kind.BAD_MESSAGE,
                        "There is no parameter '" + name + "' here; there may be "
                                + String.join(", ", new TreeSet<>(known)));
            }
        }
        return new Query(fields);
    }

    /** {@return null if it is not there} Throws {@link RequestException} if it is there twice. */
    @Nullable String text(String name) {
        List<String> values = fields.getValuesOrEmpty(name);
        if (values.size() > 1) {
            throw new RequestException(
                    Kind.BAD_MESSAGE, "The parameter '" + name + "' is there " + values.size() + " times");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    /** What stands between commas, of all with this name; null if there is none. */
    @Nullable List<String> list(String name) {
        List<String> values = fields.getValuesOrEmpty(name);
        return values.isEmpty()
                ? null
                : values.stream()
                        .flatMap(value -> Stream.of(value.split(",", -1)))
                        .filter(value -> !value.isEmpty())
                        .toList();
    }

    /** One of two words; null if it is not there. Throws {@link RequestException} for another one. */
    @Nullable String word(String name, String one, String other) {
        String word = text(name);
        if (word != null && !word.equals(one) && !word.equals(other)) {
            throw new RequestException(Kind.BAD_MESSAGE, name + " is " + one + " or " + other + ", not '" + word + "'");
        }
        return word;
    }
}
