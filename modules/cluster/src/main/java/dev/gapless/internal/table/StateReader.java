package dev.gapless.internal.table;

import dev.gapless.Table;
import dev.gapless.TableChanges;
import dev.gapless.TableClosed;
import dev.gapless.core.Gap;
import dev.gapless.core.table.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states of a table, for one that takes the next one when it has room: what lies between two that it takes, it is not told. For one
 * thread at a time.
 */
public final class StateReader<T> {
    private final SharedTable<T> table;
    private final Runnable wake;
    private final Steps<T> steps;
    private volatile @Nullable TableClosed closed;
    private boolean stale;
    /** What it misses, or has missed since the last step; null if nothing. Under the table's lock. */
    private @Nullable List<Gap> missed;
    /** Was a state given? The first one may have no rows. */
    private boolean given;

    /**
     * From one state to the next.
     *
     * @param changes of each key that differs; none if all that changed is whether something is missing, or if the first state has no rows
     * @param reloaded whether some of it came from the source
     * @param missed what the table has missed since the last step, also if the source was read meanwhile; null if nothing, or if it was missing
     *     something before
     * @param then how the table stands then
     */
    public record Step<T>(
            List<Change<T>> changes,
            boolean reloaded,
            @Nullable List<Gap> missed,
            TableStanding then) {}

    StateReader(SharedTable<T> table, Runnable wake) {
        this.table = table;
        this.wake = wake;
        this.steps = new Steps<>() {
            @Override
            void isThere() {
                wake.run();
            }

            @Override
            void ended(TableClosed why) {
                closed = why;
                wake.run();
            }

            @Override
            void staleness() {
                TableStanding now = table.now();
                missed = now.stale() ? now.missed() : missed;
                wake.run();
            }
        };
    }

    /**
     * Reads the states of this table, from the one that it has.
     *
     * @param wake called on any thread when there may be something new: it must not block, nor read
     * @throws IllegalArgumentException if no node of Gapless made it
     * @throws TableClosed if it has closed
     */
    public static <T> StateReader<T> of(Table<T> table, Runnable wake) {
        if (!(table instanceof TableHandle<T> handle)) {
            throw new IllegalArgumentException(
                    "The table of topic " + table.topic().name() + " was not opened by Gapless.table");
        }
        return begin(handle.open(), wake);
    }

    private static <T> StateReader<T> begin(SharedTable<T> table, Runnable wake) {
        StateReader<T> reader = new StateReader<>(table, wake);
        table.begin(reader.steps);
        return reader;
    }

    /**
     * Reads the states of the same table from the one that it has now, also if whoever opened it has closed it and another one keeps it.
     *
     * @throws TableClosed if it has closed
     */
    public StateReader<T> again() {
        return begin(table, wake);
    }

    /** Why the table has closed; null as long as it has not. */
    public @Nullable TableClosed closed() {
        return closed;
    }

    /** Did it close since its node has left the cluster, or was removed from it? */
    public boolean isShutDown() {
        return table.isShutDown();
    }

    /** How the table stands now. */
    public TableStanding now() {
        return table.underLock(table::now);
    }

    /** The next step; null if there is none. Then {@code wake} is called once there is. */
    public @Nullable Step<T> next() {
        return table.underLock(this::take);
    }

    private @Nullable Step<T> take() {
        TableChanges<T> taken = steps.take();
        TableStanding then = table.now();
        boolean before = stale;
        stale = then.stale();
        List<Gap> since = before ? null : stale ? then.missed() : missed;
        missed = null;
        boolean isFirst = !given && then.token() != null;
        given |= isFirst;
        if (taken == null && before == stale && since == null && !isFirst) {
            return null;
        }
        List<Change<T>> changes = taken == null ? List.of() : taken.changes();
        return new Step<>(changes, taken != null && taken.reloaded(), since, then);
    }

    /** Nothing is read any more. */
    public void close() {
        steps.drop();
        table.end(steps);
    }
}
