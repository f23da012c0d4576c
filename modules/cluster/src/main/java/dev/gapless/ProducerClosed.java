package dev.gapless;

import org.jspecify.annotations.Nullable;

/** The node shuts down, or was removed from the cluster: nothing more can be published. Nothing was published. */
public final class ProducerClosed extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what to do
     * @param cause what went wrong, or null
     */
    public ProducerClosed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
