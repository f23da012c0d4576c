package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** What went wrong, in words. */
public final class Reasons {
    /** What would help who programs with Jackson, and nobody else. */
    private static final Pattern OF_JACKSON = Pattern.compile(String.join(
            "|",
            " \\(not recognized as one since Feature '\\w+' not enabled for parser\\)",
            ": enable `[\\w.]+` to allow",
            ", from `[\\w.]+\\(\\)`",
            ": not allowed as per `[\\w.]+`",
            " \\(bound as [^)]*\\)",
            " \\(token `JsonToken\\.\\w+`\\)",
            " \\(set DeserializationConfig\\.[\\w.]+ to '\\w+' to allow\\)",
            "; `DeserializationFeature\\.\\w+` enabled",
            " \\(although at least one Creator exists\\)",
            ": no [\\w/]+-argument constructor/factory method to deserialize(?= from)",
            " \\(index \\d+\\)",
            ", not marked as ignorable",
            "(?<=Missing( required)?) creator(?= property)"));

    private Reasons() {}

    /** Why that is no JSON, or none that fits, and where, for people who write JSON. */
    public static String ofJson(JsonProcessingException error) {
        StringBuilder place = new StringBuilder();
        if (error instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference step : mapping.getPath()) {
                String name = step.getFieldName();
                place.append(name == null ? "[" + step.getIndex() + "]" : (place.isEmpty() ? "" : ".") + name);
            }
        }
        String why =
                OF_JACKSON.matcher(String.valueOf(error.getOriginalMessage())).replaceAll("");
        return place.isEmpty() ? why : "at " + place + ": " + why;
    }

    /** What is behind the wrappers that futures put around it. */
    public static Throwable cause(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null
                && (cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause.getMessage() == null)) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** In words, without those wrappers. */
    public static String of(Throwable error) {
        Throwable cause = cause(error);
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
