package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * A node lacks messages of a log that it copies, older than those that are pushed to it. Answered by {@link Fetched}; the producer keeps nothing
 * of it.
 *
 * @param first the sequence of the first message that is wanted
 * @param mostBytes what the messages of the answer may be charged for; one message may be larger
 */
public record Fetch(String topic, long reader, Session session, long first, long mostBytes) implements ToProducer {
    public Fetch {
        Message.check(topic, reader);
        if (first < 1) {
            throw new IllegalArgumentException("Messages are fetched from 1 on, not from " + first);
        }
        Message.checkSequence("A number of bytes", mostBytes);
    }
}
