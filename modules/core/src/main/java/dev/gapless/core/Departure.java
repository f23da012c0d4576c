package dev.gapless.core;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An incarnation that ended, as the members remember it (rule T2).
 *
 * @param uid which one
 * @param node its name, or its address if it never said one
 * @param endedMs when it was removed, by the cluster's time, in milliseconds since 1970
 * @param published the last sequence of each stream to which it published anything, if it left in good order and said so; null if
 *     nobody knows what it published
 */
public record Departure(
        long uid, String node, long endedMs, @Nullable Map<Epoch, Long> published) {
    public Departure {
        Limits.checkName("node", node);
        published = published == null ? null : Map.copyOf(published);
    }

    /** The last sequence of this stream of it, 0 if it published nothing there; null if nobody knows. */
    public @Nullable Long headOf(Epoch stream) {
        return published == null ? null : published.getOrDefault(stream, 0L);
    }

    /** Did it say that it published nothing? */
    public boolean publishedNothing() {
        return published != null && published.isEmpty();
    }

    /** The same, if it ended no earlier than at this time. */
    public Departure notBefore(long timeMs) {
        return timeMs <= endedMs ? this : new Departure(uid, node, timeMs, published);
    }

    /** The same, ended at that time. */
    public Departure at(long timeMs) {
        return new Departure(uid, node, timeMs, published);
    }

    /** The same incarnation, by all that two members know of it. */
    public Departure and(Departure other) {
        assert other.uid == uid : this + " and " + other;
        boolean knowsName = !NodeLabel.isAddress(node) || NodeLabel.isAddress(other.node);
        return new Departure(
                uid,
                knowsName ? node : other.node,
                Math.max(endedMs, other.endedMs),
                published == null ? other.published : published);
    }
}
