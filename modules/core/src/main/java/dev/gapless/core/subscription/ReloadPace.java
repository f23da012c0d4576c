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
        double cut = cut(settings);
        this.intervalNs = (long) (settings.reloadIntervalNs() * cut);
        this.jitterNs = (long) (settings.reloadJitterNs() * cut * share);
    }

    /** With backpressure others wait meanwhile: both together take no more than a quarter of the time that they may. */
    private static double cut(TopicSettings settings) {
        double longest = settings.reloadIntervalNs() + settings.reloadJitterNs();
        double most = settings.backpressure() ? settings.backpressureTimeoutNs() / 4.0 : longest;
        return longest <= most ? 1 : most / longest;
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
