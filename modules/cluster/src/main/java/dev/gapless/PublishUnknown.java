package dev.gapless;

/**
 * The message was being stored, and nobody knows whether it is: the store did not answer for {@code gapless.backpressure-timeout}, or
 * this node ended meanwhile. It may be published, now or later, and then readers get it. A publication with an id
 * ({@link Publication#withId}) can be published again: there is one message then. Publish another one again only if twice does no harm.
 */
public final class PublishUnknown extends StoreFailure {
    private static final long serialVersionUID = 1;

    /**
     * Made by Gapless.
     *
     * @param message what is wrong, and what to do
     * @param forClients what clients of the application may be told
     */
    public PublishUnknown(String message, String forClients) {
        super(message, forClients);
    }
}
