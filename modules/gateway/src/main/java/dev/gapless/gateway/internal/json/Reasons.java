package dev.gapless.gateway.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** What went wrong, in words. */
public final class Reasons {
    /** What would help who programs with Jackson, and nobody else. */
    private static final Pattern FEATURES = Pattern.compile(
            "( \\(not recognized as one since Feature '\\w+' not enabled for parser\\)|: enable `[\\w.]+` to allow"
                    + "|, from `[\\w.]+\\(\\)`|: not allowed as per `[\\w.]+`| \\(bound as [^)]*\\))");

    private Reasons() {}

    /** Why that is no JSON, for people who write JSON. */
    public static String ofJson(JsonProcessingException error) {
        return FEATURES.matcher(String.valueOf(error.getOriginalMessage())).replaceAll("");
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
