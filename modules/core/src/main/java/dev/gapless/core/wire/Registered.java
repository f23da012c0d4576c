package dev.gapless.core.wire;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Session;

/**
 * The producer has a cursor for this session.
 *
 * @param log which log it is
 * @param next the sequence of the first message that will be sent
 * @param oldest the oldest sequence that the ring holds, or {@code head + 1} if it holds none
 * @param head the newest
 * @param quietMs for how long at least nothing was published, by the producer's clock, in milliseconds
 */
public record Registered(
        String topic, long reader, Session session, LogIdentity log, long next, long oldest, long head, long quietMs)
        implements ToConsumer {
    public Registered {
        Message.check(topic, reader);
        if (next < 1 || next > head + 1) {
            throw new IllegalArgumentException("Next is 1 to head + 1: " + next + ", head " + head);
        }
        if (quietMs < 0) {
            throw new IllegalArgumentException("It is quiet for 0 ms or more: " + quietMs);
        }
        Message.checkOldest(oldest, head);
    }
}
