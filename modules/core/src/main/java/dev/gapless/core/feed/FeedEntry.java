package dev.gapless.core.feed;

import dev.gapless.core.Reason;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a {@link Feed}, or several messages, each of which is one; they move one producer's position to {@link #after}.
 */
public sealed interface FeedEntry extends Ring.Piece {

    /** The index of the entry, of the first one if these are messages. */
    long index();

    @Override
    default long first() {
        return index();
    }

    /** How many entries these are. */
    default int count() {
        return 1;
    }

    /** The index of the last of them. */
    default long last() {
        return index() + count() - 1;
    }

    @Override
    default long sizeBytes(long from, long to) {
        return Slice.OVERHEAD_BYTES;
    }

    /** What all of them are charged for. */
    default long sizeBytes() {
        return Slice.OVERHEAD_BYTES;
    }

    /** The producer's name. */
    String node();

    /** The producer's position after this entry. */
    Placed after();

    /**
     * A position in front of this entry, where that is the producer's answer for it. The first one says where the position of a token
     * lies among all others; what a reload has passed before that stays passed (S4).
     */
    default @Nullable Placed place(@Nullable Placed position) {
        return position == null ? null : position.resolvedBy(after());
    }

    /**
     * Messages of one stretch, one after the other.
     *
     * @param sequence of the first
     */
    record Messages(long index, Era era, long sequence, Slice slice) implements FeedEntry {
        /** What an entry is charged for beside its messages: it goes with the last of them. */
        static final int OVERHEAD_BYTES = 96;

        @Override
        public String node() {
            return era.node();
        }

        @Override
        public int count() {
            return slice.count();
        }

        @Override
        public At after() {
            return at(count() - 1);
        }

        /** The position after the message of this number, counted from 0. */
        public At at(int i) {
            return new At(era, sequence + i);
        }

        /** Those from this number on, so many of them. */
        public Messages part(int first, int number) {
            return number == count()
                    ? this
                    : new Messages(index + first, era, sequence + first, slice.part(first, number));
        }

        /** The messages of a slice from this one on, no more than a ring holds, or else one. */
        static Slice fitting(Slice slice, int from, Ring<?> ring) {
            Slice part = slice.part(from, Math.min(ring.maxEntries(), slice.count() - from));
            while (part.count() > 1 && sizeBytes(part) > ring.maxBytes()) {
                part = part.part(0, part.count() / 2);
            }
            return part;
        }

        /** What so many messages are charged for. */
        public static long sizeBytes(Slice slice) {
            return slice.sizeBytes() + OVERHEAD_BYTES;
        }

        @Override
        public long sizeBytes() {
            return sizeBytes(slice);
        }

        @Override
        public long sizeBytes(long from, long to) {
            long messages = slice.sizeBytes((int) (from - index), (int) (to - from + 1));
            return to == index + count() - 1 ? messages + OVERHEAD_BYTES : messages;
        }
    }

    /** A producer's stream begins here, and nothing was missed by that. */
    record Started(long index, At after) implements FeedEntry {
        @Override
        public String node() {
            return after.node();
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
    }

    /** A producer left in good order; its last message is that of the end. */
    record Left(long index, End after) implements FeedEntry {
        @Override
        public String node() {
            return after.node();
        }
    }
}
