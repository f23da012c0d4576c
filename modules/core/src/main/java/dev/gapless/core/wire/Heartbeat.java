package dev.gapless.core.wire;

import dev.gapless.core.Session;

/**
 * To a reader that has not acknowledged everything: what it should have got by now.
 *
 * @param fromUid the producer's incarnation: where a reader that no longer exists sends its Deregister
 * @param sent the last sequence that was sent to this session
 * @param oldest the oldest sequence that the log still has, or {@code head + 1}
 * @param head the newest
 */
public record Heartbeat(String topic, long reader, Session session, long fromUid, long sent, long oldest, long head)
        implements ToConsumer {
    public Heartbeat {
        Message.check(topic, reader);
        Message.checkSequence("What was sent", sent);
        if (sent > head) {
            throw new IllegalArgumentException("Nothing beyond the head is sent: " + sent + ", head " + head);
        }
        Message.checkOldest(oldest, head);
    }

    /** What is answered if the reader no longer exists: its cursor can go. Goes to {@link #fromUid}. */
    public Deregister deregister() {
        return new Deregister(topic, reader, session);
    }
}
