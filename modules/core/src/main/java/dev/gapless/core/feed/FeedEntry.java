package dev.gapless.core.feed;

import dev.gapless.core.Reason;
import dev.gapless.core.log.Frame;
import dev.gapless.core.log.Ring;
import org.jspecify.annotations.Nullable;

/** An entry of a {@link Feed}; each moves one producer's position to {@link #after}. */
public sealed interface FeedEntry extends Ring.Entry {

    /** The producer's name. */
    String node();

    /** The producer's position after this entry. */
    Placed after();

    default long sequence() {
        return after().sequence();
    }

    /**
     * A position in front of this entry, where that is the producer's answer for it. The first one says where the position of a token
     * lies among all others; what a reload has passed before that stays passed (S4).
     */
    default @Nullable Placed place(@Nullable Placed position) {
        return position == null ? null : position.resolvedBy(after());
    }

    /** A message. */
    record Message(long index, Era era, Frame frame) implements FeedEntry {
        private static final int OVERHEAD_BYTES = 32;

        @Override
        public String node() {
            return era.node();
        }

        @Override
        public At after() {
            return new At(era, frame.sequence());
        }

        @Override
        public long sequence() {
            return frame.sequence();
        }

        @Override
        public @Nullable Placed place(@Nullable Placed position) {
            // Most messages follow one of their stretch: no object is made for them.
            return position == null || position instanceof At ? position : position.resolvedBy(after());
        }

        @Override
        public long sizeBytes() {
            return frame.sizeBytes() + OVERHEAD_BYTES;
        }
    }

    /** A producer's stream begins here, and nothing was missed by that. */
    record Started(long index, At after) implements FeedEntry {
        @Override
        public String node() {
            return after.node();
        }

        @Override
        public long sizeBytes() {
            return Frame.OVERHEAD_BYTES;
        }
    }

    /**
     * Whatever lies between a subscription's position and this one is missed.
     *
     * @param after an {@link End} if nothing says yet where the producer goes on
     * @param timeMs when it became known, in milliseconds since 1970
     */
    record Expired(long index, Placed after, Reason reason, long timeMs) implements FeedEntry {
        @Override
        public String node() {
            return after.node();
        }

        /** Where the position is unknown, the producer has never been there. */
        @Override
        public @Nullable Placed place(@Nullable Placed position) {
            return reason == Reason.POSITION_UNKNOWN ? position : FeedEntry.super.place(position);
        }

        @Override
        public long sizeBytes() {
            return Frame.OVERHEAD_BYTES;
        }
    }

    /** A producer left in good order; its last message is that of the end. */
    record Left(long index, End after) implements FeedEntry {
        @Override
        public String node() {
            return after.node();
        }

        @Override
        public long sizeBytes() {
            return Frame.OVERHEAD_BYTES;
        }
    }
}
