package dev.gapless;

/**
 * The store of a durable topic does not do what a publish needs of it. {@link #getMessage} is for people who look after the node: it says where
 * the store is, and what its database said.
 */
public abstract sealed class StoreFailure extends RuntimeException permits StoreUnavailable, PublishUnknown {
    private static final long serialVersionUID = 1;

    private final String forClients;

    StoreFailure(String message, String forClients) {
        super(message);
        this.forClients = forClients;
    }

    /** {@return what clients of the application may be told: nothing of where the store is, and what its database said} */
    public final String forClients() {
        return forClients;
    }
}
