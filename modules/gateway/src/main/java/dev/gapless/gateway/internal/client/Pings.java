package dev.gapless.gateway.internal.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pings to a client, and how many of them it has left unanswered. A ping that was not sent, and one whose answer the gateway would not
 * read, say nothing about the client. Thread-safe.
 */
final class Pings {
    /** A client that has left so many unanswered is gone. */
    private static final int MOST_UNANSWERED = 3;

    private final long intervalNs;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile long sentNs = System.nanoTime();
    private volatile boolean due;

    Pings(Duration interval) {
        this.intervalNs = interval.toNanos();
    }

    /** The client has given a sign of life. */
    void heard() {
        unanswered.set(0);
    }

    /** {@return whether a ping is to be sent from now on, and was not before} */
    boolean becomesDue(long nowNs) {
        if (due || nowNs - sentNs <= intervalNs) {
            return false;
        }
        due = true;
        return true;
    }

    /**
     * Sends the one that is due. One thread at a time.
     *
     * @param isRead is its answer read when it comes?
     * @return whether one is to be sent
     */
    boolean take(boolean isRead) {
        if (!due) {
            return false;
        }
        sentNs = System.nanoTime();
        due = false;
        if (isRead) {
            unanswered.incrementAndGet();
        }
        return true;
    }

    /** Has the client had time to answer, and answered none of the last ones? */
    boolean isGivenUp(long nowNs) {
        return unanswered.get() >= MOST_UNANSWERED && nowNs - sentNs > intervalNs;
    }
}
