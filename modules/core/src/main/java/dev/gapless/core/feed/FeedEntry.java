package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.RunPart;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;

/** An entry of a {@link Feed}, or several messages, each of which is one. */
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

    Stream stream();

    /** The name of its node. */
    default String node() {
        return stream().node();
    }

    /**
     * Messages of one stream, one after the other.
     *
     * @param sequence of the first
     */
    record Messages(long index, Stream stream, long sequence, Slice slice) implements FeedEntry, RunPart {
        /** What an entry is charged for beside its messages: it goes with the last of them. */
        static final int OVERHEAD_BYTES = 96;

        @Override
        public String node() {
            return stream.node();
        }

        @Override
        public Epoch epoch() {
            return stream.epoch();
        }

        @Override
        public int count() {
            return slice.count();
        }

        /** The sequence of the last of them. */
        public long lastSequence() {
            return sequence + count() - 1;
        }

        /** Those from this number on, so many of them. */
        public Messages part(int first, int number) {
            return number == count()
                    ? this
                    : new Messages(index + first, stream, sequence + first, slice.part(first, number));
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

    /**
     * The stream begins here, and nothing was missed by that.
     *
     * @param at the sequence in front of its first message here
     */
    record Began(long index, Stream stream, long at) implements FeedEntry {}

    /**
     * Whatever lies between a subscription's place and this one is missed.
     *
     * @param from the place that its producer was asked for: one that it never had, if the stream goes on in front of it
     * @param to the sequence behind which the stream goes on
     * @param timeMs when it became known, in milliseconds since 1970
     */
    record Expired(long index, Stream stream, long from, long to, Reason reason, long timeMs) implements FeedEntry {
        /** Does the stream go on in front of what came before, since its producer does not have that any more? */
        public boolean isSetBack() {
            return to < from;
        }
    }

    /**
     * The stream is over.
     *
     * @param at the sequence up to which everything came into the feed, or was announced as missed; less than 0 if nothing did
     * @param promised counts what was published before the member said where it was? Not if nobody was ready when it went
     */
    record Ended(long index, Stream stream, long at, End end, boolean promised) implements FeedEntry {
        /** Did everything come into the feed that there was? */
        public boolean isComplete() {
            return !end.isOpen() && at == end.head();
        }
    }
}
