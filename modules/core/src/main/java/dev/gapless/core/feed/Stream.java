package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.NodeLabel;
import dev.gapless.core.Position;

/**
 * The log of a topic in one incarnation of a node. Sequences begin at 1, and are not given out twice as long as the incarnation lives. Streams
 * have no order among each other.
 *
 * @param epoch what tells it from all others: {@link Epoch#of} uid and topic
 * @param uid the incarnation; {@link #UNKNOWN} if nobody here knows whose it is
 * @param node what the incarnation calls itself, its address as long as it has not said a name: for people, for filters, and to find a
 *     successor
 */
public record Stream(Epoch epoch, long uid, String node) {
    /** Of a position that an application gives: it names the epoch alone. */
    public static final long UNKNOWN = 0;

    /** That of an incarnation. */
    public static Stream of(long uid, String topic, String node) {
        return new Stream(Epoch.of(uid, topic), uid, node);
    }

    /** Does its label look like an address? Then it may be that nobody has heard its node's name. */
    public boolean isUnnamed() {
        return NodeLabel.isAddress(node);
    }

    /** A position in it. */
    public Position at(long sequence) {
        return new Position(epoch, sequence);
    }
}
