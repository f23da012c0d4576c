package dev.gapless.core.member;

import dev.gapless.core.Now;

/**
 * The cluster's time, as one node knows it: the highest of all members' clocks when they started, as pings tell. From there it goes
 * on with the monotonic clock alone, so that it never falls, and a clock that is set later moves nothing. Not thread-safe.
 */
public final class ClusterTime {
    private static final long NS_PER_MS = 1_000_000;
    /** A member whose time is further ahead than this is not believed. */
    private static final long MOST_AHEAD_MS = 24 * 60 * 60 * 1_000L;

    private Now mark;

    public ClusterTime(Now started) {
        this.mark = started;
    }

    /** The time and the moment of the monotonic clock from which it goes on. */
    public Now mark() {
        return mark;
    }

    /** In milliseconds since 1970. */
    public long ms(Now now) {
        return mark.ms() + (now.ns() - mark.ns()) / NS_PER_MS;
    }

    /** A member's time. {@return false if it is too far ahead to be believed} */
    public boolean heard(long theirMs, Now now) {
        long own = ms(now);
        if (theirMs - own > MOST_AHEAD_MS) {
            return false;
        }
        if (theirMs > own) {
            mark = new Now(theirMs, now.ns());
        }
        return true;
    }
}
