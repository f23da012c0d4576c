package dev.gapless.core.wire;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;

/**
 * The producer cannot go on where the reader is.
 *
 * @param reason why
 * @param log which log it is
 * @param resumeAt the sequence of the first message that will be sent
 * @param oldest the oldest sequence that the log still has, or {@code head + 1}
 * @param head the newest
 * @param answersRegister true if it is the answer to a Register, false if the ring overtook a cursor
 */
public record CursorExpired(
        String topic,
        long reader,
        Session session,
        Reason reason,
        LogIdentity log,
        long resumeAt,
        long oldest,
        long head,
        boolean answersRegister)
        implements ToConsumer {
    public CursorExpired {
        Message.check(topic, reader);
        if (resumeAt < 1 || resumeAt > head + 1) {
            throw new IllegalArgumentException("A cursor resumes at 1 to head + 1: " + resumeAt + ", head " + head);
        }
        Message.checkOldest(oldest, head);
    }
}
