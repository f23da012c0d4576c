package dev.gapless.core.log;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A ring of entries, numbered without gaps and bounded in number and in bytes. One writer at a time (whoever holds the
 * owner's lock), any number of readers without a lock.
 *
 * <p>A slot holds a reference to an immutable entry that knows its own index. A reader compares it with the index that it
 * wants: an overtaken reader finds another entry, or none, and never a wrong or torn one.
 *
 * <p>The array grows with use, and shrinks again when entries are evicted for their age: an idle ring costs next to nothing.
 *
 * @param <E> the entries
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
public final class Ring<E extends Ring.Entry> {

    /** What can be kept in a ring. Implementations are immutable. */
    public interface Entry {
        /** Its number in the ring. */
        long index();

        /** What it is charged for. */
        long sizeBytes();
    }

    /** An index that is beyond every entry: anything may be evicted. */
    public static final long ALL = Long.MAX_VALUE;

    private static final int FIRST_SLOTS = 8;

    private final int maxEntries;
    private final long maxBytes;
    private volatile AtomicReferenceArray<@Nullable E> slots = new AtomicReferenceArray<>(FIRST_SLOTS);

    // Invariant: first ≤ oldest ≤ head + 1, and the slots of oldest … head hold just those entries.
    private volatile long oldest;
    private volatile long head;
    private volatile long bytes;

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

    /** Would an entry of this size push out an entry beyond {@code evictable}? For the writer. */
    public boolean isFullFor(long sizeBytes, long evictable) {
        long at = oldest;
        long left = bytes;
        while (at <= head && (head - at + 2 > maxEntries || left + sizeBytes > maxBytes)) {
            if (at > evictable) {
                return true;
            }
            left -= sizeOf(at);
            at++;
        }
        return false;
    }

    /**
     * Appends the entry with the index {@code head() + 1}. Entries up to {@code evictable} make room for it as far as
     * needed; beyond, the ring exceeds its bounds. For the writer.
     */
    public void append(E entry, long evictable, Consumer<? super E> evicted) {
        long index = head + 1;
        if (entry.index() != index) {
            throw new IllegalArgumentException("Entry " + entry.index() + " where " + index + " belongs");
        }
        long size = entry.sizeBytes();
        while (oldest < index && oldest <= evictable && (index - oldest + 1 > maxEntries || bytes + size > maxBytes)) {
            evictOldest(evicted);
        }
        if (index - oldest >= slots.length()) {
            resize(slots.length() * 2);
        }
        slots.set(slot(index), entry);
        bytes = bytes + size;
        head = index; // after the slot and the array: who sees the head sees the entry
    }

    /** Evicts the entries up to this index, and gives the room that they took back. For the writer. */
    public void evict(long upTo, Consumer<? super E> evicted) {
        while (oldest <= head && oldest <= upTo) {
            evictOldest(evicted);
        }
        int length = slots.length();
        while (length > FIRST_SLOTS && size() <= length / 4) {
            length /= 2;
        }
        if (length < slots.length()) {
            resize(length);
        }
    }

    /** The entry with this index, or null: not yet there if the index is beyond the head, else overwritten. */
    public @Nullable E get(long index) {
        if (index > head) {
            return null;
        }
        AtomicReferenceArray<@Nullable E> array = slots;
        E entry = array.get((int) (index & (array.length() - 1)));
        return entry != null && entry.index() == index ? entry : null;
    }

    private long sizeOf(long index) {
        E entry = slots.get(slot(index));
        return entry == null ? 0 : entry.sizeBytes();
    }

    private void evictOldest(Consumer<? super E> evicted) {
        int slot = slot(oldest);
        E entry = slots.get(slot);
        assert entry != null && entry.index() == oldest : "slot of " + oldest + " holds " + entry;
        if (entry != null) {
            evicted.accept(entry);
            bytes = bytes - entry.sizeBytes();
        }
        oldest = oldest + 1; // before the slot is cleared: who misses the entry sees that it is gone
        slots.set(slot, null);
    }

    private void resize(int length) {
        AtomicReferenceArray<@Nullable E> before = slots;
        AtomicReferenceArray<@Nullable E> after = new AtomicReferenceArray<>(length);
        for (long i = oldest; i <= head; i++) {
            after.set((int) (i & (after.length() - 1)), before.get((int) (i & (before.length() - 1))));
        }
        slots = after;
    }

    private int slot(long index) {
        return (int) (index & (slots.length() - 1));
    }
}
