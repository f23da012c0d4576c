package dev.gapless;

import dev.gapless.core.CursorToken;

/**
 * What a subscription is given.
 *
 * <pre>{@code
 * if (event instanceof Delivery<Price> delivery) {
 *     apply(delivery.message());
 * } else if (event instanceof CursorExpired<Price>) {
 *     reload();
 * } else if (event instanceof Ended<Price> ended) {
 *     store(ended.token());
 * }
 * }</pre>
 *
 * @param <T> the type of the topic's messages
 */
public sealed interface Event<T> permits Delivery, CursorExpired, ProducerLeft, Undecodable, Ended {

    /** {@return the name of the topic} */
    String topic();

    /** {@return what resumes behind this event; for {@link CursorExpired} in front of it, so that it is told again} Any thread. */
    CursorToken token();
}
