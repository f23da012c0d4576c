package dev.gapless;

import dev.gapless.core.table.Change;
import java.util.List;

/**
 * One step of a {@link Table} from one state to the next.
 *
 * <pre>{@code
 * for (Change<Price> change : changes.changes()) {
 *     if (change.after() == null) remove(change.key()); else show(change.after());
 * }
 * }</pre>
 *
 * @param changes one for each key that differs, at least one
 * @param reloaded whether some of it came from the source, and not by message
 * @param <T> the type of the rows
 */
public record TableChanges<T>(List<Change<T>> changes, boolean reloaded) {}
