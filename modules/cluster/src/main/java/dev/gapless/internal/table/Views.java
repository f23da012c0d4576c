package dev.gapless.internal.table;

import dev.gapless.core.table.Change;
import dev.gapless.core.table.TableState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.collection.immutable.HashMap;
import scala.collection.mutable.ReusableBuilder;

/**
 * What is seen, as maps that never change, made when somebody asks: a message costs no more than a look into one hash map. The next map shares
 * with the last one what is the same. If a quarter of the rows has changed, the last one is forgotten, so that old rows do not pile up, and the
 * next one is made anew. Under the table's lock.
 */
final class Views<T> {
    private static final int SHARE = 4;

    private final TableState<T> state;
    /** The last one that was made; null if it was forgotten. */
    private @Nullable HashMap<String, T> last;
    /** By key, what is seen otherwise since; null if nothing is. */
    private Map<String, @Nullable T> since = new java.util.HashMap<>();

    Views(TableState<T> state) {
        this.state = state;
    }

    /** The state has gone on by this. */
    void add(List<Change<T>> changes) {
        if (last == null) {
            return;
        }
        for (Change<T> change : changes) {
            since.put(change.key(), change.after());
        }
        if (since.size() > 1 + state.seen() / SHARE) {
            last = null;
            since = new java.util.HashMap<>();
        }
    }

    HashMap<String, T> now() {
        HashMap<String, T> made = last == null ? all() : next(last);
        last = made;
        return made;
    }

    private HashMap<String, T> all() {
        ReusableBuilder<Tuple2<String, T>, HashMap<String, T>> builder = HashMap.newBuilder();
        state.forEachSeen((key, row) -> builder.addOne(new Tuple2<>(key, row)));
        return builder.result();
    }

    private HashMap<String, T> next(HashMap<String, T> from) {
        HashMap<String, T> made = from;
        for (Map.Entry<String, @Nullable T> change : since.entrySet()) {
            T row = change.getValue();
            made = row == null ? made.removed(change.getKey()) : made.updated(change.getKey(), row);
        }
        if (!since.isEmpty()) {
            since = new java.util.HashMap<>(); // to clear it takes as long as it has ever been
        }
        return made;
    }
}
