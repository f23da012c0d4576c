package dev.gapless.examples.orderbook;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What all exchanges offer, in memory: a table of the exchanges' database. Thread-safe. */
public final class OrderBook implements AutoCloseable {
    private final Table<Change> levels;

    /** An order book of the exchanges of that database. */
    public OrderBook(Gapless gapless, Database exchanges) {
        TableSource<Change> source =
                TableSource.versioned(() -> exchanges.transaction(Levels::rows), Change::key, Change::number);
        levels = gapless.table(Exchange.CHANGES, source.withDeleted(change -> change.total() == 0));
    }

    /** Completes once it has everything that is on offer. */
    public CompletionStage<?> ready() {
        return levels.ready();
    }

    /** Whether it follows the exchanges, and has missed nothing that it has not loaded yet: a health check asks this. */
    public boolean isCurrent() {
        return levels.status().isLive();
    }

    /** What is on offer: one complete state. Throws {@link dev.gapless.TableClosed} once its node has left. */
    public Map<Level, Long> quantities() {
        Map<Level, Long> quantities = new HashMap<>();
        levels.view().rows().values().forEach(change -> quantities.put(change.level(), change.total()));
        return quantities;
    }

    @Override
    public void close() {
        levels.close();
    }
}
