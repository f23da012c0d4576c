package dev.gapless;

/**
 * The store of a durable topic takes no messages: it is away, has taken nothing of this message for {@code gapless.backpressure-timeout}, or
 * what it has cannot be used. Nothing was published.
 */
public final class StoreUnavailable extends StoreFailure {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what is wrong, and what to do
     * @param forClients what clients of the application may be told
     */
    public StoreUnavailable(String message, String forClients) {
        super(message, forClients);
    }
}
