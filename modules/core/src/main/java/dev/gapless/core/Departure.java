package dev.gapless.core;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An incarnation that ended, as the members remember it (rule T2).
 *
 * @param uid which one
 * @param node its name, or its address if it never said one
 * @param endedMs when it was removed, by the cluster's time, in milliseconds since 1970
 * @param published for each topic to which it published anything where its log ended, if it left in good order and said so; null if
 *     nobody knows what it published
 */
public record Departure(
        long uid, String node, long endedMs, @Nullable Map<String, LogEnd> published) {
    private static final char ASIDE = '\0';

    public Departure {
        Limits.checkName("node", node);
        published = published == null ? null : Map.copyOf(published);
    }

    /** Where its log of that topic ended; null if it published nothing there, or nobody knows. */
    public @Nullable LogEnd endOf(String topic) {
        return published == null ? null : published.get(topic);
    }

    /** Is it known that it published nothing to that topic? */
    public boolean isNothing(String topic) {
        return published != null && !published.containsKey(topic);
    }

    /**
     * What a feed calls it that is told of it alone: to the feed it is a producer of its own. No node has such a name, and other
     * incarnations of its node have other positions.
     */
    public String producer() {
        return node + ASIDE + Long.toHexString(uid);
    }

    /** Is that a producer that is told of alone, or {@link Gap#NOBODY}? */
    public static boolean isAside(String producer) {
        return producer.isEmpty() || producer.indexOf(ASIDE) >= 0;
    }

    /** The name of the node, whatever a feed calls it. */
    public static String nodeOf(String producer) {
        int end = producer.indexOf(ASIDE);
        return end < 0 ? producer : producer.substring(0, end);
    }

    /** The same, if it ended no earlier than at this time. */
    public Departure notBefore(long timeMs) {
        return timeMs <= endedMs ? this : new Departure(uid, node, timeMs, published);
    }

    /** The same incarnation, by all that two members know of it. */
    public Departure and(Departure other) {
        assert other.uid == uid : this + " and " + other;
        Departure knows = published == null && other.published != null ? other : this;
        return new Departure(uid, knows.node, Math.max(endedMs, other.endedMs), knows.published);
    }
}
