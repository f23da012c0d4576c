package dev.gapless.core.copy;

import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;

/**
 * Consecutive messages of one generation, as they came. Immutable.
 *
 * @param first the sequence of the first
 * @param arrival rises with each piece that comes to the topic's cache, from whichever producer
 * @param arrivedNs when it came, by the clock for durations
 */
public record Piece(long first, Slice slice, long arrival, long arrivedNs) implements Ring.Piece {
    /** What a piece is charged for beside its messages: it goes with the last of them. */
    static final int OVERHEAD_BYTES = 96;

    /** How many messages it has. */
    public int count() {
        return slice.count();
    }

    /** The sequence of the last message. */
    public long last() {
        return first + count() - 1;
    }

    /** Is that message in it? */
    public boolean has(long sequence) {
        return first <= sequence && sequence <= last();
    }

    /** Its messages from this sequence on. */
    public Slice from(long sequence) {
        int skipped = (int) (sequence - first);
        return skipped == 0 ? slice : slice.part(skipped, count() - skipped);
    }

    long sizeBytes() {
        return slice.sizeBytes() + OVERHEAD_BYTES;
    }

    @Override
    public long sizeBytes(long from, long to) {
        long messages = slice.sizeBytes((int) (from - first), (int) (to - from + 1));
        return to == last() ? messages + OVERHEAD_BYTES : messages;
    }
}
