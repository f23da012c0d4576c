package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * The reader has everything, and knows that it was the last.
 *
 * @param head the producer's last sequence
 */
public record GoneAck(String topic, long reader, Session session, long head) implements ToProducer {
    public GoneAck {
        Message.check(topic, reader);
        Message.checkSequence("A head", head);
    }
}
