package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one incarnation of a producer published to a topic. Immutable.
 *
 * @param epoch by which positions name it
 * @param uid the incarnation
 * @param first the sequence of its first message; a log goes on numbering over its generations
 * @param heard the highest sequence that was ever heard of here: an end in front of it means that a store went back
 * @param removed when its member was removed here; null if that is still there. A producer's generations are in this order: no clock counts
 * @param inLog does the producer's present log have it?
 */
public record Generation(
        Epoch epoch,
        long uid,
        long first,
        End end,
        long heard,
        @Nullable Removal removed,
        boolean inLog) {

    /**
     * When a member was removed.
     *
     * @param event rises with each removal on this node
     * @param endedMs by the cluster's time, in milliseconds since 1970
     */
    public record Removal(long event, long endedMs) {
        /** That of an incarnation that was never a member while this node was up. */
        public static final Removal BEFORE = new Removal(0, Long.MIN_VALUE / 2);
    }

    public Generation {
        if (first < 1) {
            throw new IllegalArgumentException("A generation begins at 1 or later, not at " + first);
        }
        if (end instanceof End.Stated stated && stated.sequence() < first - 1) {
            throw new IllegalArgumentException(
                    "A generation from " + first + " on does not end at " + stated.sequence());
        }
    }

    /** One that goes on, and of which nothing was heard yet. */
    public static Generation begun(Epoch epoch, long uid, long first) {
        return new Generation(epoch, uid, first, End.NONE, 0, null, false);
    }

    /** Is nothing published there any more? */
    public boolean isOver() {
        return !(end instanceof End.None);
    }

    /** Is less of it there than was heard of? */
    boolean wentBack() {
        return end instanceof End.Stated stated && heard > stated.sequence();
    }

    /** Did its producer leave in good order, after it had published something? */
    boolean leftWithMessages() {
        return end instanceof End.Stated stated && stated.left() && stated.sequence() >= first;
    }

    /** That event; 0 if it was never a member while this node was up, and beyond all others if it is still there. */
    long removalEvent() {
        return removed == null ? Long.MAX_VALUE : removed.event();
    }

    Generation withEnd(End other) {
        return new Generation(epoch, uid, first, other, heard, removed, inLog);
    }

    Generation withRemoval(@Nullable Removal other) {
        return new Generation(epoch, uid, first, end, heard, other, inLog);
    }

    /** The same, of which so much was heard. */
    Generation hearing(long sequence) {
        return sequence <= heard ? this : new Generation(epoch, uid, first, end, sequence, removed, inLog);
    }

    /** The same, which the present log lacks. */
    Generation outside() {
        return inLog ? new Generation(epoch, uid, first, end, heard, removed, false) : this;
    }

    /** The same, as the present log has it. */
    Generation inside(long itsFirst, End itsEnd) {
        return new Generation(epoch, uid, itsFirst, itsEnd, heard, removed, true);
    }
}
