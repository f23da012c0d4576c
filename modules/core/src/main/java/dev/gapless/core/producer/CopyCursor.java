package dev.gapless.core.producer;

import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Ring;

/** How far a node has got that copies a log (rule P18). Its node states what may be overwritten. */
final class CopyCursor extends Cursor {
    private long least;

    /**
     * A node registers.
     *
     * @param whole all of the log
     * @param least messages up to this number may be overwritten; {@link Ring#ALL} if nothing has to be kept for the node
     */
    CopyCursor(
            Session session,
            long reader,
            LogPart whole,
            long next,
            long least,
            long windowBytes,
            long nowNs,
            TopicSettings settings) {
        super(session, reader, whole, next, windowBytes, nowNs, settings);
        this.least = least;
    }

    /** Its node states with an Ack that messages up to this number may be overwritten. */
    void states(long upTo) {
        least = upTo;
    }

    @Override
    long evictable() {
        return least;
    }

    /** Does its node need something to be kept of a log with this head? */
    @Override
    boolean holds(long head) {
        return least < head;
    }

    /** Has its node stopped the producer, and answered since it was last told where it goes on? */
    boolean isStopped() {
        return confirmed && windowBytes == 0;
    }
}
