package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * Everything up to this sequence is in the reader's feed.
 *
 * @param sequence cumulative
 * @param windowBytes how much may be under way beyond; 0 stops the producer until another Ack grants some
 */
public record Ack(String topic, long reader, Session session, long sequence, long windowBytes) implements ToProducer {
    public Ack {
        Message.check(topic, reader);
        Message.checkSequence("An acknowledged sequence", sequence);
        Message.checkSequence("A window", windowBytes);
    }
}
