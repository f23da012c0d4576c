package dev.gapless.core.node;

import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Who;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another cluster, as long as it is seen (rule M4). Not thread-safe. */
final class SeenCluster {
    /** So many exchanges, spread over the grace, and there are two clusters. */
    static final int EXCHANGES = 3;

    Who said;
    /** When it was heard for the first time, while this node spoke for its own cluster, and did not stand still. */
    private long firstNs;

    long heardNs;
    /** The same by the cluster's time. */
    long heardMs;
    /** Did another member speak for this node's cluster when it was heard? */
    boolean whileAnotherSpoke;
    /** Exchanges that count, as far as they are needed, the last of them, and since when there are enough. */
    int exchanges;

    long countedNs;
    long certainNs;
    /** It is known to everybody here that something is missed. */
    boolean told;
    /** When it was last told to give way. */
    @Nullable Long toldToGiveWayNs;
    /** Those parts of an attempt to hand over that have come, one after the other. */
    final List<HistoryPart> parts = new ArrayList<>();

    boolean handedOver;
    /** Of whom it told in that. */
    final Set<Long> handedOverUids = new HashSet<>();

    SeenCluster(Who said, long nowNs) {
        this.said = said;
        this.firstNs = nowNs;
    }

    /** What was heard by now does not count: another member speaks for this node's cluster, or this one stood still. */
    void isHeardAnew(long nowNs) {
        exchanges = 0;
        firstNs = nowNs;
    }

    boolean isCertain() {
        return exchanges >= EXCHANGES;
    }

    /** Since when it is certain, or else heard. */
    long sinceNs() {
        return isCertain() ? certainNs : firstNs;
    }

    /** Takes a part of what it hands over. {@return whether all parts of that attempt have come} */
    boolean isWholeWith(HistoryPart part) {
        boolean another = !parts.isEmpty() && parts.get(0).number() != part.number();
        if (part.index() == 0 || another) {
            parts.clear();
        }
        if (part.index() == parts.size()) {
            parts.add(part);
        }
        return parts.size() == part.parts();
    }
}
