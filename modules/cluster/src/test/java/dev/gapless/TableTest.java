package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.table.Change;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A table on real nodes. Its rows are texts such as {@code "EURUSD:7"}: a key, and a version. */
class TableTest {
    private static TestCluster cluster;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, """
                gapless {
                  topics.missed.buffer-messages = 20
                  topics.spread { buffer-messages = 20, reload-interval = 1h }
                  reload-backoff { min = 10ms, max = 20ms }
                  reload-interval = 0s
                  reload-jitter = 0s
                  table { max-keys = 50, max-bytes = 100 B, reached-timeout = 1s, max-waiting = 3, read-timeout = 1s, interrupt-reads = on }
                }
                """);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    // ------------------------------------------------------------------ given

    /** A source of truth. */
    private static final class Database {
        final Map<String, String> rows = new ConcurrentHashMap<>();
        final AtomicInteger reads = new AtomicInteger();
        volatile @Nullable RuntimeException down;
        /** A key that whoever asks for it has to wait for. */
        volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);
        /** Does somebody wait for it? */
        volatile boolean waits;

        final TableSource<String> source = TableSource.versioned(this::readAll, this::key, Database::version);

        private List<String> readAll() {
            reads.incrementAndGet();
            RuntimeException failure = down;
            if (failure != null) {
                throw failure;
            }
            return List.copyOf(rows.values());
        }

        String key(String row) {
            if (row.startsWith("held:")) {
                waits = !held.isDone();
                held.join();
                waits = false;
            }
            return row.substring(0, row.indexOf(':'));
        }

        static long version(String row) {
            return Long.parseLong(row.substring(row.indexOf(':') + 1));
        }

        void put(String... all) {
            for (String row : all) {
                rows.put(row.substring(0, row.indexOf(':')), row);
            }
        }
    }

    private final Database database = new Database();
    private @Nullable Table<String> opened;

    private Table<String> open(String topic) {
        Table<String> table = cluster.gapless(1).table(Topic.of(topic, String.class), database.source);
        opened = table;
        return table;
    }

    private static Position publish(String topic, String row) {
        String key = row.substring(0, row.indexOf(':'));
        return get(cluster.gapless(0).producer(Topic.of(topic, String.class)).publish(key, row));
    }

    /** Its subscription is overtaken: what is published is missed. */
    private void overrun(String topic, Runnable meanwhile) {
        database.held = new CompletableFuture<>();
        publish(topic, "held:1");
        Table<String> its = Objects.requireNonNull(opened);
        // Else what follows may be on its way before any of it is read, and nothing is missed.
        await(() -> database.waits || !its.status().missed().isEmpty());
        meanwhile.run();
        for (int i = 1; i <= 60; i++) {
            publish(topic, "other:" + i);
        }
        database.held.complete(null);
    }

    private static Map<String, String> rows(Table<String> table) {
        return table.view().rows();
    }

    @AfterEach
    void close() {
        Table<String> its = opened;
        if (its != null) {
            its.close();
        }
    }

    // ------------------------------------------------------------------ loading, and following

    @Test
    @DisplayName("it loads, follows what is published, and tells differences alone")
    void loadsAndFollows() {
        database.put("a:1", "b:1");
        Table<String> table = open("follows");
        assertEquals(Map.of("a", "a:1", "b", "b:1"), get(table.ready()).rows());
        List<Change<String>> told = new CopyOnWriteArrayList<>();
        table.onChange(changes -> told.addAll(changes.changes()));
        await(() -> told.size() == 2); // else its first step would have the next ones, too
        publish("follows", "a:2");
        publish("follows", "a:1"); // older: of a producer that is slow
        Position last = publish("follows", "c:1");
        TableView<String> view = get(table.reached(last));
        assertEquals(Map.of("a", "a:2", "b", "b:1", "c", "c:1"), view.rows());
        assertEquals("a:2", table.get("a"));
        assertEquals("a:2", table.newest("a"));
        assertNull(table.get("d"));
        assertTrue(table.status().isLive());
        get(cluster.gapless(0).producer(Topic.of("follows", String.class)).delete("b"));
        await(() -> table.get("b") == null);
        assertEquals("b:1", view.rows().get("b"), "a view never changes");
        await(() -> told.size() == 5);
        assertEquals(
                List.of(
                        new Change<>("a", "a:1", "a:2"),
                        new Change<>("c", null, "c:1"),
                        new Change<>("b", "b:1", null)),
                told.subList(2, 5));
        assertEquals(1, database.reads.get());
    }

    @Test
    @DisplayName("stateA10: the first load is tried until it succeeds; before that nothing can be taken for the state")
    void loadsUntilItSucceeds() {
        database.down = new IllegalStateException("database down");
        database.put("a:1");
        Table<String> table = open("tried");
        await(() -> table.status().failures() >= 3
                && table.status().cause() == database.down); // its producers may not have answered in time
        assertEquals(TableStatus.State.STALE, table.status().state());
        assertThrows(IllegalStateException.class, () -> table.get("a"));
        assertThrows(IllegalStateException.class, table::view);
        assertFalse(table.ready().toCompletableFuture().isDone());
        database.down = null;
        assertEquals(Map.of("a", "a:1"), get(table.ready()).rows());
        await(() -> table.status().isLive() && table.status().failures() == 0);
    }

    @Test
    @DisplayName("stateA3, stateA10: what was missed is read; until then the view stays as it was, and says so")
    void reloads() {
        database.put("a:1", "b:1", "held:1");
        Table<String> table = open("missed");
        get(table.ready());
        List<TableChanges<String>> told = new CopyOnWriteArrayList<>();
        table.onChange(told::add);
        await(() -> told.size() == 1);
        database.down = new IllegalStateException("database down");
        overrun("missed", () -> {
            database.put("a:2", "c:1", "other:60");
            database.rows.remove("b");
        });
        await(() -> table.status().failures() > 0);
        assertEquals("a:1", table.get("a"));
        assertEquals("b:1", table.get("b"));
        assertNull(table.get("c"));
        TableStatus stale = table.status();
        assertEquals(TableStatus.State.STALE, stale.state());
        assertFalse(stale.missed().isEmpty());
        database.put("d:1");
        Position d = publish("missed", "d:1");
        await(() -> "d:1".equals(table.newest("d")));
        assertNull(table.get("d"));
        CompletableFuture<TableView<String>> reached = table.reached(d).toCompletableFuture();
        assertFalse(reached.isDone());
        database.down = null;
        assertEquals("d:1", get(reached).rows().get("d"));
        await(() -> table.status().isLive());
        assertEquals(Map.of("a", "a:2", "c", "c:1", "d", "d:1", "held", "held:1", "other", "other:60"), rows(table));
        Change<String> removed = new Change<>("b", "b:1", null);
        await(() ->
                told.stream().anyMatch(step -> step.reloaded() && step.changes().contains(removed)));
        assertEquals(List.of(), table.status().missed());
    }

    @Test
    @DisplayName("the next read may be far off: the table is stale, and says what it has missed, as soon as it knows")
    void staleBeforeItReads() {
        database.put("a:1");
        Table<String> table = open("spread");
        get(table.ready());
        for (int times = 1; times <= 2; times++) {
            int missed = times;
            overrun("spread", () -> {});
            await(() -> table.status().missed().size() >= missed);
            assertFalse(table.status().isLive());
        }
        assertEquals(1, database.reads.get());
    }

    @Test
    @DisplayName("stateA2: a deletion with a version keeps an older row from coming back")
    void deletionWithVersion() {
        database.put("a:6");
        Table<String> table = open("deleted");
        get(table.ready());
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("deleted", String.class));
        get(producer.delete("a", 7));
        Position old = publish("deleted", "a:6");
        assertEquals(Map.of(), get(table.reached(old)).rows());
        Position newer = publish("deleted", "a:8");
        assertEquals(Map.of("a", "a:8"), get(table.reached(newer)).rows());
    }

    @Test
    @DisplayName("rows and messages may say that their key was deleted")
    void rowsThatSayTheyAreDeleted() {
        database.put("a:1", "b:7");
        TableSource<String> source = database.source.withDeleted(row -> row.endsWith("7"));
        try (Table<String> table = cluster.gapless(1).table(Topic.of("says", String.class), source)) {
            assertEquals(Map.of("a", "a:1"), get(table.ready()).rows());
            assertEquals(
                    Map.of("a", "a:1"),
                    get(table.reached(publish("says", "b:6"))).rows());
            assertEquals(Map.of(), get(table.reached(publish("says", "a:7"))).rows());
        }
    }

    // ------------------------------------------------------------------ who shares it, and how it ends

    @Test
    @DisplayName("stateA14: one read for all who opened it, and it closes with the last")
    void isShared() {
        database.put("a:1");
        Table<String> one = open("shared");
        Table<String> other = cluster.gapless(1).table(Topic.of("shared", String.class), database.source);
        get(one.ready());
        get(other.ready());
        assertEquals(1, database.reads.get());
        one.close();
        one.close();
        assertEquals(TableStatus.State.CLOSED, one.status().state());
        assertThrows(TableClosed.class, one::view);
        assertThrows(TableClosed.class, () -> one.onChange(changes -> {}));
        assertEquals("a:2", get(other.reached(publish("shared", "a:2"))).rows().get("a"));
        other.close();
        Table<String> later = cluster.gapless(1).table(Topic.of("shared", String.class), database.source);
        get(later.ready());
        assertEquals(2, database.reads.get());
        later.close();
    }

    @Test
    @DisplayName("a node that was removed from its cluster closes its tables: nobody reads old state by accident")
    void isClosedWithItsNode() {
        database.put("a:1");
        try (TestCluster own = TestCluster.of(2, "")) {
            Topic<String> topic = Topic.of("removed", String.class);
            Table<String> table = own.gapless(1).table(topic, database.source);
            get(table.ready());
            Cluster.get(own.system(0)).down(Cluster.get(own.system(1)).selfAddress());
            await(() -> table.status().state() == TableStatus.State.CLOSED);
            TableClosed closed = assertThrows(TableClosed.class, () -> table.get("a"));
            assertTrue(String.valueOf(closed.getMessage()).contains("its node has left the cluster, or was removed"));
            CompletionException late = assertThrows(
                    CompletionException.class,
                    () -> get(tableAfterwards(own, topic).ready()));
            assertInstanceOf(TableClosed.class, late.getCause());
        }
        try (TestCluster own = TestCluster.of(1, "gapless.table.serve-stale = on")) {
            Table<String> table = own.gapless(0).table(Topic.of("left", String.class), database.source);
            TableSource<String> unread = TableSource.positioned(
                    () -> {
                        throw new IllegalStateException("database down");
                    },
                    row -> row);
            Table<String> positioned = own.gapless(0).table(Topic.of("left", String.class), unread);
            get(table.ready());
            own.leave(0);
            await(() -> table.status().state() == TableStatus.State.CLOSED);
            await(() -> positioned.status().state() == TableStatus.State.CLOSED);
            assertEquals("a:1", table.get("a"));
            assertEquals(Map.of("a", "a:1"), rows(table));
        }
    }

    private Table<String> tableAfterwards(TestCluster own, Topic<String> topic) {
        return own.gapless(1).table(topic, new Database().source);
    }

    // ------------------------------------------------------------------ bad input

    @Test
    @DisplayName("a source that is wrong is a read that failed, and says what is wrong")
    void wrongSources() {
        Map<TableSource<String>, String> wrong = Map.of(
                TableSource.<String>versioned(() -> null, row -> row, row -> 1), "answered null",
                TableSource.<String>versioned(() -> Arrays.asList("a", null), row -> row, row -> 1), "null",
                TableSource.<String>versioned(() -> List.of("a"), row -> null, row -> 1), "key of a row is null",
                TableSource.<String>versioned(() -> List.of("a", "a"), row -> row, row -> 1), "two rows with key 'a'",
                TableSource.<String>versioned(
                                () -> {
                                    throw new StackOverflowError("for a test");
                                },
                                row -> row,
                                row -> 1),
                        "for a test",
                TableSource.<String>versioned(
                                () -> {
                                    Thread.sleep(100_000);
                                    return List.of();
                                },
                                row -> row,
                                row -> 1),
                        "interrupted");
        wrong.forEach((source, says) -> {
            try (Table<String> table = cluster.gapless(1).table(Topic.of("wrong", String.class), source)) {
                await(() -> {
                    TableStatus status = table.status();
                    return status.failures() > 0
                            && String.valueOf(status.cause()).contains(says); // others may come first
                });
            }
        });
    }

    @Test
    @DisplayName(
            "a source that does not answer is told of, and never interrupted unless interrupt-reads says so: that closes an embedded database")
    void readsAreNotInterrupted() throws Exception {
        try (TestCluster own = TestCluster.of(1, "gapless.table.read-timeout = 50ms");
                Logged log = new Logged()) {
            CountDownLatch answer = new CountDownLatch(1);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            TableSource<String> slow = TableSource.versioned(
                    () -> {
                        try {
                            answer.await();
                            interrupted.complete(Thread.currentThread().isInterrupted());
                        } catch (InterruptedException e) {
                            interrupted.complete(true);
                        }
                        return List.of("a");
                    },
                    row -> row,
                    row -> 1);
            Table<String> table = own.gapless(0).table(Topic.of("slow", String.class), slow);
            await(() -> !log.lines(
                            Level.WARN, "Topic slow: the source of its table has not answered", "a timeout of its own")
                    .isEmpty());
            assertTrue(table.status().reading());
            table.close();
            answer.countDown();
            assertFalse(get(interrupted));
        }
    }

    @Test
    @DisplayName("a message that the table cannot use is read from the source instead")
    void wrongMessages() {
        database.put("a:1");
        Table<String> table = open("wrongly");
        get(table.ready());
        database.put("a:2");
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("wrongly", String.class));
        get(producer.publish("b", "a:2")); // its source calls it a
        await(() -> "a:2".equals(table.get("a")));
        database.put("a:3");
        get(producer.publish("neither key nor version"));
        await(() -> "a:3".equals(table.get("a")));
        database.put("a:4");
        get(producer.publish("a:4")); // without a key: its source knows it
        await(() -> "a:4".equals(table.get("a")));
        database.rows.remove("a");
        get(producer.publish(Publication.<String>tombstone("a").withHeader("gapless-version", "five")));
        await(() -> table.status().isLive() && table.get("a") == null);
        assertEquals(4, database.reads.get());
    }

    @Test
    @DisplayName("what cannot be decoded is read from the source instead, and until then something is missing")
    void undecodable() {
        database.put("a:1");
        Table<String> table = open("damaged");
        get(table.ready());
        database.down = new IllegalStateException("database down");
        Payload damaged = new Payload(4711, "unknown", new byte[] {1});
        get(cluster.gapless(0).producer(Topic.of("damaged", Payload.class)).publish("a", damaged));
        await(() -> table.status().failures() > 0);
        assertEquals(TableStatus.State.STALE, table.status().state());
        publish("damaged", "b:1");
        database.put("a:2", "b:1");
        database.down = null;
        await(() -> table.status().isLive());
        assertEquals(Map.of("a", "a:2", "b", "b:1"), rows(table));
    }

    @Test
    @DisplayName("of deletions no more than max-keys are remembered: a read forgets those that its source lacks")
    void deletionsWithoutEnd() {
        database.put("a:1");
        Table<String> table = open("deletes");
        get(table.ready());
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("deletes", String.class));
        for (int i = 0; i <= 50; i++) {
            get(producer.delete("k" + i, 1));
        }
        await(() -> database.reads.get() == 2 && table.status().isLive());
        assertEquals(Map.of("a", "a:1"), rows(table));
    }

    @Test
    @DisplayName("beyond max-keys it closes, with the setting's name: it never has a part")
    void tooManyKeys() {
        for (int i = 1; i <= 51; i++) {
            database.put("k" + i + ":1");
        }
        Table<String> large = open("large");
        isTooLarge(large, "gapless.table.max-keys");
        database.rows.remove("k51");
        try (Table<String> grows = cluster.gapless(1).table(Topic.of("grows", String.class), database.source)) {
            get(grows.ready());
            publish("grows", "k51:1");
            isTooLarge(grows, "gapless.table.max-keys");
        }
    }

    @Test
    @DisplayName("beyond max-bytes it closes likewise, if its source says how large rows are; else that does not apply")
    void tooManyBytes() {
        database.put("a:1", "b:1");
        TableSource<String> sized = database.source.withSize(row -> row.startsWith("large") ? 99 : row.length());
        Topic<String> topic = Topic.of("heavy", String.class);
        try (Table<String> without = cluster.gapless(1).table(topic, database.source);
                Table<String> grows = cluster.gapless(1).table(topic, sized)) {
            get(grows.ready());
            get(without.ready());
            get(without.reached(publish("heavy", "large:1")));
            isTooLarge(grows, "gapless.table.max-bytes");
            assertEquals(3, without.view().rows().size());
        }
        database.put("large:1");
        try (Table<String> large = cluster.gapless(1).table(topic, sized)) {
            isTooLarge(large, "gapless.table.max-bytes");
        }
    }

    @Test
    @DisplayName("a row whose size is negative, or not known, is of no use")
    void badSize() {
        database.put("a:1");
        TableSource<String> sized = database.source.withSize(row -> row.equals("b:1") ? -1 : 1);
        try (Table<String> table = cluster.gapless(1).table(Topic.of("odd-size", String.class), sized)) {
            get(table.ready());
            publish("odd-size", "b:1");
            await(() -> database.reads.get() == 2 && table.status().isLive());
            assertEquals(Set.of("a"), table.view().rows().keySet());
            database.put("b:1");
            publish("odd-size", "b:1");
            await(() -> table.status().failures() > 0);
            database.rows.remove("b");
            await(() -> table.status().isLive());
        }
    }

    private static void isTooLarge(Table<String> table, String setting) {
        await(() -> table.status().state() == TableStatus.State.CLOSED);
        TableClosed closed = assertThrows(TableClosed.class, table::view);
        assertTrue(String.valueOf(closed.getMessage()).contains(setting), closed::toString);
    }

    @Test
    @DisplayName(
            "a listener that stands still gets the last row of each key, and holds up nobody; one that throws goes on")
    void slowListeners() {
        database.put("a:1");
        Table<String> table = open("slow");
        get(table.ready());
        CompletableFuture<Void> gate = new CompletableFuture<>();
        List<TableChanges<String>> slow = new CopyOnWriteArrayList<>();
        Table.Registration listening = table.onChange(changes -> {
            slow.add(changes);
            gate.join();
            throw new IllegalStateException("for a test");
        });
        await(() -> slow.size() == 1);
        publish("slow", "b:1");
        publish("slow", "c:1");
        get(cluster.gapless(0).producer(Topic.of("slow", String.class)).delete("c"));
        Position last = null;
        for (int i = 2; i <= 40; i++) {
            last = publish("slow", "a:" + i);
        }
        get(table.reached(Objects.requireNonNull(last)));
        gate.complete(null);
        await(() -> slow.size() == 2);
        List<Change<String>> changes = new ArrayList<>(slow.get(1).changes());
        assertTrue(changes.remove(new Change<>("a", "a:1", "a:40")), changes::toString);
        assertEquals(List.of(new Change<>("b", null, "b:1")), changes);
        assertFalse(slow.get(1).reloaded());
        listening.close();
        get(table.reached(publish("slow", "a:41")));
        assertEquals(2, slow.size());
    }

    @Test
    @DisplayName("a stream that asks slowly gets the last row of each key, and fails when the table closes")
    void changesAsAStream() {
        database.put("a:1");
        Table<String> table = open("streamed");
        get(table.ready());
        SinkQueueWithCancel<TableChanges<String>> stream =
                table.changes().toMat(Sink.queue(), Keep.right()).run(cluster.system(1));
        assertEquals(List.of(new Change<>("a", null, "a:1")), next(stream));
        Position last = null;
        for (int i = 2; i <= 60; i++) {
            last = publish("streamed", "a:" + i);
        }
        get(table.reached(Objects.requireNonNull(last)));
        String before = "a:1";
        int steps = 0;
        while (!before.equals("a:60")) {
            Change<String> change = next(stream).get(0);
            assertEquals(before, change.before());
            before = Objects.requireNonNull(change.after());
            steps++;
        }
        assertTrue(steps < 59, () -> "each message was a step of its own");
        CompletionStage<?> after = stream.pull();
        table.close();
        CompletionException closed = assertThrows(CompletionException.class, () -> get(after));
        assertInstanceOf(TableClosed.class, closed.getCause());
        assertThrows(TableClosed.class, table::changes);
    }

    private static List<Change<String>> next(SinkQueueWithCancel<TableChanges<String>> stream) {
        return get(stream.pull()).orElseThrow().changes();
    }

    @Test
    @DisplayName("whoever waits for a position that never comes is told, and there are not too many of them")
    void waitsForPositions() {
        database.put("a:1");
        Table<String> table = open("waits");
        get(table.ready());
        Position never = new Position(new Epoch(77), 1);
        List<CompletableFuture<TableView<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(table.reached(never).toCompletableFuture());
        }
        assertThrows(IllegalStateException.class, () -> table.reached(never));
        CompletionException late = assertThrows(CompletionException.class, () -> get(waiting.get(0)));
        assertInstanceOf(TimeoutException.class, late.getCause());
        assertTrue(String.valueOf(late.getMessage()).contains("gapless.table.reached-timeout"));
        Position last = publish("waits", "a:2");
        for (int i = 3; i <= 10; i++) { // more than may wait at once
            CompletionStage<TableView<String>> next = table.reached(last.next());
            last = publish("waits", "a:" + i);
            assertEquals("a:" + i, get(next).rows().get("a"));
        }
        CompletionStage<TableView<String>> inVain = table.reached(never);
        table.close();
        assertInstanceOf(
                TableClosed.class,
                assertThrows(CompletionException.class, () -> get(inVain)).getCause());
        assertThrows(NullPointerException.class, () -> cluster.gapless(1).table(null, database.source));
        assertThrows(NullPointerException.class, () -> TableSource.versioned(null, row -> "", row -> 1));
    }

    private static double meter(SimpleMeterRegistry registry, String name) {
        return registry.get(name)
                .tag("topic", "measured-table")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    @DisplayName("meters say how old what it shows is, how large it is, and how its source does")
    void meters() {
        database.put("A:1", "B:1");
        database.down = new IllegalStateException("away");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (GaplessMetrics metrics = new GaplessMetrics(cluster.gapless(1))) {
            metrics.bindTo(registry);
            Table<String> table = open("measured-table");
            await(() -> table.status().failures() > 1);
            await(() -> meter(registry, "gapless.table.read.failures") > 1);
            assertTrue(meter(registry, "gapless.table.stale") > 0);
            database.down = null;
            get(table.ready());
            await(() -> meter(registry, "gapless.table.stale") == 0);
            assertEquals(2, meter(registry, "gapless.table.rows"));
            assertTrue(meter(registry, "gapless.table.read.time") > 2, "a timer's first number is how often");
            table.close();
            await(() -> meter(registry, "gapless.table.rows") == 0);
        }
    }
}
