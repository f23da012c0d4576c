package dev.gapless;

import org.jspecify.annotations.Nullable;

/** With backpressure: too many publishes wait for room already. Nothing was published. */
public final class TooManyPending extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TooManyPending(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
