package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * The producer leaves in good order and will publish nothing more.
 *
 * @param head its last sequence
 */
public record Gone(String topic, long reader, Session session, long head) implements ToConsumer {
    public Gone {
        Message.check(topic, reader);
        Message.checkSequence("A head", head);
    }
}
