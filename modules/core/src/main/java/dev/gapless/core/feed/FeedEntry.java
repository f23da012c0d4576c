package dev.gapless.core.feed;

import dev.gapless.core.Reason;
import dev.gapless.core.log.Frame;
import dev.gapless.core.log.Ring;
import org.jspecify.annotations.Nullable;

/** An entry of a {@link Feed}; each moves one producer's position to {@link #era} and {@link #sequence}. */
public sealed interface FeedEntry extends Ring.Entry {

    Era era();

    long sequence();

    default Placed after() {
        return new Placed(era(), sequence());
    }

    /**
     * A position in front of this entry, where that is the producer's answer for it. The first one says where the position of a token
     * lies among all others; what a reload has passed before that stays passed (S4).
     */
    default @Nullable Placed place(@Nullable Placed position) {
        return position == null ? null : position.goesOn(era());
    }

    /** A message. */
    record Message(long index, Era era, Frame frame) implements FeedEntry {
        private static final int OVERHEAD_BYTES = 32;

        @Override
        public long sequence() {
            return frame.sequence();
        }

        @Override
        public long sizeBytes() {
            return frame.sizeBytes() + OVERHEAD_BYTES;
        }
    }

    /** A producer's stream begins here, and nothing was missed by that. */
    record Started(long index, Placed after) implements FeedEntry {
        @Override
        public Era era() {
            return after.era();
        }

        @Override
        public long sequence() {
            return after.sequence();
        }

        @Override
        public long sizeBytes() {
            return Frame.OVERHEAD_BYTES;
        }
    }

    /**
     * Whatever lies between a reader's position and this one is missed.
     *
     * @param era an odd one if there is no end to it yet
     * @param timeMs when it became known, in milliseconds since 1970
     */
    record Expired(long index, Era era, long sequence, Reason reason, long timeMs) implements FeedEntry {
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

    /** A producer left in good order; {@link #sequence} was its last. */
    record Left(long index, Era era, long sequence) implements FeedEntry {
        @Override
        public long sizeBytes() {
            return Frame.OVERHEAD_BYTES;
        }
    }
}
