package dev.gapless.core.copy;

import dev.gapless.core.Epoch;
import dev.gapless.core.log.Slice;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a topic on a node that does not own them: the newest of each producer, as they were pushed, and older ones that a subscription
 * lacked and that were fetched. All subscriptions of the node read them here.
 *
 * <p>Pushed pieces go in the order in which they came, over all producers; the bound is that of all of them together. Fetched pieces go in the order in
 * which they came, and make room for fetched ones alone: a subscription that is far behind does not push out what the others read.
 *
 * <p>Written by one thread; read by any number, without a lock.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one writer
public final class TopicCache {
    /** Fetched pieces have this part of the room. */
    private static final int FETCHED_PARTS = 4;

    /** What subscriptions still need. */
    @FunctionalInterface
    public interface Needs {
        /**
         * Is that message needed? Of a producer that can be asked again that is what the foremost subscription has not read; of others what
         * anybody lacks. It goes all the same if there is no other room.
         */
        boolean needs(Epoch epoch, long sequence);
    }

    private record Fetched(Epoch epoch, Piece piece) {}

    private record Oldest(Epoch epoch, GenerationCache generation, Piece piece) {}

    private final int maxMessages;
    private final long maxBytes;
    /** {@link #maxBytes}, or less as its shard says. */
    private volatile long limitBytes;

    private volatile Map<Epoch, GenerationCache> generations = Map.of();
    /** The oldest pushed piece of each generation, by when it came. */
    private final TreeMap<Long, Oldest> oldest = new TreeMap<>();

    private final ArrayDeque<Fetched> fetched = new ArrayDeque<>(0);
    private long arrivals;
    /** How many messages there are that were pushed, and what they are charged for. */
    private volatile int messages;

    private volatile long pushedBytes;
    private volatile long fetchedBytes;

    /**
     * An empty one.
     *
     * @param maxMessages that were pushed
     * @param maxBytes what all messages are charged for
     */
    public TopicCache(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.limitBytes = maxBytes;
    }

    /** How many messages may be cached that were pushed. Any thread. */
    public int maxMessages() {
        return maxMessages;
    }

    /** What all messages may be charged for. Any thread. */
    public long maxBytes() {
        return limitBytes;
    }

    /** The piece that has this message; null if none has. Any thread. */
    public @Nullable Piece find(Epoch epoch, long sequence) {
        GenerationCache generation = generations.get(epoch);
        return generation == null ? null : generation.find(sequence);
    }

    /** How many messages are cached that were pushed. Any thread. */
    public int messages() {
        return messages;
    }

    /** What all messages are charged for. Any thread. */
    public long bytes() {
        return pushedBytes + fetchedBytes;
    }

    /** What a message is charged for, on average; 0 if there is none. Any thread. */
    public long meanBytes() {
        int number = messages;
        return number == 0 ? 0 : pushedBytes / number;
    }

    // ------------------------------------------------------------------ for the writer

    /** From now on messages may be charged for so much, and never more than it was made for. */
    public void limit(long bytes, Needs needs) {
        limitBytes = Math.max(1, Math.min(bytes, maxBytes));
        makeRoom(needs);
    }

    /** When the oldest message came; {@code Long.MAX_VALUE} if there is none. By the clock for durations. */
    public long oldestNs() {
        long oldestNs = oldest.isEmpty()
                ? Long.MAX_VALUE
                : oldest.firstEntry().getValue().piece().arrivedNs();
        Fetched first = fetched.peek();
        return first == null ? oldestNs : Math.min(oldestNs, first.piece().arrivedNs());
    }

    /**
     * Messages were pushed.
     *
     * @param first the sequence of the first; behind a hole what was pushed before is gone
     */
    public void push(Epoch epoch, long first, List<Slice> slices, Needs needs, long nowNs) {
        GenerationCache generation = of(epoch, first);
        long sequence = first;
        for (Slice slice : slices) {
            Piece piece = new Piece(sequence, slice, ++arrivals, nowNs);
            change(epoch, generation, () -> generation.push(piece));
            sequence += slice.count();
        }
        makeRoom(needs);
    }

    private GenerationCache of(Epoch epoch, long first) {
        GenerationCache known = generations.get(epoch);
        if (known != null) {
            return known;
        }
        Map<Epoch, GenerationCache> more = new HashMap<>(generations);
        GenerationCache added = new GenerationCache(first);
        more.put(epoch, added);
        generations = Map.copyOf(more);
        return added;
    }

    private void change(Epoch epoch, GenerationCache generation, Runnable change) {
        int messagesBefore = generation.pushedMessages();
        long bytesBefore = generation.pushedBytes();
        long before = arrival(generation.oldestPushed());
        change.run();
        messages += generation.pushedMessages() - messagesBefore;
        pushedBytes += generation.pushedBytes() - bytesBefore;
        Piece after = generation.oldestPushed();
        if (before != arrival(after)) {
            oldest.remove(before);
            if (after != null) {
                oldest.put(after.arrival(), new Oldest(epoch, generation, after));
            }
        }
    }

    /** When it came; 0 if there is none. */
    private static long arrival(@Nullable Piece piece) {
        return piece == null ? 0 : piece.arrival();
    }

    private void makeRoom(Needs needs) {
        boolean isFull = isFull();
        while (isFull && evictOldest(needs, false)) {
            isFull = isFull();
        }
        while (isFull && evictOldest(needs, true)) {
            isFull = isFull();
        }
    }

    private boolean isFull() {
        return messages > maxMessages || pushedBytes > limitBytes - limitBytes / FETCHED_PARTS;
    }

    /** The piece goes that came first, of those that may. */
    private boolean evictOldest(Needs needs, boolean expendable) {
        for (Oldest one : oldest.values()) {
            if (expendable || !needs.needs(one.epoch(), one.piece().last())) {
                change(one.epoch(), one.generation(), one.generation()::dropOldestPushed);
                return true;
            }
        }
        return false;
    }

    /**
     * Messages were fetched. The first of them stay, and of the others what fits: who wants the first would fetch it again and again.
     *
     * @param first the sequence of the first
     */
    public void fetched(Epoch epoch, long first, List<Slice> slices, long nowNs) {
        GenerationCache generation = of(epoch, first);
        long sequence = first;
        int added = 0;
        for (Slice slice : slices) {
            Piece piece = new Piece(sequence, slice, ++arrivals, nowNs);
            List<Piece> others = generation.overlapping(piece);
            if (others.stream().noneMatch(other -> other.has(piece.first()) && other.has(piece.last()))) {
                others.forEach(other -> drop(new Fetched(epoch, other)));
                generation.addFetched(piece);
                fetched.add(new Fetched(epoch, piece));
                fetchedBytes += piece.sizeBytes();
                added++;
            }
            sequence += slice.count();
        }
        while (fetched.size() > Math.max(1, added) && fetchedBytes > limitBytes / FETCHED_PARTS) {
            dropOldestFetched();
        }
        while (added > 1 && fetchedBytes > limitBytes / FETCHED_PARTS) {
            drop(fetched.getLast());
            added--;
        }
    }

    private void drop(Fetched one) {
        fetched.remove(one);
        fetchedBytes -= one.piece().sizeBytes();
        of(one.epoch(), 1).dropFetched(one.piece());
    }

    private void dropOldestFetched() {
        Fetched first = fetched.remove();
        fetchedBytes -= first.piece().sizeBytes();
        GenerationCache generation = generations.get(first.epoch());
        if (generation != null) {
            generation.dropFetched(first.piece());
        }
    }

    /** What came at that time or before goes: who lacks it fetches it, or is told. */
    public void dropUntil(long timeNs) {
        while (!oldest.isEmpty() && oldest.firstEntry().getValue().piece().arrivedNs() - timeNs <= 0) {
            Oldest first = oldest.firstEntry().getValue();
            change(first.epoch(), first.generation(), first.generation()::dropOldestPushed);
        }
        while (!fetched.isEmpty() && fetched.element().piece().arrivedNs() - timeNs <= 0) {
            dropOldestFetched();
        }
    }

    /** Nothing of that generation is wanted any more. */
    public void forget(Epoch epoch) {
        Map<Epoch, GenerationCache> fewer = new HashMap<>(generations);
        GenerationCache forgotten = fewer.remove(epoch);
        if (forgotten != null) {
            oldest.remove(arrival(forgotten.oldestPushed()));
            messages -= forgotten.pushedMessages();
            pushedBytes -= forgotten.pushedBytes();
            generations = Map.copyOf(fewer);
            fetched.removeIf(one -> one.epoch().equals(epoch));
            fetchedBytes =
                    fetched.stream().mapToLong(one -> one.piece().sizeBytes()).sum();
        }
    }
}
