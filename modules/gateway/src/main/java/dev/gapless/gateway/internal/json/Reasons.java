package dev.gapless.gateway.internal.json;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong, in words. */
public final class Reasons {
    private Reasons() {}

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
