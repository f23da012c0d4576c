package dev.gapless.core.table;

import dev.gapless.core.Epoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a source of truth, merged with the changes that are published. Whoever changes a row writes it to the source first, with a higher
 * version, and publishes it afterwards.
 *
 * <p>There are two states of each key: the newest that is known, and the one that is seen. They are the same as long as nothing is missing. When
 * something was missed, what is seen stays as it was until a read of the source has succeeded that began afterwards; what is known goes on. So
 * what is seen goes from one complete state to the next.
 *
 * <pre>
 *   missed ──► ask() ──► begin(heads) ──► messages, merged by version ──► end(rows): seen is what is known
 *                 heads: how far each producer was before the source was read. What lies at or below them is in the rows
 * </pre>
 *
 * <p>A read finds keys that were deleted by what it lacks: a key that no row has, and no message beyond the heads has named, is gone. One that
 * was made beyond the heads, and deleted before the rows were read, is there until the message of its deletion comes. The
 * deletion of a key is remembered, with its version, until a later read lacks it, too: older messages may follow, of other producers for
 * instance.
 *
 * <p>Deterministic, and not thread-safe, but for {@link #seen(String)}.
 *
 * @param <V> what the application keeps for a key
 */
public final class TableState<V> {
    /** The newest that is known of a key. It is no {@link Row}: that would be one more object for each key. */
    private static final class Known<V> {
        long version;

        @Nullable V value;

        int bytes;

        /** Any thread may read it. */
        volatile @Nullable V seen;
        /** For how many reads producers had been asked when its row came. */
        int reads;

        Known(Row<V> row, int reads) {
            set(row, reads);
        }

        final void set(Row<V> row, int reads) {
            version = row.version();
            value = row.value();
            bytes = row.bytes();
            this.reads = reads;
        }
    }

    private final Map<String, Known<V>> known = new ConcurrentHashMap<>();
    private int deleted;
    /** How many keys are seen. */
    private int seen;
    /** Invariant: the sum over all that is known. */
    private long bytes;
    /** For how many reads producers were asked where they are. */
    private int reads;
    /** Of the last read that has succeeded. */
    private Map<Epoch, Long> covered = Map.of();
    /** Of the read that is under way; null if none is. */
    private @Nullable Map<Epoch, Long> heads;
    /** The newest of what lies beyond them, by key. */
    private final Map<String, Row<V>> beyond = new HashMap<>();
    /** Is anything missing in what is seen? At first everything is. */
    private boolean missing = true;
    /** Was anything missed since producers were asked for the read that is under way? */
    private boolean missedSince;

    // ------------------------------------------------------------------ messages

    /**
     * A message came, in the order of its stream. One that is published a second time changes nothing.
     *
     * @param stream in which it stands
     * @param sequence where it stands there
     * @param row what it says of its key
     * @return what is seen otherwise now
     */
    public List<Change<V>> message(Epoch stream, long sequence, String key, Row<V> row) {
        Known<V> its = known.get(key);
        boolean isThere = its != null && its.value != null;
        if (!isThere && sequence <= covered.getOrDefault(stream, -1L)) {
            return List.of(); // the source no longer had the key
        }
        if (heads != null && sequence > heads.getOrDefault(stream, -1L)) {
            beyond.merge(key, row, (one, other) -> other.isNewerThan(one) ? other : one);
        }
        Known<V> newest = know(key, its, row);
        if (newest == null || missing) {
            return List.of();
        }
        Change<V> change = see(key, newest);
        return change == null ? List.of() : List.of(change);
    }

    /**
     * A key was deleted, and the message does not say at which version: it is taken for that of the newest row that is known.
     *
     * @return what is seen otherwise now
     */
    public List<Change<V>> deletion(Epoch stream, long sequence, String key) {
        Known<V> its = known.get(key);
        return its == null ? List.of() : message(stream, sequence, key, Row.deleted(its.version));
    }

    /**
     * A key was deleted, and nothing that is older of it can follow: the deletion is not remembered.
     *
     * @return what is seen otherwise now
     */
    public List<Change<V>> removal(String key) {
        Known<V> its = known.get(key);
        if (its == null) {
            return List.of();
        }
        replace(its, Row.deleted(its.version));
        if (missing) {
            return List.of();
        }
        Change<V> change = see(key, its);
        known.remove(key);
        deleted--;
        return change == null ? List.of() : List.of(change);
    }

    /** Takes a row if it is newer than what is known of its key; {@return what is known then, or null if the row is not newer} */
    private @Nullable Known<V> know(String key, @Nullable Known<V> its, Row<V> row) {
        if (its == null) {
            Known<V> first = new Known<>(row, reads);
            known.put(key, first);
            deleted += row.isDeleted() ? 1 : 0;
            bytes += row.bytes();
            return first;
        } else if (row.isNewerThan(its.version, its.value == null)) {
            replace(its, row);
            return its;
        }
        return null;
    }

    private void replace(Known<V> its, Row<V> row) {
        deleted += (row.isDeleted() ? 1 : 0) - (its.value == null ? 1 : 0);
        bytes += row.bytes() - its.bytes;
        its.set(row, reads);
    }

    /** What is known of it is seen from now on; {@return what that changes, or null if it is the same} */
    private @Nullable Change<V> see(String key, Known<V> its) {
        V before = its.seen;
        V after = its.value;
        if (before == after) {
            return null;
        }
        its.seen = after;
        seen += (after == null ? 0 : 1) - (before == null ? 0 : 1);
        return new Change<>(key, before, after);
    }

    // ------------------------------------------------------------------ reads

    /** Messages were missed. For a read producers have to be asked after this. */
    public void missed() {
        missing = true;
        missedSince = true;
    }

    /**
     * Producers are asked where they are now, and a read begins behind that; one that was under way has failed. The rows will lack what is deleted
     * from here on, and older messages that are published from here on may follow.
     */
    public void ask() {
        failed();
        missedSince = false;
        reads++;
    }

    /**
     * A read of the source begins, and nothing of it was read before.
     *
     * @param heads how far each producer was before; {@link Long#MAX_VALUE} of a stream that is over. Streams that are not listed begin later
     */
    public void begin(Map<Epoch, Long> heads) {
        this.heads = Map.copyOf(heads);
    }

    /** The read that is under way has failed. */
    public void failed() {
        heads = null;
        beyond.clear();
    }

    /**
     * The read that is under way has succeeded.
     *
     * @param rows all rows of the source, by key. One may say that its key was deleted
     * @param about is told what will be seen otherwise, before any of it is
     * @return what is seen otherwise now
     */
    public List<Change<V>> end(Map<String, Row<V>> rows, Consumer<List<Change<V>>> about) {
        if (heads == null) {
            throw new IllegalStateException("no read is under way");
        }
        List<String> gone = new ArrayList<>();
        known.forEach((key, its) -> {
            if (!rows.containsKey(key) && !isKept(key, its)) {
                gone.add(key);
            }
        });
        rows.forEach((key, row) -> {
            var unused = know(key, known.get(key), row);
        });
        List<Change<V>> changes = new ArrayList<>();
        known.forEach((key, its) -> {
            if (its.seen != its.value) {
                changes.add(new Change<>(key, its.seen, its.value));
            }
        });
        about.accept(changes);
        for (Change<V> change : changes) {
            var unused = see(change.key(), Objects.requireNonNull(known.get(change.key())));
        }
        gone.forEach(known::remove);
        deleted -= gone.size();
        covered = heads;
        heads = null;
        beyond.clear();
        missing = missedSince;
        return changes;
    }

    /** The source lacks this key: it is what was named beyond the heads, or deleted. {@return false if that was known before the read} */
    private boolean isKept(String key, Known<V> its) {
        Row<V> later = beyond.get(key);
        if (its.value == null) {
            return later != null || its.reads == reads;
        }
        replace(its, later != null && later.version() >= its.version ? later : Row.deleted(its.version));
        return true;
    }

    // ------------------------------------------------------------------ what is there

    /** {@return whether something is missing in what is seen, and it stays as it is} */
    public boolean isStale() {
        return missing;
    }

    /** {@return whether a read is under way} */
    public boolean isReading() {
        return heads != null;
    }

    /**
     * {@return what is seen of this key; null if nothing is} Any thread may ask: for what was there before a change, or after it. While
     * {@link #end} changes many keys, it may be one for one key and the other for another.
     */
    public @Nullable V seen(String key) {
        Known<V> its = known.get(key);
        return its == null ? null : its.seen;
    }

    /** Tells of all keys that are seen. */
    public void forEachSeen(BiConsumer<String, V> told) {
        known.forEach((key, its) -> {
            V row = its.seen;
            if (row != null) {
                told.accept(key, row);
            }
        });
    }

    /** {@return how many keys are seen} */
    public int seen() {
        return seen;
    }

    /** {@return the newest that is known of this key, seen or not; null if it is not there} */
    public @Nullable V newest(String key) {
        Known<V> its = known.get(key);
        return its == null ? null : its.value;
    }

    /** {@return how many keys are known to be there} */
    public int size() {
        return known.size() - deleted;
    }

    /** {@return how large the newest that is known of all keys is, in bytes, as their rows say} */
    public long bytes() {
        return bytes;
    }

    /** {@return how many keys are remembered as deleted} A read forgets those that its source lacks. */
    public int deleted() {
        return deleted;
    }
}
