package dev.gapless;

/**
 * Handles a message within the call: when it returns, the message is done with.
 *
 * <pre>{@code
 * class Prices implements MessageHandler<Price> {
 *     public void onMessage(Delivery<Price> delivery) {
 *         if (delivery.isDeleted()) cache.remove(delivery.key()); else cache.put(delivery.key(), delivery.message());
 *     }
 *     public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
 *         return database.readAll().thenApply(rows -> { cache.replace(rows); return Reload.done(); });
 *     }
 * }
 * }</pre>
 *
 * @param <T> the type of the messages
 */
public non-sealed interface MessageHandler<T> extends EventHandler<T> {
    /**
     * Takes a message.
     *
     * @param delivery the message, and what belongs to it
     * @throws Exception which goes to {@link #onFailure}
     */
    void onMessage(Delivery<T> delivery) throws Exception;
}
