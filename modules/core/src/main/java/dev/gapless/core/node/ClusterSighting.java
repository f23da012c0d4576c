package dev.gapless.core.node;

import dev.gapless.core.wire.ClusterProbe;
import org.jspecify.annotations.Nullable;

/** What one node sees of another cluster that is open (rule M4). Not thread-safe. */
final class ClusterSighting {
    /** So many exchanges, spread over the grace, and there are two clusters. */
    static final int EXCHANGES = 3;

    /** The last word of it to this node; null if others heard it. */
    @Nullable ClusterProbe said;
    /** When it was heard for the first time, while this node spoke for its own cluster, and did not stand still. */
    private long firstNs;
    /** When a word of it became known here, and when that was heard, by the cluster's time. */
    private long heardNs;

    private long heardMs;
    /** Exchanges that count, as far as they are needed, and the last of them. */
    private int exchanges;

    private long countedNs;
    /** When it was last told to give way. */
    @Nullable Long askedToGiveWayNs;

    ClusterSighting(long heardMs, long nowNs) {
        this.heardMs = heardMs;
        this.firstNs = nowNs;
        this.heardNs = nowNs;
    }

    /** It was heard then, by whichever member. */
    void heardAt(long timeMs, long nowNs) {
        if (timeMs > heardMs) {
            heardMs = timeMs;
            heardNs = nowNs;
        }
    }

    /**
     * What was heard by now does not count: another member speaks for this node's cluster, which others may tell more, or this one stood
     * still.
     */
    void restart(long nowNs) {
        exchanges = 0;
        firstNs = nowNs;
        heardNs = nowNs;
    }

    /** Counts an exchange, if the last one that counts is so long ago. {@return whether there are two clusters for certain since now} */
    boolean counts(long intervalNs, long nowNs) {
        if (isCertain() || (exchanges > 0 && nowNs - countedNs < intervalNs)) {
            return false;
        }
        countedNs = nowNs;
        return ++exchanges == EXCHANGES;
    }

    boolean isCertain() {
        return exchanges >= EXCHANGES;
    }

    /** Was none of its words counted? */
    boolean isUncounted() {
        return exchanges == 0;
    }

    boolean isSilentFor(long ns, long nowNs) {
        return nowNs - heardNs > ns;
    }

    boolean isSeenFor(long ns, long nowNs) {
        return nowNs - firstNs > ns;
    }
}
