package dev.gapless;

import dev.gapless.core.Position;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a source of truth, kept in step with the changes that are published to a topic: what most applications subscribe for. It
 * loads by itself, at first and after each {@link CursorExpired}, tries again as often as it takes, and tells of differences alone.
 *
 * <pre>{@code
 * Table<Price> prices = gapless.table(topic, TableSource.versioned(database::readAll, Price::symbol, Price::version));
 * prices.ready().thenAccept(view -> log.info("{} prices", view.rows().size()));
 * Price price = prices.get("EURUSD");
 * prices.onChange(changes -> changes.changes().forEach(change -> show(change.key(), change.after())));
 * }</pre>
 *
 * <p>Whoever changes a row writes it to the source first, with a higher version, and publishes it afterwards, with its key.
 *
 * <p>What is seen goes from one complete state to the next. While something is missing, {@link #view} stays as it was, and {@link #status}
 * says so; {@link #newest} goes on.
 *
 * <p>Thread-safe. Stages complete on {@code gapless.completion-dispatcher}.
 *
 * @param <T> the type of the topic's messages, which are the rows
 */
public interface Table<T> extends AutoCloseable {

    /** {@return the topic} */
    Topic<T> topic();

    /** {@return a stage that completes with the first complete state} It fails with {@link TableClosed} if the table closes before. */
    CompletionStage<TableView<T>> ready();

    /**
     * {@return the row of this key as it is seen, or null if there is none}
     *
     * @param key not null
     * @throws IllegalStateException before the first state is complete: wait for {@link #ready}
     * @throws TableClosed when it has closed, unless {@code gapless.table.serve-stale = on}
     */
    @Nullable T get(String key);

    /**
     * {@return one complete state} It never changes, and shares what it can with those before and after.
     *
     * @throws IllegalStateException before the first state is complete: wait for {@link #ready}
     * @throws TableClosed when it has closed, unless {@code gapless.table.serve-stale = on}
     */
    TableView<T> view();

    /**
     * {@return the newest row that is known of this key, or null if there is none} While something is missing it is ahead of the view, and
     * says nothing of other keys.
     *
     * @param key not null
     * @throws TableClosed when it has closed, unless {@code gapless.table.serve-stale = on}
     */
    @Nullable T newest(String key);

    /**
     * Calls a listener with each step from one state to the next, in order, one at a time, on {@code gapless.dispatcher}. The first step has
     * the state that there is, from nothing. Steps that come while the listener is called come together as the next one: of each
     * key the last row counts. What the listener throws is logged.
     *
     * @param listener not null
     * @return closes it: nothing more is told
     */
    Registration onChange(Consumer<TableChanges<T>> listener);

    /**
     * {@return the same as a stream} Each materialization begins with the state that there is, from nothing. It fails with {@link TableClosed}
     * when the table closes, or has closed. One that asks slowly gets the steps that came meanwhile as one, of each key the last row.
     */
    Source<TableChanges<T>, NotUsed> changes();

    /**
     * {@return a stage that completes when the view has what was published at this position: to read what one has written} It fails with
     * {@link java.util.concurrent.TimeoutException} after {@code gapless.table.reached-timeout}, and with {@link TableClosed} if the table
     * closes.
     *
     * @param position what publishing returned, not null
     * @throws IllegalStateException if {@code gapless.table.max-waiting} wait
     */
    CompletionStage<TableView<T>> reached(Position position);

    /** {@return how it is} */
    TableStatus status();

    /**
     * Ends it for whoever has opened it here, with its listeners and streams. A node reads the source of a topic once for all who opened a table
     * of both; the last one to close it ends that. Repeating it is harmless.
     */
    @Override
    void close();

    /** What {@link #onChange} returns. */
    interface Registration extends AutoCloseable {
        /** Nothing more is told. Repeating it is harmless. */
        @Override
        void close();
    }
}
