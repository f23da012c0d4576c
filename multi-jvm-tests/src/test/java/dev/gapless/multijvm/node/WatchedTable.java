package dev.gapless.multijvm.node;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableClosed;
import dev.gapless.TableSource;
import dev.gapless.TableStatus;
import dev.gapless.TableView;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.table.Change;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/** A table of which everything that it shows is written down: each view, what a listener is told, and what a stream is. */
final class WatchedTable {
    private static final Topic<TableRow> TOPIC = Topic.of("rows", TableRow.class);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final int VIEWS_BETWEEN = 100;

    private final Table<TableRow> table;
    private final TableWriter writer;
    private final String directory;
    private final String process;
    private TableView<TableRow> earlier;
    private Map<String, String> itsRows = Map.of();

    WatchedTable(ActorSystem system, String url, String directory, String process) {
        this.directory = directory;
        this.process = process;
        Gapless gapless = Gapless.get(system);
        RowSource source = new RowSource(url, process, new Journal(directory, "reads-" + process));
        table = gapless.table(
                TOPIC,
                TableSource.<TableRow>versioned(source::read, TableRow::key, TableRow::version)
                        .withDeleted(TableRow::deleted));
        ShownStates listener = states("listener");
        var unusedListener = table.onChange(changes -> listener.step(steps(changes.changes())));
        ShownStates stream = states("stream");
        var unused = table.changes()
                .throttle(20, Duration.ofSeconds(1)) // steps come together
                .runWith(Sink.foreach(changes -> stream.step(steps(changes.changes()))), system);
        Thread thread = new Thread(this::watch, "watch");
        thread.setDaemon(true);
        thread.start();
        writer = new TableWriter(
                source,
                gapless.producer(TOPIC),
                table,
                states("reached"),
                new Journal(directory, "writer-" + process),
                gapless.nodeName());
    }

    Table<TableRow> table() {
        return table;
    }

    TableWriter writer() {
        return writer;
    }

    private ShownStates states(String what) {
        return new ShownStates(directory, process + "-" + what, process);
    }

    private static Iterator<ShownStates.Step> steps(List<Change<TableRow>> changes) {
        return changes.stream()
                .map(change -> new ShownStates.Step(change.key(), row(change.before()), row(change.after())))
                .iterator();
    }

    private static String row(TableRow row) {
        return row == null ? null : ShownStates.row(row);
    }

    private void watch() {
        ShownStates states = states("view");
        try {
            table.ready().toCompletableFuture().join();
            boolean wasLive = false;
            for (int i = 0; ; i++) {
                long fromNs = System.nanoTime();
                TableStatus status = table.status();
                TableView<TableRow> view = table.view();
                long toNs = System.nanoTime();
                CursorToken token = view.token();
                Map<String, String> rows = rows(view);
                if (wasLive && !status.isLive()) {
                    status.missed().forEach(gap -> states.missed(gap.reason().toString()));
                }
                wasLive = status.isLive();
                states.state(fromNs, status.state().toString(), token, rows, toNs);
                if (i % VIEWS_BETWEEN == 0) {
                    check(states, view, rows);
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        } catch (TableClosed e) {
            states.ended(e.getMessage());
        } catch (RuntimeException e) {
            states.ended(e.toString());
        }
    }

    /** A view never changes. */
    private void check(ShownStates states, TableView<TableRow> view, Map<String, String> rows) {
        if (earlier != null && !rows(earlier).equals(itsRows)) {
            states.wrong("a view has changed");
        }
        earlier = view;
        itsRows = rows;
    }

    private static Map<String, String> rows(TableView<TableRow> view) {
        Map<String, String> rows = new HashMap<>();
        view.rows().forEach((key, row) -> rows.put(key, ShownStates.row(row)));
        return rows;
    }
}
