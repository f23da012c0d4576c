package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Threads that look at single keys while the table goes from one state to the next. Rows are texts such as {@code "k7:3"}. */
class TableReadersTest {
    private static final int KEYS = 2_000;
    private static final int READS = 100;

    private final AtomicLong version = new AtomicLong(1);
    private final AtomicInteger reads = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong looks = new AtomicLong();

    /** All rows have the same version, which no read before had. */
    private List<String> readAll() {
        long its = version.incrementAndGet();
        reads.incrementAndGet();
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            rows.add("k" + i + ":" + its);
        }
        return rows;
    }

    private static long versionOf(String row) {
        return Long.parseLong(row.substring(row.indexOf(':') + 1));
    }

    private void look(Table<String> table) {
        long last = 0;
        while (reads.get() < READS) {
            String key = "k" + ThreadLocalRandom.current().nextInt(KEYS);
            long its = versionOf(String.valueOf(table.get(key)));
            looks.incrementAndGet();
            if (its < last) {
                wrong.add(key + " is at " + its + ", and another one was at " + last);
            }
            last = its;
        }
    }

    @Test
    @DisplayName("who has seen one key as a read has it does not see another one as it was before")
    void noKeyLagsBehindAnother() throws Exception {
        try (TestCluster cluster = TestCluster.of(
                1, "gapless { reload-interval = 0s, reload-jitter = 0s, reload-backoff { min = 10ms, max = 10ms } }")) {
            Topic<String> topic = Topic.of("flips", String.class);
            Gapless gapless = cluster.gapless(0);
            Table<String> table = gapless.table(
                    topic,
                    TableSource.versioned(
                            this::readAll, row -> row.substring(0, row.indexOf(':')), TableReadersTest::versionOf));
            get(table.ready());
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Thread reader = new Thread(() -> look(table), "reader-" + i);
                reader.start();
                readers.add(reader);
            }
            while (reads.get() < READS) { // a message that the table cannot use
                int before = reads.get();
                get(gapless.producer(topic).publish("another key", "k1:0"));
                await(() -> reads.get() > before);
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertEquals(List.of(), List.copyOf(wrong));
            assertTrue(looks.get() > 0);
        }
    }
}
