package dev.gapless.internal.table;

import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.measure.Count;
import dev.gapless.internal.measure.TopicMeasure;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a table's source whenever it is wanted: one read at a time, not again within the topic's {@code reload-interval}, and after one that
 * failed with its {@code reload-backoff}, for ever.
 *
 * <pre>
 *   IDLE ── wanted ──► WAITING ── interval, jitter ──► ASKING ── heads ──► READING ── rows ──► IDLE
 *     ▲                   ▲                              │                    │
 *     │                   └────────── backoff ───────────┴──── failed ────────┘
 * </pre>
 *
 * <p>Under the table's lock, but for the source itself.
 */
final class Reloading<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

    /** What is reloaded. */
    interface Reloaded<T> {
        /** Runs this under the table's lock. */
        void locked(Runnable what);

        /** Asks where the producers are. What is missed from here on needs another read. */
        void askHeads(BiConsumer<@Nullable Map<Epoch, Long>, @Nullable Throwable> told);

        /** The source is read from now on, and this is where the producers were before. */
        void beginRead(Map<Epoch, Long> heads);

        /** The read has failed. */
        void failRead();

        /** Why the rows cannot be taken; null if they can. */
        @Nullable Throwable refused(RowReader.Read<T> read);

        /** The read has succeeded. */
        void endRead(RowReader.Read<T> read);

        /** Is anything missing yet? */
        boolean isMissing();

        /** It cannot go on. */
        void close(String why, Throwable cause);
    }

    private enum Phase {
        IDLE,
        WAITING,
        ASKING,
        READING
    }

    private final Reloaded<T> table;
    private final TableHost host;
    private final String topic;
    private final RowReader<T> rows;
    private final TopicSettings settings;
    private final TopicMeasure measure;
    private final ReadPace pace;

    private Phase phase = Phase.IDLE;
    /** Is one to begin after the one that is under way? */
    private boolean again;

    private int failures;
    private @Nullable Throwable cause;
    /** Of the read that is under way: in the source, if that was called. */
    private @Nullable Thread reader;

    private long number;
    private boolean over;

    Reloading(Reloaded<T> table, TableHost host, String topic, RowReader<T> rows) {
        this.table = table;
        this.host = host;
        this.topic = topic;
        this.rows = rows;
        this.settings = host.topicSettings(topic);
        this.measure = host.measure(topic);
        this.pace = new ReadPace(
                settings.reloadIntervalNs(),
                settings.reloadJitterNs(),
                host.tableSettings().readSpread(),
                host.tableSettings().readTimeout().toNanos(),
                host.nextShare());
    }

    boolean isReading() {
        return phase == Phase.READING;
    }

    int failures() {
        return failures;
    }

    @Nullable Throwable cause() {
        return cause;
    }

    /** For a read producers have to be asked after this. */
    void want() {
        if (phase == Phase.IDLE) {
            waits(Duration.ofNanos(pace.waitNs(host.clock().ns())));
        } else if (phase != Phase.WAITING) {
            again = true;
        } // else they are yet to be asked
    }

    private void waits(Duration wait) {
        phase = Phase.WAITING;
        if (!over && !host.after(wait, () -> table.locked(this::ask))) {
            over = true; // the node ends, and says so to the table
        }
    }

    private void ask() {
        if (over || phase != Phase.WAITING) {
            return;
        }
        phase = Phase.ASKING;
        again = false;
        pace.begins(host.clock().ns());
        try {
            table.askHeads((heads, failure) -> table.locked(() -> onHeads(heads, failure)));
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void onHeads(@Nullable Map<Epoch, Long> heads, @Nullable Throwable failure) {
        if (over || phase != Phase.ASKING) {
            return;
        } else if (heads == null) {
            failed(new IllegalStateException(
                    "Topic " + topic + ": its producers were asked where they are, in vain", failure));
            return;
        }
        phase = Phase.READING;
        long its = ++number;
        table.beginRead(heads);
        try {
            host.blocking().execute(() -> read(its));
        } catch (RejectedExecutionException e) {
            over = true;
            return;
        }
        warnIfOverdue(its);
    }

    private void read(long its) {
        table.locked(() -> reader = Thread.currentThread());
        long beganNs = host.clock().ns();
        AtomicReference<RowReader.@Nullable Read<T>> read = new AtomicReference<>();
        Throwable failure = Fence.<@Nullable Throwable>call(
                () -> {
                    read.set(rows.readAll());
                    return null;
                },
                e -> e);
        long tookNs = host.clock().ns() - beganNs;
        measure.add(Count.TABLE_READS, 1);
        measure.add(Count.TABLE_READS_NS, tookNs);
        table.locked(() -> {
            reader = null;
            pace.took(tookNs);
            if (over || its != number) {
                return;
            } else if (failure != null) {
                table.failRead();
                failed(failure);
            } else {
                ended(Objects.requireNonNull(read.get()));
            }
        });
        var unused = Thread.interrupted(); // the thread is the dispatcher's
    }

    private void ended(RowReader.Read<T> read) {
        Throwable refused = table.refused(read);
        if (refused != null) {
            table.failRead();
            failed(refused);
            return;
        }
        phase = Phase.IDLE;
        failures = 0;
        cause = null;
        table.endRead(read);
        if (again || table.isMissing()) {
            want();
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof TooLarge) {
            table.close(String.valueOf(failure.getMessage()), failure);
            return;
        }
        failures++;
        cause = failure;
        measure.add(Count.TABLE_READ_FAILURES, 1);
        Duration wait = Duration.ofNanos(settings.reloadBackoff().waitNs(failures - 1));
        Fence.log(
                failure,
                shown -> LOG.warn(
                        "Topic {}: the source of its table could not be read, {} times in a row. It is tried again in {} ms",
                        topic,
                        failures,
                        wait.toMillis(),
                        shown));
        waits(wait);
    }

    private void warnIfOverdue(long its) {
        var unused = host.after(host.tableSettings().readTimeout(), () -> table.locked(() -> onOverdue(its)));
    }

    private void onOverdue(long its) {
        if (over || phase != Phase.READING || its != number) {
            return;
        }
        LOG.warn(
                "Topic {}: the source of its table has not answered for {} s and more (gapless.table.read-timeout). {}",
                topic,
                host.tableSettings().readTimeout().toSeconds(),
                host.tableSettings().interruptReads()
                        ? "Its thread is interrupted"
                        : "Nothing is read until it answers: give what it calls a timeout of its own");
        interrupt();
        warnIfOverdue(its);
    }

    /** An embedded database may close for the whole process if a thread is interrupted that reads it. */
    private void interrupt() {
        Thread inSource = reader;
        if (inSource != null && host.tableSettings().interruptReads()) {
            inSource.interrupt();
        }
    }

    /** Nothing is read any more. */
    void close() {
        over = true;
        interrupt();
    }
}
