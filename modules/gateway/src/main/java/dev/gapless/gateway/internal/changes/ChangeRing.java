package dev.gapless.gateway.internal.changes;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes of all collections, numbered from 1 in the order in which they came. It refers to the arrays that hold the messages,
 * which the feeds of the node hold, too: nothing is copied, and what the feeds have let go stays here, within the bound. Thread-safe.
 */
final class ChangeRing {
    private static final int AT_FIRST = 64;
    /** Of no collection: no topic has this name. */
    private static final CollectionChange NOTHING = new CollectionChange("", null, 0);

    private final int maxChanges;
    private final long maxBytes;
    private final Budget budget;

    // Guarded by this.
    private @Nullable CollectionChange[] ring = new CollectionChange[AT_FIRST];
    private long oldest = 1;
    private long head;
    private long bytes;
    /** Of each collection the last change that is not there any more, as long as anything of the collection is kept. */
    private final Map<String, Dropped> dropped = new HashMap<>();
    /** Of each collection the last change for those who came later, as long as anything of the collection is kept. */
    private final Map<String, Long> late = new HashMap<>();

    private record Dropped(long number, @Nullable String key) {}

    ChangeRing(int maxChanges, long maxBytes, Budget budget) {
        this.budget = budget;
        this.maxChanges = maxChanges;
        this.maxBytes = maxBytes;
    }

    /** Adds one; the oldest go, as far as the bound says. */
    synchronized void add(CollectionChange change) {
        if (head + 1 - oldest == ring.length && ring.length < maxChanges) {
            grow();
        }
        while (head + 1 - oldest >= Math.min(ring.length, maxChanges)
                || (oldest <= head && bytes + change.sizeBytes() > maxBytes)) {
            drop();
        }
        head++;
        ring[slot(head)] = change;
        bytes += change.sizeBytes();
        budget.count(Share.CHANGES, change.sizeBytes());
    }

    private void grow() {
        @Nullable CollectionChange[] larger = new CollectionChange[Math.min(maxChanges, 2 * ring.length)];
        for (long i = oldest; i <= head; i++) {
            larger[(int) (i % larger.length)] = ring[slot(i)];
        }
        ring = larger;
    }

    private void drop() {
        CollectionChange gone = at(oldest);
        bytes -= gone.sizeBytes();
        budget.count(Share.CHANGES, -gone.sizeBytes());
        dropped.put(gone.collection(), new Dropped(oldest, gone.key()));
        ring[slot(oldest)] = null;
        oldest++;
    }

    private int slot(long number) {
        return (int) (number % ring.length);
    }

    private CollectionChange at(long number) {
        CollectionChange change = ring[slot(number)];
        assert change != null : number;
        return change;
    }

    /** A number for which there is no change: what has a smaller one came before this. */
    synchronized long next() {
        add(NOTHING);
        return head;
    }

    /** The number of the latest; 0 if there was none. */
    synchronized long head() {
        return head;
    }

    /** Behind which number everything is still there. */
    synchronized long base() {
        return oldest - 1;
    }

    /** Was anything of the collection dropped that came behind this number? */
    synchronized boolean hasDropped(String collection, long behind) {
        Dropped last = dropped.get(collection);
        return last != null && last.number() > behind;
    }

    /** For people: the key of the last change of the collection that was dropped. */
    synchronized @Nullable String lastDroppedKey(String collection) {
        Dropped last = dropped.get(collection);
        return last == null ? null : last.key();
    }

    /** Behind this number there is a change for those who came later to the collection: one that is there, or a new one. */
    synchronized void tellThoseWhoCameLater(String collection, long behind) {
        if (late.getOrDefault(collection, 0L) <= behind) {
            add(CollectionChange.forThoseWhoCameLater(collection));
            late.put(collection, head);
        }
    }

    /** The changes behind this number, so many at most; null if some of them were dropped. */
    synchronized @Nullable List<CollectionChange> behind(long number, int most) {
        if (number < oldest - 1) {
            return null;
        }
        List<CollectionChange> some = new ArrayList<>();
        for (long i = number + 1; i <= head && some.size() < most; i++) {
            some.add(at(i));
        }
        return some;
    }

    /** Nobody follows this collection any more: what is there of it stays until it is dropped. */
    synchronized void forget(String collection) {
        dropped.remove(collection);
        late.remove(collection);
    }

    /** What is kept, in bytes. */
    synchronized long bytes() {
        return bytes;
    }
}
