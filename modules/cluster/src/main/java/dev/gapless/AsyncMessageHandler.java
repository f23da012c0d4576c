package dev.gapless;

import java.util.concurrent.CompletionStage;

/**
 * Handles a message elsewhere, and says when that is done. Still one at a time: the next message comes when the stage has
 * completed. No thread waits meanwhile. A stage that never completes holds up its subscription alone, which then falls behind.
 *
 * <pre>{@code
 * class Rows implements AsyncMessageHandler<Row> {
 *     public CompletionStage<?> onMessage(Delivery<Row> delivery) { return database.write(delivery.message()); }
 *     public CompletionStage<Reload> onCursorExpired(CursorExpired<Row> expired) { return copyAll(); }
 * }
 * }</pre>
 *
 * @param <T> the type of the messages
 */
public non-sealed interface AsyncMessageHandler<T> extends EventHandler<T> {
    /**
     * Takes a message.
     *
     * @param delivery the message, and what belongs to it
     * @return a stage that completes when it was handled; what it fails with goes to {@link #onFailure}
     * @throws Exception which goes there, too
     */
    CompletionStage<?> onMessage(Delivery<T> delivery) throws Exception;
}
