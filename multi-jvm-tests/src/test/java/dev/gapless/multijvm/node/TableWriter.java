package dev.gapless.multijvm.node;

import dev.gapless.Producer;
import dev.gapless.Table;
import dev.gapless.TableView;
import dev.gapless.core.Position;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes rows to the source of truth, and publishes them afterwards. Keys are of three kinds:
 *
 * <pre>
 *   own…     one node writes them, and deletes them: their rows go
 *   shared…  all nodes write them; they are never deleted
 *   kept…    all nodes write and delete them: their rows stay, and say so
 * </pre>
 *
 * <p>(Keys that go, and that several write, cannot be held: stateA6.)
 */
final class TableWriter {
    private static final int KEYS_OF_A_KIND = 60;
    private static final int LONGEST_WAIT_MS = 8;
    private static final long ANSWER_S = 20;

    private final RowSource source;
    private final Producer<TableRow> producer;
    private final Table<TableRow> table;
    private final ShownStates reached;
    private final Journal journal;
    private final String node;
    private final Random random = new Random();
    private boolean isOn;
    private boolean isIdle = true;

    TableWriter(
            RowSource source,
            Producer<TableRow> producer,
            Table<TableRow> table,
            ShownStates reached,
            Journal journal,
            String node) {
        this.source = source;
        this.producer = producer;
        this.table = table;
        this.reached = reached;
        this.journal = journal;
        this.node = node;
        Thread thread = new Thread(this::run, "writer");
        thread.setDaemon(true);
        thread.start();
    }

    /** Writes, or stops and waits until all that was written is published. */
    synchronized void turn(boolean on) throws InterruptedException {
        isOn = on;
        notifyAll();
        while (!on && !isIdle) {
            wait();
        }
    }

    private void run() {
        try {
            while (true) {
                awaitOn();
                write();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_WAIT_MS)));
            }
        } catch (InterruptedException e) {
            // the process ends
        }
    }

    private synchronized void awaitOn() throws InterruptedException {
        isIdle = true;
        notifyAll();
        while (!isOn) {
            wait();
        }
        isIdle = false;
    }

    private void write() throws InterruptedException {
        int kind = random.nextInt(3);
        String key =
                (kind == 0 ? "own-" + node + "-" : kind == 1 ? "shared-" : "kept-") + random.nextInt(KEYS_OF_A_KIND);
        boolean deletes = kind != 1 && random.nextInt(3) == 0;
        try {
            publish(key, source.write(key, deletes), deletes, kind == 2 && random.nextBoolean());
        } catch (IOException e) {
            // nothing was written, or nobody knows: then it is a row that its writer could not publish
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MS));
        }
    }

    /** Until it is accepted, as an application does that has written the row. */
    void publish(String key, long version, boolean deletes, boolean asRow) throws InterruptedException {
        while (true) {
            journal.timed("a", key, version);
            try {
                Position position = (deletes && !asRow
                                ? producer.delete(key, version)
                                : producer.publish(key, new TableRow(key, version, deletes, "")))
                        .toCompletableFuture()
                        .get(ANSWER_S, TimeUnit.SECONDS);
                journal.timed("p", key, version, position.epoch(), position.sequence());
                readOwn(key, version, position);
                return;
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                journal.timed("q", key, version, e.getClass().getSimpleName());
                Thread.sleep(100); // and once more
            }
        }
    }

    private void readOwn(String key, long version, Position position) {
        if (random.nextInt(10) > 0) {
            return;
        }
        var unused = table.reached(position).thenAccept(view -> shown(key, version, view));
    }

    private void shown(String key, long version, TableView<TableRow> view) {
        TableRow row = view.rows().get(key);
        synchronized (reached) {
            reached.reached(key, version, row == null ? null : ShownStates.row(row));
        }
    }
}
