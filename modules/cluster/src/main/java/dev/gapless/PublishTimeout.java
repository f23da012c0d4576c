package dev.gapless;

import org.jspecify.annotations.Nullable;

/** With backpressure: there was no room in the ring for the backpressure timeout. Nothing was published. */
public final class PublishTimeout extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public PublishTimeout(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
