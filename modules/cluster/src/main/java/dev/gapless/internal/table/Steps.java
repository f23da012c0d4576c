package dev.gapless.internal.table;

import dev.gapless.TableChanges;
import dev.gapless.TableClosed;
import dev.gapless.core.table.Change;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a table that somebody has not been given yet, as one step: of each key the newest row. Never more than the table has keys, and
 * those that went. Thread-safe.
 */
abstract class Steps<T> {
    private Map<String, Change<T>> pending = new LinkedHashMap<>();
    private boolean reloaded;
    /** Does somebody take what there is, or has been told to? */
    private boolean taking;

    private boolean closed;

    /** What there is: it is to be taken, step by step. Never waits. Called under the table's lock. */
    abstract void isThere();

    /** The table has closed. */
    abstract void ended(TableClosed why);

    /** Something is missing from now on, or a read has ended. Never waits. Called under the table's lock. */
    void staleness() {}

    /** The next step of the table. */
    final void add(List<Change<T>> changes, boolean byReload) {
        if (collect(changes, byReload)) {
            isThere();
        }
    }

    /** {@return whether somebody is to be told} */
    private synchronized boolean collect(List<Change<T>> changes, boolean byReload) {
        if (closed) {
            return false;
        }
        reloaded |= byReload && !changes.isEmpty();
        for (Change<T> change : changes) {
            Change<T> earlier = pending.get(change.key());
            T before = earlier == null ? change.before() : earlier.before();
            if (before == change.after()) {
                pending.remove(change.key());
            } else {
                pending.put(change.key(), new Change<>(change.key(), before, change.after()));
            }
        }
        boolean begins = !taking && !pending.isEmpty();
        taking |= begins;
        return begins;
    }

    /** Takes what there is as one step; null if there is nothing: then {@link #isThere} says when there is. */
    final synchronized @Nullable TableChanges<T> take() {
        if (closed || pending.isEmpty()) {
            taking = false;
            return null;
        }
        TableChanges<T> step = new TableChanges<>(List.copyOf(pending.values()), reloaded);
        pending = new LinkedHashMap<>();
        reloaded = false;
        return step;
    }

    /** Nothing is to be told any more. */
    final synchronized void drop() {
        closed = true;
        pending = new LinkedHashMap<>();
    }
}
