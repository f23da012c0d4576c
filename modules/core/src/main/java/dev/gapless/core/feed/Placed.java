package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * Where somebody stands in one producer's stream: in a stretch of messages, after the end of one, or where a token says. It can be
 * compared with every other position of that producer on this node.
 */
public sealed interface Placed extends Comparable<Placed> permits Unplaced, At, End {

    /** The producer's name. */
    String node();

    /** The epoch, or null after the end of a life that never answered. */
    @Nullable Epoch epoch();

    /** The epoch's first sequence. */
    long first();

    /** The life that the position is of; 0 if that is not known. */
    long uid();

    /** The sequence in the epoch; after an end the furthest that is known, which is not compared. */
    long sequence();

    /** The position without its place; null if the producer never answered. */
    @Nullable Position position();

    /**
     * Rule F2: what no producer has answered for lies before everything else; then come the stretches by their numbers, each followed by
     * its end.
     */
    @Override
    default int compareTo(Placed other) {
        if (this instanceof Unplaced || other instanceof Unplaced) {
            return compareUnplaced(other);
        }
        int stretches = Long.compare(stretch(this), stretch(other));
        if (stretches != 0) {
            return stretches;
        }
        boolean isEnd = this instanceof End;
        boolean isOtherEnd = other instanceof End;
        return isEnd || isOtherEnd ? Boolean.compare(isEnd, isOtherEnd) : Long.compare(sequence(), other.sequence());
    }

    private int compareUnplaced(Placed other) {
        boolean both = this instanceof Unplaced && other instanceof Unplaced;
        return both ? Long.compare(sequence(), other.sequence()) : this instanceof Unplaced ? -1 : 1;
    }

    private static long stretch(Placed placed) {
        return placed instanceof At at ? at.era().number() : ((End) placed).number();
    }

    default boolean isBeyond(@Nullable Placed other) {
        return other == null || compareTo(other) > 0;
    }

    /** Are both in one stretch, or both after its end? Whatever their sequences. */
    default boolean isLevelWith(Placed other) {
        if (this instanceof Unplaced || other instanceof Unplaced) {
            return this instanceof Unplaced && other instanceof Unplaced;
        }
        return stretch(this) == stretch(other) && this instanceof End == other instanceof End;
    }

    /**
     * The same position, if its producer answers in the stretch of {@code answer} for it: then it lies there, also after an end at which
     * it was taken for lost.
     */
    default Placed resolvedBy(Placed answer) {
        boolean isOpen = !(this instanceof At);
        return isOpen
                        && answer instanceof At there
                        && isBefore(there.era())
                        && there.epoch().equals(epoch())
                ? new At(there.era(), sequence())
                : this;
    }

    /** Another position of the same epoch, in the same place; after an end nothing moves. */
    default Placed movedTo(Position position) {
        if (this instanceof At at) {
            return new At(at.era(), position.sequence());
        }
        return this instanceof Unplaced ? new Unplaced(node(), position) : this;
    }

    private boolean isBefore(Era era) {
        return this instanceof Unplaced || stretch(this) < era.number();
    }
}
