package dev.gapless.core.subscription;

import dev.gapless.core.TopicSettings;

/**
 * When a subscription may reload: not again within an interval, and not at the same moment as all others (rule S3). One thread at
 * a time, except {@link #isWaiting}.
 */
final class ReloadPace {
    private final long intervalNs;
    private final long jitterNs;
    private volatile boolean waiting;
    private long untilNs;
    private boolean begun;
    private long begunNs;

    /** With this share, 0 to 1, of the jitter: each subscription's own. */
    ReloadPace(TopicSettings settings, double share) {
        this.intervalNs = settings.reloadIntervalNs();
        this.jitterNs = (long) (settings.reloadJitterNs() * share);
    }

    /** Is a reload due that may not begin yet? */
    boolean isWaiting() {
        return waiting;
    }

    /** When it may. */
    long untilNs() {
        return untilNs;
    }

    /** Something is to be reloaded. Says whether that begins now; otherwise it waits. */
    boolean begin(long nowNs) {
        if (!waiting) {
            long sinceLastNs = begun ? nowNs - begunNs : intervalNs;
            untilNs = nowNs + Math.max(0, intervalNs - sinceLastNs) + jitterNs;
        }
        waiting = untilNs - nowNs > 0;
        if (!waiting) {
            begun = true;
            begunNs = nowNs;
        }
        return !waiting;
    }

    /** There is nothing to reload after all. */
    void forget() {
        waiting = false;
    }
}
