package dev.gapless.gateway.internal.client;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The signs of life of a stream that has nothing to tell, as {@link Pings} are those of a WebSocket: its head, if its topic is not ready in
 * time, and a comment whenever it was silent for a while. Thread-safe.
 */
final class Comments {
    private final long intervalNs;
    private volatile boolean due;
    private volatile boolean headDue;
    /** When there was nothing to say last although a comment was due. */
    private volatile long passedNs = System.nanoTime();

    Comments(Duration interval) {
        this.intervalNs = interval.toNanos();
    }

    /** The client waits for the head of its stream, whether its topic is ready or not: a member may be silent. */
    void headBecomesDue() {
        headDue = true;
    }

    /**
     * {@return whether a comment is to be sent now}
     *
     * @param sentNs when something was sent last
     */
    boolean becomesDue(long nowNs, long sentNs) {
        if (nowNs - Math.max(sentNs, passedNs) <= intervalNs) {
            return false;
        }
        due = true;
        return true;
    }

    /**
     * Sends what is due. One thread at a time.
     *
     * @param hasBegun has the topic begun, and the head been sent with it?
     * @return whether a comment is to be sent
     */
    boolean take(BooleanSupplier hasBegun) {
        boolean isHead = headDue && !hasBegun.getAsBoolean();
        headDue = false;
        if (!due && !isHead) {
            return false;
        }
        due = false;
        return true;
    }

    /** There is nothing to say: the next comment is due an interval later. */
    void pass() {
        passedNs = System.nanoTime();
    }
}
