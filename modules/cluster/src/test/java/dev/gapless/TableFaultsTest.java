package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Two nodes write rows and publish them; on a third one a table is overtaken again and again, and its source is slow, and fails. Every state
 * that it shows is judged: it has everything up to its token, and no key goes back.
 */
class TableFaultsTest {
    private static final Topic<String> TOPIC = Topic.of("rows", String.class);
    private static final int KEYS = 40;
    private static final long SEED = Long.getLong("table.seed", 1);

    private final Map<String, Long> rows = new HashMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final Map<String, Long> deletions = new ConcurrentHashMap<>();
    private final Map<Epoch, ConcurrentSkipListMap<Long, Written>> published = new ConcurrentHashMap<>();
    /** Which key each of them has written and not published. */
    private final int[] unpublished = {-1, -1};

    private final AtomicBoolean faults = new AtomicBoolean(true);
    private boolean stale;
    private final AtomicInteger failedReads = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();

    /** A row, or its deletion. */
    private record Written(String key, long version, boolean deleted) {}

    // ------------------------------------------------------------------ the source of truth, and who writes it

    /**
     * Both write all keys. Of those that are deleted, nobody writes what the other one has yet to publish: it would come late, and a deletion that
     * only the log knew would be lost (stateA6, which cannot be held).
     */
    private synchronized Written write(Random random, int writer) {
        int number = random.nextInt(KEYS);
        boolean isDeletedSometimes = number % 2 == 0;
        if (isDeletedSometimes && unpublished[1 - writer] == number) {
            number++;
            isDeletedSometimes = false;
        }
        unpublished[writer] = number;
        String key = "k" + number;
        long version = versions.merge(key, 1L, Long::sum);
        boolean deleted = isDeletedSometimes && random.nextInt(3) == 0;
        if (deleted) {
            rows.remove(key);
            deletions.put(key, version);
        } else {
            rows.put(key, version);
        }
        return new Written(key, version, deleted);
    }

    private synchronized void published(int writer) {
        unpublished[writer] = -1;
    }

    private synchronized Map<String, Long> rowsNow() {
        return new HashMap<>(rows);
    }

    private void writeAll(Producer<String> producer, Random random, int writer) {
        while (faults.get()) {
            Written written = write(random, writer); // first the row, then the message
            Position position = get(
                    written.deleted()
                            ? producer.delete(written.key(), written.version())
                            : producer.publish(written.key(), written.key() + ":" + written.version()));
            published(writer);
            published
                    .computeIfAbsent(position.epoch(), any -> new ConcurrentSkipListMap<>())
                    .put(position.sequence(), written);
        }
    }

    private List<String> read(Random random) {
        reads.incrementAndGet();
        boolean fault = faults.get();
        LockSupport.parkNanos(fault ? random.nextInt(20) * 1_000_000L : 0);
        List<String> read = new ArrayList<>();
        rowsNow().forEach((key, version) -> read.add(key + ":" + version));
        LockSupport.parkNanos(fault ? random.nextInt(20) * 1_000_000L : 0);
        if (fault && random.nextInt(3) == 0) {
            failedReads.incrementAndGet();
            throw new IllegalStateException("for a test");
        }
        return read;
    }

    /** Now and then it takes so long that the ring overtakes the table. */
    private String key(String row) {
        if (faults.get() && taken.incrementAndGet() % 250 == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
        }
        return row.substring(0, row.indexOf(':'));
    }

    private static long version(String row) {
        return Long.parseLong(row.substring(row.indexOf(':') + 1));
    }

    // ------------------------------------------------------------------ the judge

    /** Looks at each state that is shown. */
    private final class Judge {
        private final Map<String, Long> seen = new HashMap<>();
        private final Set<String> gone = new HashSet<>();
        private final Map<String, Long> due = new HashMap<>();
        private final Map<Epoch, Long> upTo = new HashMap<>();
        private int views;

        void judge(TableView<String> view) {
            views++;
            for (CursorToken.Entry entry : view.token().entries()) {
                if (!entry.over() && entry.sequence() > upTo.getOrDefault(entry.epoch(), 0L)) {
                    published
                            .getOrDefault(entry.epoch(), new ConcurrentSkipListMap<>())
                            .subMap(upTo.getOrDefault(entry.epoch(), 0L), false, entry.sequence(), true)
                            .values()
                            .forEach(one -> due.merge(one.key(), one.version(), Long::max));
                    upTo.put(entry.epoch(), entry.sequence());
                }
            }
            Set<String> keys = new HashSet<>(view.rows().keySet());
            view.rows().forEach((key, row) -> {
                long version = version(row);
                assertTrue(version >= due.getOrDefault(key, 0L), () -> key + " is " + version + ", not yet " + due);
                long before = seen.getOrDefault(key, 0L);
                assertTrue(
                        gone.contains(key) ? version > before : version >= before,
                        () -> key + " goes back from " + before + " to " + version);
                seen.put(key, version);
                gone.remove(key);
            });
            due.forEach((key, version) -> assertTrue(
                    keys.contains(key) || deletions.getOrDefault(key, 0L) >= version,
                    () -> key + " is not there, and was not deleted as " + version + " or later"));
            seen.keySet().stream().filter(key -> !keys.contains(key)).forEach(gone::add);
        }
    }

    @Test
    @DisplayName("stateA1 to A10: each state that is shown has everything up to its token, and no key goes back")
    void eachStateIsComplete() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (TestCluster cluster = TestCluster.of(3, """
                gapless {
                  buffer-messages = 30
                  reload-backoff { min = 5ms, max = 10ms }
                  reload-interval = 0s
                  reload-jitter = 0s
                }
                """)) {
            Random random = new Random(SEED);
            TableSource<String> source = TableSource.versioned(() -> read(random), this::key, TableFaultsTest::version);
            Table<String> table = cluster.gapless(2).table(TOPIC, source);
            Judge judge = new Judge();
            get(table.ready());
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Producer<String> producer = cluster.gapless(i).producer(TOPIC);
                Random its = new Random(SEED + 1 + i);
                int writer = i;
                writers.add(threads.submit(() -> writeAll(producer, its, writer)));
            }
            try {
                await(() -> {
                    judge.judge(table.view());
                    stale |= !table.status().isLive();
                    boolean took = stale && reads.get() > 10 && failedReads.get() > 1 && judge.views > 100;
                    return took || writers.stream().anyMatch(Future::isDone);
                });
            } finally {
                faults.set(false);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            await(() -> table.status().isLive() && asRows(table.view()).equals(rowsNow()));
            judge.judge(table.view());
            assertEquals(2, published.size());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Map<String, Long> asRows(TableView<String> view) {
        Map<String, Long> rows = new HashMap<>();
        view.rows().forEach((key, row) -> rows.put(key, version(row)));
        return rows;
    }
}
