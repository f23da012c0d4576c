package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A table whose source says up to where its rows are, on real nodes. Rows are texts such as {@code "EURUSD:7"}, the key in front. */
class PositionedTableTest {
    private static TestCluster cluster;

    private @Nullable Table<String> opened;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, """
                gapless {
                  topics.missed.buffer-messages = 20
                  reload-backoff { min = 10ms, max = 20ms }
                  reload-interval = 0s
                  reload-jitter = 0s
                }
                """);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void close() {
        Table<String> its = opened;
        if (its != null) {
            its.close();
        }
    }

    private static Position publish(String topic, String row) {
        String key = row.substring(0, row.indexOf(':'));
        return get(cluster.gapless(0).producer(Topic.of(topic, String.class)).publish(key, row));
    }

    /** A view that a subscriber writes: rows and token in one transaction. Rows have no versions. */
    private static final class View {
        /** A message that the table waits at. */
        volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);

        volatile boolean isHeld;

        private final Map<String, String> rows = new HashMap<>();
        private @Nullable CursorToken token;
        /** What readers of a replica see that stands still. */
        private @Nullable TableRows<String> replica;

        final AtomicInteger reads = new AtomicInteger();
        final TableSource<String> source = TableSource.positioned(this::read, this::key);

        private String key(String row) {
            if (row.startsWith("bad:")) {
                throw new IllegalStateException("bad");
            }
            if (row.startsWith("held:")) {
                isHeld = true;
                held.join();
            }
            return row.substring(0, row.indexOf(':'));
        }

        private synchronized TableRows<String> read() {
            reads.incrementAndGet();
            return replica == null ? now() : replica;
        }

        private synchronized TableRows<String> now() {
            return new TableRows<>(List.copyOf(rows.values()), Objects.requireNonNull(token));
        }

        synchronized Map<String, String> rows() {
            return Map.copyOf(rows);
        }

        /** It lags from now on, or not any more. */
        synchronized void lag(boolean whether) {
            replica = whether ? now() : null;
        }

        synchronized void begins(CursorToken at) {
            token = at;
        }

        synchronized void write(Delivery<String> delivery) {
            String message = delivery.message();
            if (message == null) {
                rows.remove(Objects.requireNonNull(delivery.key()));
            } else {
                rows.put(message.substring(0, message.indexOf(':')), message);
            }
            token = delivery.token();
        }

        synchronized boolean has(Position position) {
            return Objects.requireNonNull(token).entries().stream()
                    .anyMatch(
                            entry -> entry.epoch().equals(position.epoch()) && entry.sequence() >= position.sequence());
        }
    }

    private View viewOf(String topic) {
        View view = new View();
        Recorder<String> writer = new Recorder<>() {
            @Override
            public void onMessage(Delivery<String> delivery) throws Exception {
                view.write(delivery);
                super.onMessage(delivery);
            }
        };
        Subscription written = cluster.gapless(0).subscribe(Topic.of(topic, String.class), StartFrom.latest(), writer);
        get(written.ready());
        view.begins(written.token());
        return view;
    }

    private Table<String> open(String topic, View view) {
        Table<String> table = cluster.gapless(1).table(Topic.of(topic, String.class), view.source);
        opened = table;
        return table;
    }

    private static void awaitRows(Table<String> table, Map<String, String> rows) {
        await(() -> table.status().isLive() && table.view().rows().equals(rows));
    }

    @Test
    @DisplayName(
            "stateA13: rows that are behind what the table has to have are read again, and nothing comes in between")
    void positionedFirstLoad() {
        View view = viewOf("positioned");
        view.lag(true);
        publish("positioned", "EURUSD:1");
        publish("positioned", "XAU:1");
        Table<String> table = open("positioned", view);
        await(() -> table.status().failures() > 0);
        assertTrue(String.valueOf(table.status().cause()).contains("does not have what"), () -> table.status() + "");
        assertFalse(table.ready().toCompletableFuture().isDone());
        publish("positioned", "EURUSD:2");
        view.lag(false);
        awaitRows(table, Map.of("EURUSD", "EURUSD:2", "XAU", "XAU:1"));
    }

    @Test
    @DisplayName(
            "with a token rows need no versions: what came later counts, and what the rows have is not taken twice")
    void positionedFollows() {
        View view = viewOf("positioned");
        Table<String> table = open("positioned", view);
        get(table.ready());
        List<TableChanges<String>> told = new CopyOnWriteArrayList<>();
        table.onChange(told::add);
        publish("positioned", "B:9");
        publish("positioned", "B:1");
        awaitRows(table, Map.of("B", "B:1"));
        get(cluster.gapless(0).producer(Topic.of("positioned", String.class)).delete("B"));
        awaitRows(table, Map.of());
        assertNull(table.newest("B"));
        Position again = publish("positioned", "B:0");
        assertEquals(Map.of("B", "B:0"), get(table.reached(again)).rows());
        assertEquals(1, view.reads.get());
        await(() -> told.stream().flatMap(one -> one.changes().stream()).anyMatch(one -> "B:0".equals(one.after())));
    }

    @Test
    @DisplayName("stateA13: what was missed is read, once the source has it, and the view stays as it was until then")
    void positionedReloads() {
        View view = viewOf("missed");
        Table<String> table = open("missed", view);
        get(table.ready());
        publish("missed", "A:1");
        awaitRows(table, Map.of("A", "A:1"));
        view.held = new CompletableFuture<>();
        Position held = publish("missed", "held:1");
        await(() -> view.isHeld && view.has(held));
        view.lag(true); // it has what the table has
        for (int i = 1; i <= 120; i++) { // neither the first nor the last may be missed
            Position position = publish("missed", i == 60 ? "A:2" : "other:" + i);
            await(() -> view.has(position)); // it misses nothing
        }
        view.held.complete(null);
        await(() -> table.status().failures() > 0);
        assertFalse(table.status().missed().isEmpty());
        assertEquals("A:1", table.get("A"));
        view.lag(false);
        awaitRows(table, view.rows());
        assertEquals("A:2", table.get("A"));
        assertEquals("Z:1", get(table.reached(publish("missed", "Z:1"))).rows().get("Z"));
        await(() -> view.rows().equals(table.view().rows()));
    }

    @Test
    @DisplayName("a message that the table cannot use holds up what comes behind it until the source has it")
    void positionedAndUnusable() {
        View view = viewOf("positioned-bad");
        Table<String> table = open("positioned-bad", view);
        get(table.ready());
        publish("positioned-bad", "A:1");
        awaitRows(table, Map.of("A", "A:1"));
        get(cluster.gapless(0)
                .producer(Topic.of("positioned-bad", String.class))
                .publish("A", "bad:1"));
        await(() -> !table.status().isLive());
        publish("positioned-bad", "A:2");
        await(() -> table.status().failures() > 0); // its rows have what nobody can use
        assertEquals("A:1", table.get("A"));
        get(cluster.gapless(0)
                .producer(Topic.of("positioned-bad", String.class))
                .delete("bad"));
        awaitRows(table, Map.of("A", "A:2"));
    }

    @Test
    @DisplayName("a token of another topic is a read that failed, and says so")
    void positionedByATokenOfAnotherTopic() {
        View view = viewOf("positioned-other");
        Table<String> table = open("positioned", view);
        await(() -> table.status().failures() > 0);
        assertTrue(String.valueOf(table.status().cause()).contains("positioned-other"), () -> table.status() + "");
    }
}
