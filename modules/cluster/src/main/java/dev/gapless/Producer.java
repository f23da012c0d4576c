package dev.gapless;

import dev.gapless.core.Position;
import java.util.concurrent.CompletionStage;

/**
 * Publishes to a topic from this node. Thread-safe; what one thread publishes is sequenced in that order. There is one
 * producer per topic and node: handles are views of it, and need not be closed.
 *
 * @param <T> the type of the messages
 */
public interface Producer<T> {

    Topic<T> topic();

    /**
     * Publishes a message. Serialized on the calling thread.
     *
     * @return the message's position, once it is in the ring. Completes on {@code gapless.completion-dispatcher} or at once, and fails
     *     with {@link MessageTooLarge}, {@link NotSerializable}, {@link ProducerClosed}, and with backpressure
     *     {@link PublishTimeout} or {@link TooManyPending}; a message that failed has no position and leaves no hole
     */
    CompletionStage<Position> publish(T message);
}
