package dev.gapless.core.place;

import dev.gapless.core.Epoch;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one incarnation of a producer published to a topic; the first has sequence 1. Immutable.
 *
 * @param epoch by which positions name it
 * @param uid the incarnation
 * @param before how many messages the log has, or had, in front of it: by that they are ordered that ended before this node was up
 * @param heard the highest sequence that was ever heard of here: an end in front of it means that a store went back
 * @param removed when its member was removed here; null if that is still there. A producer's generations are in this order: no clock counts
 * @param inLog does the producer's present log have it?
 * @param stored did a log have it that outlives its process?
 */
public record Generation(
        Epoch epoch,
        long uid,
        long before,
        End end,
        long heard,
        @Nullable Removal removed,
        boolean inLog,
        boolean stored) {

    /**
     * When a member was removed.
     *
     * @param event rises with each removal on this node
     * @param endedMs by the cluster's time, in milliseconds since 1970
     * @param wasSeen did this node see it, or is it remembered? Else that of the one in front of it in the log: it was later
     */
    public record Removal(long event, long endedMs, boolean wasSeen) {
        /** That of an incarnation that was never a member while this node was up. */
        public static final Removal BEFORE = new Removal(0, Long.MIN_VALUE / 2, false);

        /** One that was seen, or is remembered. */
        public Removal(long event, long endedMs) {
            this(event, endedMs, true);
        }

        Removal unseen() {
            return new Removal(event, endedMs, false);
        }
    }

    public Generation {
        if (end instanceof End.Stated stated && stated.sequence() < 0) {
            throw new IllegalArgumentException("A generation does not end at " + stated.sequence());
        }
    }

    /** One that goes on, and of which nothing was heard yet. */
    public static Generation begun(Epoch epoch, long uid, boolean stored) {
        return new Generation(epoch, uid, 0, End.NONE, 0, null, false, stored);
    }

    /** The number in the log of the message with this sequence. */
    public long number(long sequence) {
        return before + sequence;
    }

    /** Is nothing published there any more? */
    public boolean isOver() {
        return !(end instanceof End.None);
    }

    /** Is it over, and nothing was ever published there? */
    public boolean isEmpty() {
        return end instanceof End.Stated stated && stated.sequence() == 0 && heard == 0;
    }

    /** Is less of it there than was heard of? */
    boolean wentBack() {
        return end instanceof End.Stated stated && heard > stated.sequence();
    }

    /** Did its producer leave in good order, after it had published something? */
    boolean leftWithMessages() {
        return end instanceof End.Stated stated && stated.left() && stated.sequence() > 0;
    }

    /** That event; 0 if it was never a member while this node was up, and beyond all others if it is still there. */
    public long removalEvent() {
        return removed == null ? Long.MAX_VALUE : removed.event();
    }

    Generation withEnd(End other) {
        return new Generation(epoch, uid, before, other, heard, removed, inLog, stored);
    }

    Generation withRemoval(@Nullable Removal other) {
        return new Generation(epoch, uid, before, end, heard, other, inLog, stored);
    }

    /** The same, of which so much was heard. */
    Generation hearing(long sequence) {
        return sequence <= heard ? this : new Generation(epoch, uid, before, end, sequence, removed, inLog, stored);
    }

    /** The same, which the present log lacks; that log numbers from so much further back. */
    Generation outside(long shift) {
        return new Generation(epoch, uid, before - shift, end, heard, removed, false, stored);
    }

    /** The same, as the present log has it. */
    Generation inside(long itsBefore, End itsEnd, boolean outlivesProcess) {
        return new Generation(epoch, uid, itsBefore, itsEnd, heard, removed, true, outlivesProcess);
    }
}
