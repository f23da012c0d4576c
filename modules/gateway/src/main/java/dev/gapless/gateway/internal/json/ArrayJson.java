package dev.gapless.gateway.internal.json;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the messages of one index, by their numbers in it ({@link dev.gapless.core.log.Slice#first}). It is made when somebody wants
 * it, for some messages at once. Thread-safe.
 */
public final class ArrayJson {
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int FEW = 16;

    /** Makes the JSON of a message. */
    public interface Maker {
        /**
         * Adds it.
         *
         * @param more of which message: how many behind the one that is wanted
         */
        void make(int more, Bytes to);
    }

    /** Of consecutive messages. Never written to once it is seen by others: a reader may come upon it without a lock. */
    private static final class Chunk {
        private final int first;
        private final SharedText json;
        /** Where each message ends. */
        private final int[] ends;

        Chunk(int first, SharedText json, int[] ends) {
            this.first = first;
            this.json = json;
            this.ends = ends;
        }

        void copy(int number, Bytes to) {
            int start = number == first ? 0 : ends[number - first - 1];
            to.write(json, start, ends[number - first] - start);
        }
    }

    private final ObjIntConsumer<ArrayJson> charge;
    private final byte[] index;
    /** Which one a message is in, by its number. Written under the lock. */
    private volatile @Nullable Chunk[] chunks = new Chunk[FEW];

    /** For whoever keeps it. */
    long charged;

    /** @param charge is told by how many bytes it has become larger */
    ArrayJson(byte[] index, ObjIntConsumer<ArrayJson> charge) {
        this.index = index;
        this.charge = charge;
    }

    byte[] index() {
        return index;
    }

    /** Adds the JSON of the message of this number to a frame. {@return false if it was not made yet} */
    public boolean copy(int number, Bytes to) {
        @Nullable Chunk[] known = chunks;
        Chunk chunk = number < known.length ? known[number] : null;
        if (chunk == null) {
            return false;
        }
        chunk.copy(number, to);
        return true;
    }

    /**
     * Makes the JSON of a message, and of some that follow, and adds the first to a frame.
     *
     * @param number of the message in the array
     * @param most for how many messages from this one on it may be made
     */
    public void make(int number, int most, Maker maker, Bytes to) {
        made(number, most, maker).copy(number, to);
    }

    /** Whoever comes meanwhile waits, instead of making it once more. */
    private synchronized Chunk made(int number, int most, Maker maker) {
        if (number < chunks.length) {
            Chunk known = chunks[number];
            if (known != null) {
                return known;
            }
        }
        Bytes json = new Bytes();
        int[] ends = new int[Math.min(most, FEW)];
        int count = 0;
        while (count < most && json.size() < CHUNK_BYTES && isMissing(number + count)) {
            maker.make(count, json);
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, 2 * count);
            }
            ends[count++] = json.size();
        }
        Chunk chunk = new Chunk(number, new SharedText(json.toBytes()), Arrays.copyOf(ends, count));
        @Nullable Chunk[] all = chunks;
        if (all.length < number + count) {
            all = Arrays.copyOf(all, Math.max(number + count, 2 * all.length));
        }
        Arrays.fill(all, number, number + count, chunk);
        chunks = all;
        charge.accept(this, chunk.json.bytes().length + count * 2 * Integer.BYTES);
        return chunk;
    }

    private boolean isMissing(int number) {
        return number >= chunks.length || chunks[number] == null;
    }
}
