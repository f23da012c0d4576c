package dev.gapless.node;

import dev.gapless.gateway.internal.json.Reasons;
import org.jspecify.annotations.Nullable;

/** Ends a command with exit status 1; the message is the one line that the user gets to see. */
public class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failure(String message) {
        super(message);
    }

    public Failure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What went wrong, in words, without the wrappers that futures put around it. */
    public static String reason(Throwable error) {
        return Reasons.of(error);
    }
}
