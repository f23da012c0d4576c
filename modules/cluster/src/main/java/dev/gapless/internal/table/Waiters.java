package dev.gapless.internal.table;

import dev.gapless.TableStatus;
import dev.gapless.TableView;
import dev.gapless.core.Position;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who waits until a table has a position. Under the table's lock. */
final class Waiters<T> {
    private final TableHost host;
    private final String topic;
    private final TableSettings settings;
    private final Consumer<Runnable> locked;
    private final Supplier<TableStatus> status;
    private final Set<Waiter<T>> all = new LinkedHashSet<>();

    private record Waiter<T>(Position position, CompletableFuture<TableView<T>> view) {
        @Override
        public boolean equals(Object other) {
            return this == other; // several may wait for the same
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    Waiters(TableHost host, String topic, Consumer<Runnable> locked, Supplier<TableStatus> status) {
        this.host = host;
        this.topic = topic;
        this.settings = host.tableSettings();
        this.locked = locked;
        this.status = status;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    CompletionStage<TableView<T>> add(Position position) {
        if (all.size() >= settings.maxWaiting()) {
            throw new IllegalStateException("Topic " + topic + ": " + all.size()
                    + " wait for positions in its table (gapless.table.max-waiting)");
        }
        Waiter<T> one = new Waiter<>(position, new CompletableFuture<>());
        all.add(one);
        if (!host.after(settings.reachedTimeout(), () -> locked.accept(() -> timeOut(one)))) {
            all.remove(one);
            return CompletableFuture.failedStage(new IllegalStateException("The node ends"));
        }
        return one.view().minimalCompletionStage();
    }

    private void timeOut(Waiter<T> one) {
        if (all.remove(one)) {
            TimeoutException late = new TimeoutException("Topic " + topic + ": its table has not come to "
                    + one.position() + " in " + settings.reachedTimeout().toMillis()
                    + " ms (gapless.table.reached-timeout), its status is " + status.get());
            host.completions().execute(() -> one.view().completeExceptionally(late));
        }
    }

    /** It has the positions of which this holds. */
    void complete(Predicate<Position> reached, Supplier<TableView<T>> viewNow) {
        List<Waiter<T>> done =
                all.stream().filter(one -> reached.test(one.position())).toList();
        done.forEach(all::remove);
        if (!done.isEmpty()) {
            TableView<T> view = viewNow.get();
            done.forEach(one -> host.completions().execute(() -> one.view().complete(view)));
        }
    }

    /** It never will. */
    void fail(Throwable cause) {
        all.forEach(one -> host.completions().execute(() -> one.view().completeExceptionally(cause)));
        all.clear();
    }
}
