package dev.gapless;

import dev.gapless.core.CursorToken;
import java.util.Map;

/**
 * One complete state of a {@link Table}: of each key the newest row that its source or its producers had when it was made. Immutable.
 *
 * <pre>{@code
 * TableView<Price> view = prices.view();
 * view.rows().values().forEach(this::show);
 * store(view.token());
 * }</pre>
 *
 * @param rows by their keys, in no order. An unmodifiable map
 * @param token whoever resumes by it is given everything that the rows do not have. What they have may come once more
 * @param <T> the type of the rows
 */
public record TableView<T>(Map<String, T> rows, CursorToken token) {}
