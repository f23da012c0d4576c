package dev.gapless.internal.table;

/**
 * How long a table waits before it reads its source again: until the interval is over, and then for its own share of a jitter that grows with how
 * long the last read took. So nodes that are all told to reload do not all read at once, however large the table is. Not thread-safe.
 */
final class ReadPace {
    private final long intervalNs;
    private final long jitterNs;
    private final double spread;
    private final long mostSpreadNs;
    private final double share;

    private boolean begun;
    private long beganNs;
    private long tookNs;

    /**
     * @param intervalNs at least so long from one beginning to the next
     * @param jitterNs of this each waits for its share
     * @param spread so many times what the last read took is jitter, too
     * @param mostSpreadNs but no more than this
     * @param share of this table, from 0 to 1
     */
    ReadPace(long intervalNs, long jitterNs, double spread, long mostSpreadNs, double share) {
        this.intervalNs = intervalNs;
        this.jitterNs = jitterNs;
        this.spread = spread;
        this.mostSpreadNs = mostSpreadNs;
        this.share = share;
    }

    /** A read begins. */
    void begins(long nowNs) {
        begun = true;
        beganNs = nowNs;
    }

    /** The source has answered, after so long. */
    void took(long ns) {
        tookNs = ns;
    }

    /** From now on; 0 for the first read: there is nothing to see before that. */
    long waitNs(long nowNs) {
        if (!begun) {
            return 0;
        }
        double jitter = jitterNs + Math.min(spread * tookNs, (double) mostSpreadNs);
        return Math.max(0, intervalNs - (nowNs - beganNs)) + (long) (jitter * share);
    }
}
