package dev.gapless.gateway.internal.json;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of messages that clients in step are given: made once, by the client that wants it first. It is kept by the indexes of the
 * messages, since these are what the subscriptions of a node have in common; what was begun first is forgotten first. Thread-safe.
 */
public final class SharedJson {
    private static final int OVERHEAD_BYTES = 512;
    /** How many indexes are remembered that one has wanted alone; a power of two. */
    private static final int LATELY = 1 << 12;

    private final long maxBytes;
    private final Budget budget;
    private final IdentityHashMap<byte[], ArrayJson> kept = new IdentityHashMap<>();
    private final Deque<ArrayJson> inOrder = new ArrayDeque<>();
    /** Of some indexes their hash, and who has wanted it last. */
    private final long[] lately = new long[LATELY];

    private long bytes;

    /**
     * @param maxBytes how much JSON it keeps at most, with the arrays that it was made of; 0 for none
     * @param budget has it for as long as nobody else wants it
     */
    public SharedJson(long maxBytes, Budget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
        budget.addCache(this::shrink);
    }

    /** Is anything kept? */
    public boolean isOn() {
        return maxBytes > 0;
    }

    /** The JSON of the messages of this index ({@link dev.gapless.core.log.Slice#index}). It may have been forgotten by the time that it is used; that does no harm. */
    public synchronized ArrayJson of(byte[] index) {
        ArrayJson known = kept.get(index);
        if (known != null) {
            return known;
        }
        ArrayJson made = new ArrayJson(index, this::charge);
        kept.put(index, made);
        inOrder.add(made);
        charge(made, index.length + OVERHEAD_BYTES);
        return made;
    }

    /**
     * The same for one who may be alone with these messages: null if nobody else has wanted their JSON lately. Then it need not be kept.
     *
     * @param who any number that is most likely no other's
     */
    public synchronized @Nullable ArrayJson ofMany(byte[] index, int who) {
        ArrayJson known = kept.get(index);
        if (known != null) {
            return known;
        }
        // What lies elsewhere may have the same hash: then JSON is kept for nothing.
        int hash = System.identityHashCode(index);
        long wanted = (long) hash << Integer.SIZE | Integer.toUnsignedLong(who);
        int slot = hash & (LATELY - 1);
        long before = lately[slot];
        lately[slot] = wanted;
        return before >>> Integer.SIZE == hash && before != wanted ? of(index) : null;
    }

    /** It has become larger by so much. */
    private synchronized void charge(ArrayJson to, int more) {
        if (kept.get(to.index()) != to) {
            return; // it was forgotten
        }
        to.charged += more;
        bytes += more;
        budget.cache(Share.JSON_CACHE, more);
        shrink();
    }

    private synchronized void shrink() {
        while ((bytes > maxBytes || budget.isFull()) && !inOrder.isEmpty()) {
            ArrayJson oldest = inOrder.remove();
            kept.remove(oldest.index());
            bytes -= oldest.charged;
            budget.cache(Share.JSON_CACHE, -oldest.charged);
        }
    }

    /** What is charged for what is kept. */
    synchronized long bytes() {
        return bytes;
    }
}
