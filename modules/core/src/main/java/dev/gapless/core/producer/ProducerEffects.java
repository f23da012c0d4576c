package dev.gapless.core.producer;

import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.wire.ToConsumer;

/** What a {@link ProducerState} wants done, in this order. */
public interface ProducerEffects {
    /** Send it to the node with the uid of its session. */
    void send(ToConsumer message);

    /**
     * A reader was told that it missed something; for people.
     *
     * @param sent the last sequence that the cursor had been sent, or -1 if it registered just now
     * @param resumeAt where it goes on
     */
    void expired(Session session, long reader, Reason reason, long sent, long resumeAt);
}
