package dev.gapless.core;

/**
 * When other members were heard of last. Who was frozen, or is cut off, knows nothing of what came and went since, whatever its clock says.
 *
 * <p>The node writes it; any thread reads it.
 */
public final class LastPing {
    private volatile long timeMs = Long.MAX_VALUE;

    /** A member sent a ping at this time of the cluster, in milliseconds since 1970. */
    public void heard(long sentMs) {
        timeMs = timeMs == Long.MAX_VALUE ? sentMs : Math.max(timeMs, sentMs);
    }

    /** Nobody is there who would send one. */
    public void nobodySends() {
        timeMs = Long.MAX_VALUE;
    }

    /** By the cluster's time, in milliseconds since 1970; {@code Long.MAX_VALUE} if nobody is there. */
    public long timeMs() {
        return timeMs;
    }
}
