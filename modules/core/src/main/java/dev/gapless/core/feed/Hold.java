package dev.gapless.core.feed;

/**
 * How long a feed that is behind its producers waits for its subscriptions (rule S6).
 *
 * <pre>
 *        behind              full for {@code mostNs}
 *   OFF ────────► ON, full or not ────────► SPENT
 *    ▲             │ not behind, nor full    │ not behind
 *    └─────────────┴─────────────────────────┘ for {@code mostNs}
 * </pre>
 *
 * <p>Under the feed's lock, by the feed's writer.
 */
final class Hold {
    private final long mostNs;

    private boolean behind;
    private boolean spent;
    /** Was the feed full when it was looked at last? */
    private boolean full;
    /** Was it ever since it is behind? */
    private boolean wasFull;
    /** When the feed was found behind last. */
    private long behindNs;
    /** When it was full for the first time since it is behind. */
    private long fullNs;

    /** 0 for one that is never on. */
    Hold(long mostNs) {
        this.mostNs = mostNs;
    }

    /** Does the feed wait? */
    boolean isOn() {
        return behind && !spent;
    }

    /** Is there anything to look at? */
    boolean isOver() {
        return !behind;
    }

    /** A producer has more than the feed. */
    void behind(long nowNs) {
        if (mostNs > 0) {
            behind = true;
            behindNs = nowNs;
        }
    }

    /**
     * Looks at the time. Returns true if the feed has just waited for long enough.
     *
     * @param isFull whether it wants room, and has none for a batch
     */
    boolean look(boolean isFull, long nowNs) {
        full = isFull;
        if (isOn() && isFull) {
            if (!wasFull) {
                wasFull = true;
                fullNs = nowNs;
            }
            if (nowNs - fullNs >= mostNs) {
                spent = true;
                behindNs = nowNs;
                return true;
            }
        } else if (behind && nowNs - behindNs >= mostNs) {
            behind = false;
            wasFull = false;
            spent = false;
        }
        return false;
    }

    /** When to look again, or {@code Long.MAX_VALUE} if only messages make that necessary. */
    long dueNs() {
        return isOn() && full ? fullNs + mostNs : Long.MAX_VALUE;
    }
}
