package dev.gapless;

import org.jspecify.annotations.Nullable;

/**
 * Too many publishes wait already ({@code gapless.max-pending-publishes}): for their node to become a member of a cluster, with backpressure
 * for room in the ring, or for the store of a durable topic that works, where {@code gapless.buffer-bytes} bounds them, too. Nothing was
 * published.
 */
public final class TooManyPending extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public TooManyPending(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
