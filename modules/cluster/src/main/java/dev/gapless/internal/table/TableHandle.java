package dev.gapless.internal.table;

import dev.gapless.Table;
import dev.gapless.TableChanges;
import dev.gapless.TableClosed;
import dev.gapless.TableStatus;
import dev.gapless.TableView;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/** What one who has opened a table holds of it. Thread-safe. */
final class TableHandle<T> implements Table<T>, ChangesSource.Told<T> {
    private final Topic<T> topic;
    private final SharedTable<T> table;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Who hears of the table's steps by this. */
    private final Set<Steps<T>> listeners = ConcurrentHashMap.newKeySet();

    TableHandle(Topic<T> topic, SharedTable<T> table) {
        this.topic = topic;
        this.table = table;
    }

    @Override
    public Topic<T> topic() {
        return topic;
    }

    /** Throws TableClosed if it was closed here. */
    SharedTable<T> open() {
        if (closed.get()) {
            throw closedHere();
        }
        return table;
    }

    private TableClosed closedHere() {
        return new TableClosed(topic.name(), "it was closed", null);
    }

    @Override
    public CompletionStage<TableView<T>> ready() {
        return closed.get() ? CompletableFuture.failedStage(closedHere()) : table.ready();
    }

    @Override
    public @Nullable T get(String key) {
        return open().get(given(key, "key"));
    }

    @Override
    public TableView<T> view() {
        return open().view();
    }

    @Override
    public @Nullable T newest(String key) {
        return open().newest(given(key, "key"));
    }

    @Override
    public Registration onChange(Consumer<TableChanges<T>> listener) {
        Listening<T> listening =
                new Listening<>(topic.name(), given(listener, "listener"), table.executor(), this::end);
        begin(listening);
        return listening;
    }

    @Override
    public Source<TableChanges<T>, NotUsed> changes() {
        var unused = open();
        return Source.fromGraph(new ChangesSource<>(this));
    }

    @Override
    public void begin(Steps<T> steps) {
        open().begin(steps);
        listeners.add(steps);
        if (closed.get()) {
            steps.ended(closedHere());
        }
    }

    @Override
    public void end(Steps<T> steps) {
        listeners.remove(steps);
        table.end(steps);
    }

    @Override
    public CompletionStage<TableView<T>> reached(Position position) {
        return open().reached(given(position, "position"));
    }

    @Override
    public TableStatus status() {
        TableStatus its = table.status();
        return closed.get() && its.state() != TableStatus.State.CLOSED
                ? new TableStatus(
                        TableStatus.State.CLOSED, its.since(), its.missed(), false, its.failures(), closedHere(), null)
                : its;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            listeners.forEach(one -> one.ended(closedHere()));
            table.release();
        }
    }

    private static <A> A given(A argument, String name) {
        return Objects.requireNonNull(argument, () -> name + " must not be null");
    }
}
