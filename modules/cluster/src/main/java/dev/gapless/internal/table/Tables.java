package dev.gapless.internal.table;

import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import java.util.HashMap;
import java.util.Map;

/** The tables of a node: one for each topic and source. Thread-safe. */
public final class Tables {
    private final TableHost host;
    private final Map<Of, SharedTable<?>> tables = new HashMap<>();

    private record Of(String topic, TableSource<?> source) {}

    public Tables(TableHost host) {
        this.host = host;
    }

    /** Opens one, which somebody else may have opened. Throws what is wrong with the topic. */
    public <T> Table<T> open(Topic<T> topic, TableSource<T> source) {
        Of of = new Of(topic.name(), source);
        synchronized (tables) {
            @SuppressWarnings("unchecked") // the same source has the same type
            SharedTable<T> known = (SharedTable<T>) tables.get(of);
            if (known != null && known.hold()) {
                return new TableHandle<>(topic, known);
            }
            SharedTable<T> made = new SharedTable<>(host, topic, source, table -> forget(of, table));
            made.open();
            var unused = made.hold();
            tables.put(of, made);
            return new TableHandle<>(topic, made);
        }
    }

    private void forget(Of of, SharedTable<?> its) {
        synchronized (tables) {
            var unused = tables.remove(of, its);
        }
    }
}
