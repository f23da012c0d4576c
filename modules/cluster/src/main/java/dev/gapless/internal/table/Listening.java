package dev.gapless.internal.table;

import dev.gapless.Table;
import dev.gapless.TableChanges;
import dev.gapless.TableClosed;
import dev.gapless.internal.fence.Fence;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener, which is called with one step at a time. Thread-safe. */
final class Listening<T> extends Steps<T> implements Table.Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final String topic;
    private final Consumer<TableChanges<T>> listener;
    private final Executor executor;
    private final Consumer<Steps<T>> closing;

    /**
     * A listener that has heard nothing.
     *
     * @param closing is told when it closes
     */
    Listening(String topic, Consumer<TableChanges<T>> listener, Executor executor, Consumer<Steps<T>> closing) {
        this.topic = topic;
        this.listener = listener;
        this.executor = executor;
        this.closing = closing;
    }

    @Override
    void isThere() {
        try {
            executor.execute(this::tell);
        } catch (RejectedExecutionException e) {
            close(); // the actor system has ended
        }
    }

    private void tell() {
        for (TableChanges<T> next = take(); next != null; next = take()) {
            TableChanges<T> step = next;
            Fence.run(
                    () -> listener.accept(step),
                    shown -> LOG.error("Topic {}: a listener of its table failed", topic, shown));
        }
    }

    @Override
    void ended(TableClosed why) {
        close();
    }

    @Override
    public void close() {
        drop();
        closing.accept(this);
    }
}
