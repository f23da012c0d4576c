package dev.gapless.core.wire;

import dev.gapless.core.Limits;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Between nodes that are no members of one cluster, as far as the sender knows: who are you, and this is who we are (rule M4).
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for; {@link #WHOEVER} or {@link #SEED_NODE} in a question
 * @param number of the question; in an answer that of the question that it answers
 * @param answer whether this answers such a question
 * @param clusterId of the sender's cluster; those with other ids have nothing to do with each other
 * @param node the sender's name
 * @param address the sender's host and port: where answers go
 * @param oldestUid the oldest member of the sender's cluster
 * @param oldestAddress its host and port
 * @param startedMs when the sender was started, by its own clock, in milliseconds since 1970
 * @param members of the sender's cluster, the sender included
 */
public record ClusterProbe(
        long fromUid,
        long toUid,
        long number,
        boolean answer,
        String clusterId,
        String node,
        String address,
        long oldestUid,
        String oldestAddress,
        long startedMs,
        Set<Long> members)
        implements NodeMessage {
    /** For the incarnation that is at an address, whichever it is. */
    public static final long WHOEVER = 0;

    /** The same, at the address of one of the sender's seed nodes. */
    public static final long SEED_NODE = -1;

    public ClusterProbe {
        Limits.checkName("cluster id", clusterId);
        Limits.checkName("node", node);
        Limits.checkName("address", address);
        Limits.checkName("address", oldestAddress);
        members = Collections.unmodifiableSet(new TreeSet<>(members)); // in one order in every run
    }

    /** Is it meant for that incarnation, or for whoever gets it? */
    public boolean isFor(long uid) {
        return toUid == uid || toUid == WHOEVER || toUid == SEED_NODE;
    }

    /** Does the sender speak for its cluster? */
    public boolean isOfOldest() {
        return fromUid == oldestUid;
    }
}
