package dev.gapless;

import org.jspecify.annotations.Nullable;

/**
 * The message waited for {@code gapless.backpressure-timeout}: for its node to become a member of a cluster, or with backpressure
 * for room in the ring. Nothing was published.
 */
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
