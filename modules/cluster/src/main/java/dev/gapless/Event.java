package dev.gapless;

import dev.gapless.core.CursorToken;

/**
 * What a subscription is given.
 *
 * @param <T> the type of the topic's messages
 */
public sealed interface Event<T> permits Delivery, CursorExpired, ProducerLeft, Undecodable, Ended {

    /** The name of the topic. */
    String topic();

    /** Resumes behind this event; for {@link CursorExpired} in front of it, so that it is told again. Any thread. */
    CursorToken token();
}
