package dev.gapless.core.node;

import dev.gapless.core.Backoff;
import dev.gapless.core.member.History;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one incarnation of a node is, beside its topics.
 *
 * @param uid Pekko's number of this incarnation
 * @param name the node's name, the same in all its incarnations
 * @param actors the numbers of its actors, which its Hellos tell, see {@link dev.gapless.core.wire.Hello#actors}
 * @param startedMs when it was started, by its own clock, in milliseconds since 1970
 * @param shards among how many shards its topics are divided
 * @param pingNs between two pings
 * @param cursorRetentionNs after so long without an answer the cursors of a member are dropped
 * @param helloBackoff between two Hellos to a member that has not said its name
 * @param history how much is remembered of incarnations that ended
 * @param durable whether it has a store for logs
 * @param single whether its cluster has no other node, and never may have one
 * @param publishes whether its settings let it publish, to any topic
 * @param otherClusters how it looks for other clusters; null if it does not
 */
public record NodeSettings(
        long uid,
        String name,
        List<Integer> actors,
        long startedMs,
        int shards,
        long pingNs,
        long cursorRetentionNs,
        Backoff helloBackoff,
        History.Bounds history,
        boolean durable,
        boolean single,
        boolean publishes,
        @Nullable OtherClusterSettings otherClusters) {
    private static final long MS = 1_000_000;

    /** 200 ms, doubling to 10 s. */
    public static final Backoff HELLO_BACKOFF = new Backoff(200 * MS, 10_000 * MS);

    public NodeSettings {
        actors = List.copyOf(actors);
        if (shards < 1 || pingNs < 1 || cursorRetentionNs < 1) {
            throw new IllegalArgumentException("A node has " + shards + " shards, a ping each " + pingNs
                    + " ns, and keeps cursors for " + cursorRetentionNs + " ns: each is at least 1");
        }
    }
}
