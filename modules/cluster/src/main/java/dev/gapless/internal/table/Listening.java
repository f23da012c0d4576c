package dev.gapless.internal.table;

import dev.gapless.Table;
import dev.gapless.TableChanges;
import dev.gapless.core.table.Change;
import dev.gapless.internal.fence.Fence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener. What comes while it is called waits, of each key the newest: never more than the table has keys, and those that went.
 * Thread-safe.
 */
final class Listening<T> implements Table.Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final String topic;
    private final Consumer<TableChanges<T>> listener;
    private final Executor executor;
    private final Consumer<Listening<T>> closing;

    private Map<String, Change<T>> pending = new LinkedHashMap<>();
    private boolean reloaded;
    private boolean called;
    private boolean closed;

    /**
     * A listener that has heard nothing.
     *
     * @param closing is told when it closes
     */
    Listening(String topic, Consumer<TableChanges<T>> listener, Executor executor, Consumer<Listening<T>> closing) {
        this.topic = topic;
        this.listener = listener;
        this.executor = executor;
        this.closing = closing;
    }

    /** It is to be told of this step. Never waits for the listener. */
    void add(List<Change<T>> changes, boolean byReload) {
        if (collect(changes, byReload)) {
            try {
                executor.execute(this::tell);
            } catch (RejectedExecutionException e) {
                close(); // the actor system has ended
            }
        }
    }

    /** {@return whether it is to be called} */
    private synchronized boolean collect(List<Change<T>> changes, boolean byReload) {
        if (closed) {
            return false;
        }
        reloaded |= byReload;
        for (Change<T> change : changes) {
            Change<T> earlier = pending.get(change.key());
            T before = earlier == null ? change.before() : earlier.before();
            if (before == change.after()) {
                pending.remove(change.key());
            } else {
                pending.put(change.key(), new Change<>(change.key(), before, change.after()));
            }
        }
        boolean begins = !called && !pending.isEmpty();
        called |= begins;
        return begins;
    }

    private void tell() {
        for (TableChanges<T> next = next(); next != null; next = next()) {
            TableChanges<T> step = next;
            Fence.run(
                    () -> listener.accept(step),
                    shown -> LOG.error("Topic {}: a listener of its table failed", topic, shown));
        }
    }

    private synchronized @Nullable TableChanges<T> next() {
        if (closed || pending.isEmpty()) {
            called = false;
            return null;
        }
        TableChanges<T> step = new TableChanges<>(List.copyOf(new ArrayList<>(pending.values())), reloaded);
        pending = new LinkedHashMap<>();
        reloaded = false;
        return step;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            pending = new LinkedHashMap<>();
        }
        closing.accept(this);
    }
}
