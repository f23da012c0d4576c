package dev.gapless.core.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A ring of entries, numbered without gaps and bounded in number and in bytes. They are kept in pieces: each holds consecutive entries, and
 * goes when the last of them goes. One writer at a time (whoever holds the owner's lock), any number of readers without a lock.
 *
 * <p>What a piece holds up to the head never changes. A reader looks for the piece of an index, and then whether that index is still there:
 * an overtaken reader finds none, and never a wrong one.
 *
 * <p>The array grows with use, and shrinks again when entries are evicted for their age: an idle ring costs next to nothing.
 *
 * @param <P> the pieces
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
public final class Ring<P extends Ring.Piece> {

    /** Consecutive entries: from its first to the one before the next piece. */
    public interface Piece {
        /** The index of its first entry. */
        long first();

        /** What its entries from one to another, both included, are charged for, in sum. */
        long sizeBytes(long from, long to);
    }

    /** Is told what is evicted. */
    @FunctionalInterface
    public interface Evicted<P> {
        /** All entries of this piece up to this one are gone. */
        void upTo(P piece, long index);
    }

    /** An index that is beyond every entry: anything may be evicted. */
    public static final long ALL = Long.MAX_VALUE;

    private static final int FIRST_SLOTS = 4;

    private static final VarHandle OLDEST = field("oldest");
    private static final VarHandle HEAD = field("head");
    private static final VarHandle BYTES = field("bytes");

    private final int maxEntries;
    private volatile long maxBytes;
    private volatile AtomicReferenceArray<@Nullable P> slots = new AtomicReferenceArray<>(FIRST_SLOTS);

    // Pieces are numbered, too. Invariant: the slots of oldestPiece … nextPiece - 1 hold just those pieces, and all
    // entries of
    // oldest … head are in them.
    private volatile long oldestPiece;
    private volatile long nextPiece;

    // Invariant: first ≤ oldest ≤ head + 1. The writer releases them: what a reader sees of the pieces is no older.
    private volatile long oldest;
    private volatile long head;
    private volatile long bytes;

    // For the writer: the pieces of both ends, null if there are none, and the last index of the first, ALL if it is
    // the newest.
    private @Nullable P first;
    private @Nullable P newest;
    private long firstEnds = ALL;

    /** A ring whose first entry will have the index {@code first}. */
    public Ring(int maxEntries, long maxBytes, long first) {
        if (maxEntries < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "A ring holds at least one entry and one byte: " + maxEntries + ", " + maxBytes);
        }
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
        this.oldest = first;
        this.head = first - 1;
    }

    /** The first entry will have this index. Only while there never was one. */
    public void beginAt(long index) {
        if (nextPiece > 0) {
            throw new IllegalStateException("The ring has begun");
        }
        HEAD.setRelease(this, index - 1);
        OLDEST.setRelease(this, index);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Ring.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The lowest index that is still there, or {@code head() + 1} when the ring is empty. */
    public long oldest() {
        return oldest;
    }

    /** The index of the newest entry, or one less than the first when there never was one. */
    public long head() {
        return head;
    }

    /** What the entries are charged for, in sum. */
    public long bytes() {
        return bytes;
    }

    /** How many entries it holds at most. */
    public int maxEntries() {
        return maxEntries;
    }

    /** How many bytes it holds at most. */
    public long maxBytes() {
        return maxBytes;
    }

    /**
     * How many entries there are: never fewer than none nor more than there were room for. While the writer is at work, that
     * is as of some moment during the call, and out of date when it returns.
     */
    public int size() {
        long from;
        long to;
        do {
            from = oldest;
            to = head;
        } while (from != oldest); // evicted meanwhile: the two do not belong together
        return (int) (to - from + 1);
    }

    // ------------------------------------------------------------------ for the writer

    /** From now on it holds so many bytes at most: further entries find no more room. What is there stays until it is evicted. */
    public void limit(long bytes) {
        maxBytes = Math.max(1, bytes);
    }

    /** Would so many entries of this size in sum push out an entry beyond {@code evictable}? It looks at pieces, not at each entry. */
    public boolean isFullFor(int entries, long sizeBytes, long evictable) {
        long last = head;
        long at = oldest;
        long left = bytes;
        long number = oldestPiece;
        P piece = first;
        long ends = firstEnds;
        while (at <= last && isOver(last - at + 1, entries, left, sizeBytes)) {
            if (at > evictable) {
                return true;
            }
            while (at > ends) {
                number++;
                piece = pieceOf(number);
                ends = endOf(number);
            }
            P of = there(piece);
            if (!isOver(last - at, entries, left - of.sizeBytes(at, at), sizeBytes)) {
                return false; // mostly one is enough, and a piece may have to look at each
            }
            long to = Math.min(evictable, Math.min(ends, last));
            left -= of.sizeBytes(at, to);
            at = to + 1;
        }
        return false;
    }

    /**
     * Makes room for so many entries of this size in sum, which must be no more than the ring may hold. Entries up to {@code evictable} go as
     * far as needed; beyond, the ring will exceed its bounds.
     */
    public void makeRoom(int entries, long sizeBytes, long evictable, Evicted<? super P> evicted) {
        if (isOver(head - oldest + 1, entries, bytes, sizeBytes)) {
            evict(evictable, entries, sizeBytes, evicted);
        }
    }

    /** Evicts the entries up to this index, and gives the room that they took back. */
    public void evict(long upTo, Evicted<? super P> evicted) {
        evict(upTo, ALL, ALL, evicted);
        if (oldest > head && nextPiece > oldestPiece) {
            dropOldest();
        }
        int length = slots.length();
        while (length > FIRST_SLOTS && nextPiece - oldestPiece <= length / 4) {
            length /= 2;
        }
        if (length < slots.length()) {
            resize(length);
        }
    }

    /** Evicts entries up to this one until there is room. */
    private void evict(long upTo, long entries, long sizeBytes, Evicted<? super P> evicted) {
        long last = head;
        long end = Math.min(upTo, last);
        long at = oldest;
        long left = bytes;
        while (at <= end && isOver(last - at + 1, entries, left, sizeBytes)) {
            if (at > firstEnds) {
                dropOldest(); // it was the newest when its last entry went
                continue;
            }
            P piece = there(first);
            long to = enough(piece, at, Math.min(end, firstEnds), last, left, entries, sizeBytes);
            left -= piece.sizeBytes(at, to);
            at = to + 1;
            BYTES.setRelease(this, left);
            OLDEST.setRelease(this, at); // before its slot is cleared: who misses the entry sees that it is gone
            evicted.upTo(piece, to);
            if (at > firstEnds) {
                dropOldest();
            }
        }
    }

    /** The first entry of a piece with which enough of them are gone, or the last one that may go. Mostly one is enough. */
    private long enough(P piece, long at, long most, long last, long left, long entries, long sizeBytes) {
        long low = at;
        long high = most;
        long middle = at;
        while (low < high) {
            if (isOver(last - middle, entries, left - piece.sizeBytes(at, middle), sizeBytes)) {
                low = middle + 1;
            } else {
                high = middle;
            }
            middle = (low + high) >>> 1;
        }
        return low;
    }

    private boolean isOver(long there, long more, long left, long sizeBytes) {
        return more == ALL || there + more > maxEntries || left + sizeBytes > maxBytes;
    }

    private void dropOldest() {
        int slot = slot(slots, oldestPiece);
        oldestPiece = oldestPiece + 1;
        slots.set(slot, null);
        if (oldestPiece == nextPiece) {
            first = null;
            newest = null;
            firstEnds = ALL;
        } else {
            first = pieceOf(oldestPiece);
            firstEnds = endOf(oldestPiece);
        }
    }

    /** Leaves out so many indices. Only when it is empty. */
    public void skip(long entries) {
        if (newest != null) {
            throw new IllegalStateException("There are entries in front of what is left out");
        }
        HEAD.setRelease(this, head + entries);
        OLDEST.setRelease(this, head + 1); // until now it is as if the entries were being evicted
    }

    /** The oldest piece, or null if there is none. */
    public @Nullable P oldestPiece() {
        return first;
    }

    /** The newest piece, or null if there is none. */
    public @Nullable P newest() {
        return newest;
    }

    /** A piece for the entries from {@code head() + 1} on. They are there once they are {@link #added}. */
    public void add(P piece) {
        if (piece.first() != head + 1) {
            throw new IllegalArgumentException(
                    "A piece from " + piece.first() + " on where " + (head + 1) + " belongs");
        }
        if (nextPiece - oldestPiece == slots.length()) {
            resize(slots.length() * 2);
        }
        slots.set(slot(slots, nextPiece), piece);
        nextPiece = nextPiece + 1;
        newest = piece;
        if (first == null) {
            first = piece;
        } else if (firstEnds == ALL) {
            firstEnds = head;
        }
    }

    /** So many more entries of the newest piece are there, of this size in sum. */
    public void added(int entries, long sizeBytes) {
        BYTES.setRelease(this, bytes + sizeBytes);
        HEAD.setRelease(this, head + entries); // after what they are: who sees the head sees the entries
    }

    /** The last index of a piece, ALL of the newest. */
    private long endOf(long number) {
        return number == nextPiece - 1 ? ALL : pieceOf(number + 1).first() - 1;
    }

    private static <P> P there(@Nullable P piece) {
        if (piece == null) {
            throw new IllegalStateException("There are entries, and no piece");
        }
        return piece;
    }

    private P pieceOf(long number) {
        P piece = slots.get(slot(slots, number));
        if (piece == null) {
            throw new IllegalStateException("Piece " + number + " is gone");
        }
        return piece;
    }

    private void resize(int length) {
        AtomicReferenceArray<@Nullable P> before = slots;
        AtomicReferenceArray<@Nullable P> after = new AtomicReferenceArray<>(length);
        for (long i = oldestPiece; i < nextPiece; i++) {
            after.set(slot(after, i), before.get(slot(before, i)));
        }
        slots = after;
    }

    private static int slot(AtomicReferenceArray<?> array, long number) {
        return (int) (number & (array.length() - 1));
    }

    // ------------------------------------------------------------------ for readers

    /** The piece that holds the entry with this index, or null: not yet there if the index is beyond the head, else overwritten. */
    public @Nullable P get(long index) {
        if (index > head) {
            return null;
        }
        P found = null;
        long low = oldestPiece - 1;
        while (index >= oldest && low != oldestPiece) { // else pieces went meanwhile, and others took their places
            low = oldestPiece;
            found = find(index, low);
        }
        return index < oldest ? null : found;
    }

    /** The last piece, of those from this one on, that begins no later. */
    private @Nullable P find(long index, long from) {
        long low = from;
        long high = nextPiece - 1;
        AtomicReferenceArray<@Nullable P> array = slots; // after the number: it holds all pieces up to there
        P found = high < low ? null : array.get(slot(array, high));
        if (found != null && found.first() <= index) {
            return found; // most readers are at the head
        }
        found = null;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            P piece = array.get(slot(array, middle));
            if (piece != null && piece.first() <= index) {
                found = piece;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }
}
