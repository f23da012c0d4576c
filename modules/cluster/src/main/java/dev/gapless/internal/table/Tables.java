package dev.gapless.internal.table;

import dev.gapless.NodeStatus.TableReport;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The tables of a node: one for each topic and source. Thread-safe. */
public final class Tables {
    /** Of a node that are remembered as closed, and of a topic that are reported. */
    private static final int MOST = 100;

    private final TableHost host;
    private final Map<Of, SharedTable<?>> tables = new HashMap<>();

    /** How those were that have closed and are still held, the oldest first. */
    private final Map<Of, TableReport> closed = new LinkedHashMap<>();

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
            closed.remove(of);
            return new TableHandle<>(topic, made);
        }
    }

    /** It has closed, or is held no longer then. */
    private void forget(Of of, SharedTable<?> its) {
        TableReport report = its.reporting().report();
        synchronized (tables) {
            var unused = tables.remove(of, its);
            if (!its.isHeld()) {
                closed.remove(of, report);
            } else if (!tables.containsKey(of)) {
                closed.put(of, report);
                closed.keySet().removeIf(one -> closed.size() > MOST);
            }
        }
    }

    /** How they are, by topic. */
    public Map<String, List<TableReport>> reports() {
        Map<Of, SharedTable<?>> open;
        Map<String, List<TableReport>> all = new HashMap<>();
        BiConsumer<Of, TableReport> add = (of, report) ->
                all.computeIfAbsent(of.topic(), first -> new ArrayList<>()).add(report);
        synchronized (tables) {
            open = Map.copyOf(tables);
            closed.forEach(add);
        }
        open.forEach((of, table) -> add.accept(of, table.reporting().report()));
        Comparator<TableReport> worst =
                Comparator.comparing(one -> List.of("closed", "stale", "live").indexOf(one.state()));
        all.replaceAll((topic, its) -> its.stream()
                .sorted(worst.thenComparing(TableReport::since))
                .limit(MOST)
                .toList());
        return all;
    }
}
