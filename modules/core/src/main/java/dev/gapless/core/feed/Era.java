package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of one producer's stream, as this process counts them, which makes positions of different epochs comparable on
 * one node. An even number is a stretch of messages; epochs that go on from one another share it. The odd number behind it
 * is its open end: the producer was lost, or left, and where in it makes no difference.
 *
 * @param node the producer's name
 * @param number rises; -1 for a position of a token that nobody has answered for yet
 * @param epoch the epoch, or null for the end of a life that never answered
 * @param first the epoch's first sequence
 */
public record Era(String node, long number, @Nullable Epoch epoch, long first) {

    public static final long UNPLACED = -1;

    /** The era of a position in a token: less than every other, until the producer has answered. */
    public static Era unplaced(String node, Epoch epoch) {
        return new Era(node, UNPLACED, epoch, 1);
    }

    public boolean isPlaced() {
        return number != UNPLACED;
    }

    /** Is it the open end of a stretch? */
    public boolean isEnd() {
        return number > 0 && (number & 1) == 1;
    }
}
