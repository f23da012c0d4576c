package dev.gapless.core.delivery;

import dev.gapless.core.TopicSettings;

/**
 * When a subscription may reload: not again within an interval, and not at the same moment as all others (rule S3). One thread at
 * a time.
 */
public final class ReloadPace {
    private final long intervalNs;
    private final long jitterNs;
    /** Does nobody reload here? */
    private final boolean tells;
    /** Has any reload begun? */
    private boolean begun;
    /** When the latest did. */
    private long begunNs;

    /** Is one due that has not begun? */
    private boolean due;
    /** When it may. */
    private long dueNs;
    /** Was that past before it could begin, so that it waits for its share of the jitter once more? */
    private boolean overdue;

    /** With this share, 0 to 1, of the jitter: each subscription's own. */
    public ReloadPace(TopicSettings settings, double share) {
        double cut = cut(settings);
        this.intervalNs = (long) (settings.reloadIntervalNs() * cut);
        this.jitterNs = (long) (settings.reloadJitterNs() * cut * share);
        this.tells = false;
    }

    private ReloadPace(long jitterNs) {
        this.intervalNs = 0;
        this.jitterNs = jitterNs;
        this.tells = true;
    }

    /** The same for one that is only told what it missed: it reloads elsewhere, if at all. */
    public ReloadPace toTell() {
        return new ReloadPace(jitterNs);
    }

    /** The same, at once. */
    public ReloadPace toTellAtOnce() {
        return new ReloadPace(0);
    }

    /** With backpressure others wait meanwhile: both together take no more than a quarter of the time that they may. */
    private static double cut(TopicSettings settings) {
        double longest = settings.reloadIntervalNs() + settings.reloadJitterNs();
        double most = settings.backpressure() ? settings.backpressureTimeoutNs() / 4.0 : longest;
        return longest <= most ? 1 : most / longest;
    }

    /** Is it one {@link #toTell}? */
    public boolean onlyAnnounces() {
        return tells;
    }

    /**
     * When a reload may begin of which it is known only now that it is needed.
     *
     * @param atOnce whether one that is only told need not wait
     */
    public long mayBeginNs(long nowNs, boolean atOnce) {
        if (tells && atOnce) {
            return nowNs;
        }
        if (!due) {
            long sinceLastNs = begun ? nowNs - begunNs : intervalNs;
            due = true;
            overdue = false;
            dueNs = nowNs + Math.max(0, intervalNs - sinceLastNs) + jitterNs;
        } else if (dueNs - nowNs <= 0 && !overdue) { // others were placed in the same feed at the same moment
            overdue = true;
            dueNs = nowNs + jitterNs;
        } // else it is the same reload, though its subscription reads elsewhere by now
        return dueNs;
    }

    /** The subscription has read on: none is due. */
    public void readsOn() {
        due = false;
    }

    /** A reload begins. */
    public void begins(long nowNs) {
        begun = true;
        due = false;
        begunNs = nowNs;
    }
}
