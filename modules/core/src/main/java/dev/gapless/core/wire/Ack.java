package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * Everything up to this sequence is in the reader's feed, or in a node's copy of the log.
 *
 * @param sequence cumulative
 * @param least of a copy: messages up to this one may be overwritten, as far as the node is concerned (rule P18). It may go back, and may be older
 *     than the log's oldest message. Of any other reader it is the sequence
 * @param windowBytes how much may be under way beyond; 0 stops the producer until another Ack grants some
 */
public record Ack(String topic, long reader, Session session, long sequence, long least, long windowBytes)
        implements ToProducer {
    /** The least of a node for which nothing has to be kept. */
    public static final long KEEPS_NOTHING = Long.MAX_VALUE;

    public Ack {
        Message.check(topic, reader);
        Message.checkSequence("An acknowledged sequence", sequence);
        Message.checkSequence("A least sequence", least);
        Message.checkSequence("A window", windowBytes);
    }

    /** That of a reader that keeps nothing but what it has not received. */
    public Ack(String topic, long reader, Session session, long sequence, long windowBytes) {
        this(topic, reader, session, sequence, sequence, windowBytes);
    }
}
