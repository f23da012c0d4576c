package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What happens while a table reads its source: each read has its rows, and stands still until the test lets it go on. */
class TableReadTest {
    private static TestCluster cluster;

    private final Map<String, String> rows = new ConcurrentHashMap<>();
    private final Map<Integer, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private @Nullable Table<String> opened;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, "gapless { reload-interval = 0s, reload-jitter = 0s }");
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void close() {
        gates.values().forEach(gate -> gate.complete(null));
        Objects.requireNonNull(opened).close();
    }

    // ------------------------------------------------------------------ given

    private List<String> readAll() {
        List<String> read = List.copyOf(rows.values());
        int number = reads.incrementAndGet();
        if (number > 1) {
            gate(number).join();
        }
        return read;
    }

    private CompletableFuture<Void> gate(int read) {
        return gates.computeIfAbsent(read, any -> new CompletableFuture<>());
    }

    private void put(String row) {
        rows.put(row.substring(0, row.indexOf(':')), row);
    }

    private Producer<String> producer(int node, String topic) {
        return cluster.gapless(node).producer(Topic.of(topic, String.class));
    }

    private Table<String> open(String topic) {
        Table<String> table = cluster.gapless(1)
                .table(
                        Topic.of(topic, String.class),
                        TableSource.versioned(
                                this::readAll,
                                row -> row.substring(0, row.indexOf(':')),
                                row -> Long.parseLong(row.substring(row.indexOf(':') + 1))));
        opened = table;
        get(table.ready());
        return table;
    }

    /** Something is missed, and the source is read, for the second time; its rows are those of now. */
    private void isRead(Producer<String> producer) {
        get(producer.invalidate("for a test"));
        await(() -> reads.get() == 2);
    }

    private void goesOn(Table<String> table) {
        gate(2).complete(null);
        await(() -> table.status().isLive());
    }

    private static long at(Table<String> table, Position position) {
        return table.view().token().entries().stream()
                .filter(entry -> entry.epoch().equals(position.epoch()))
                .findFirst()
                .orElseThrow()
                .sequence();
    }

    // ------------------------------------------------------------------ what is seen

    @Test
    @DisplayName(
            "what is missed while the source is read needs another read, and neither rows nor token are ahead of that")
    void missedMeanwhile() {
        put("a:1");
        Table<String> table = open("missed-meanwhile");
        Producer<String> producer = producer(0, "missed-meanwhile");
        isRead(producer);
        put("a:2");
        Position missed = get(producer.invalidate("once more"));
        await(() -> table.status().missed().size() == 2);
        gate(2).complete(null);
        await(() -> reads.get() == 3);
        assertFalse(table.status().isLive());
        assertEquals("a:1", table.get("a"));
        assertTrue(at(table, missed) < missed.sequence());
        gate(3).complete(null);
        await(() -> table.status().isLive());
        assertEquals("a:2", table.get("a"));
        assertTrue(at(table, missed) >= missed.sequence());
    }

    @Test
    @DisplayName("a key that is deleted behind what was read is gone")
    void deletedBehindTheRead() {
        put("a:1");
        Table<String> table = open("deleted-behind");
        Producer<String> producer = producer(0, "deleted-behind");
        isRead(producer);
        rows.clear();
        get(producer.delete("a", 2));
        await(() -> table.newest("a") == null);
        goesOn(table);
        assertNull(table.get("a"));
    }

    @Test
    @DisplayName(
            "a deletion that came while the source was read is remembered: an older message of another node may follow")
    void remembersWhatWasDeletedMeanwhile() {
        put("a:1");
        Table<String> table = open("deleted-meanwhile");
        Producer<String> producer = producer(0, "deleted-meanwhile");
        rows.clear();
        isRead(producer);
        get(producer.delete("a", 3));
        await(() -> table.newest("a") == null);
        goesOn(table);
        Position older = get(producer(1, "deleted-meanwhile").publish("a", "a:2"));
        assertEquals(Map.of(), get(table.reached(older)).rows());
    }

    @Test
    @DisplayName("a key that is made behind what was read is there, once nothing is missing")
    void madeBehindTheRead() {
        put("a:1");
        Table<String> table = open("made-behind");
        Producer<String> producer = producer(0, "made-behind");
        isRead(producer);
        put("b:1");
        get(producer.publish("b", "b:1"));
        await(() -> table.newest("b") != null);
        assertNull(table.get("b"));
        goesOn(table);
        assertEquals("b:1", table.get("b"));
    }
}
