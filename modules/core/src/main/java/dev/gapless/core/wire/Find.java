package dev.gapless.core.wire;

import dev.gapless.core.Session;
import dev.gapless.core.Start;

/**
 * Where is that in the log? An application names it, and nobody on the node knows. Answered by {@link Found}; the producer keeps nothing of it.
 *
 * @param start what is looked for
 */
public record Find(String topic, long reader, Session session, Start start) implements ToProducer {
    public Find {
        Message.check(topic, reader);
        checkPlace(start);
    }

    /** A copy is a registration, and no place. */
    static void checkPlace(Start start) {
        if (start instanceof Start.Copy) {
            throw new IllegalArgumentException("A copy of the log registers: " + start);
        }
    }
}
