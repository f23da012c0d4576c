package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Table;
import dev.gapless.TableRows;
import dev.gapless.TableSource;
import dev.gapless.TableStatus;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.internal.table.StateReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a test does with a table: everything happens in the virtual time, on the thread of the test. */
class TableTest {
    private static final Topic<String> FLAGS = Topic.of("flags", String.class);
    private static final Duration MORE_THAN_A_RELOAD_WAITS = Duration.ofSeconds(3);

    private final GaplessTestKit kit = GaplessTestKit.create("gapless.buffer-messages = 20");
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");
    private final Map<String, String> rows = new TreeMap<>();
    private boolean down;
    private int reads;

    private final TableSource<String> source =
            TableSource.versioned(this::readAll, row -> row.substring(0, 1), row -> Long.parseLong(row.substring(1)));

    private Iterable<String> readAll() {
        reads++;
        if (down) {
            throw new IllegalStateException("database down");
        }
        return List.copyOf(rows.values());
    }

    private void write(String row) {
        rows.put(row.substring(0, 1), row);
        feed.publish(FLAGS, row.substring(0, 1), row);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void loadsAtOnceAndFollows() {
        rows.put("a", "a1");
        Table<String> table = app.gapless().table(FLAGS, source);
        assertTrue(table.ready().toCompletableFuture().isDone());
        List<String> told = new ArrayList<>();
        table.onChange(
                changes -> changes.changes().forEach(change -> told.add(change.key() + " is " + change.after())));
        write("a2");
        write("b1");
        assertEquals(Map.of("a", "a2", "b", "b1"), table.view().rows());
        assertEquals(List.of("a is a1", "a is a2", "b is b1"), told);
        assertEquals(1, reads);
    }

    @Test
    void isStaleUntilItHasReadWhatItMissed() {
        rows.put("a", "a1");
        Table<String> table = app.gapless().table(FLAGS, source);
        app.cutOff();
        write("a2");
        feed.overrun(FLAGS);
        down = true;
        app.reconnect();
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertEquals(TableStatus.State.STALE, table.status().state());
        assertTrue(table.status().failures() > 0);
        assertEquals("a1", table.get("a"));
        down = false;
        kit.pass(Duration.ofSeconds(10));
        assertTrue(table.status().isLive());
        assertEquals("a2", table.get("a"));
    }

    @Test
    void readsItsSourceForWhatWasNotPublishedAlsoWhenItComesBack() {
        rows.put("a", "a1");
        Table<String> table = app.gapless().table(FLAGS, source);
        rows.put("a", "a2"); // its publish was refused
        var here = feed.gapless().producer(FLAGS).invalidate("a publish was refused");
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertEquals("a2", table.get("a"));
        assertTrue(table.reached(here.toCompletableFuture().join())
                .toCompletableFuture()
                .isDone());
        app.cutOff();
        rows.remove("a");
        var unused = feed.gapless().producer(FLAGS).invalidate("rows were deleted by hand");
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertEquals("a2", table.get("a"), "it cannot know");
        app.reconnect();
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertEquals(Map.of(), table.view().rows());
    }

    @Test
    void tellsAReaderWhatWasMissedAlsoIfItsSourceWasReadMeanwhile() {
        rows.put("a", "a1");
        try (Table<String> table = app.gapless().table(FLAGS, source)) {
            StateReader<String> reader = StateReader.of(table, () -> {});
            StateReader.Step<String> first = Objects.requireNonNull(reader.next());
            assertNull(first.missed());
            var unused = feed.gapless().producer(FLAGS).invalidate("rows were written by hand");
            kit.pass(MORE_THAN_A_RELOAD_WAITS);
            assertTrue(table.status().isLive());
            StateReader.Step<String> second = Objects.requireNonNull(reader.next());
            assertEquals(1, Objects.requireNonNull(second.missed()).size());
            assertFalse(second.then().stale());
            assertNull(reader.next());
            reader.close();
        }
    }

    @Test
    void isTriedUntilItHasLoaded() {
        down = true;
        Table<String> table = app.gapless().table(FLAGS, source);
        assertFalse(table.ready().toCompletableFuture().isDone());
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertTrue(reads > 3, () -> reads + " reads");
        down = false;
        kit.pass(Duration.ofSeconds(10));
        assertTrue(table.ready().toCompletableFuture().isDone());
    }

    @Test
    void isClosedWithItsNode() {
        Table<String> table = app.gapless().table(FLAGS, source);
        app.leave();
        assertEquals(TableStatus.State.CLOSED, table.status().state());
    }

    @Test
    void waitsForRowsThatSayUpToWhereTheyAre() {
        Subscription writer = feed.gapless().subscribe(FLAGS, StartFrom.latest(), new MessageHandler<String>() {
            @Override
            public void onMessage(Delivery<String> delivery) {
                rows.put(Objects.requireNonNull(delivery.key()), Objects.requireNonNull(delivery.message()));
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
                throw new AssertionError("it is on the publisher's node");
            }
        });
        CursorToken before = writer.token();
        feed.publish(FLAGS, "a", "a1");
        List<TableRows<String>> read = new ArrayList<>(List.of(new TableRows<>(List.of(), before)));
        TableSource<String> positioned = TableSource.positioned(() -> read.get(0), row -> row.substring(0, 1));
        Table<String> table = app.gapless().table(FLAGS, positioned);
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertTrue(table.status().failures() > 0, "they lack a1");
        read.set(0, new TableRows<>(List.copyOf(rows.values()), writer.token()));
        kit.pass(Duration.ofSeconds(10));
        assertEquals(Map.of("a", "a1"), table.view().rows());
        feed.publish(FLAGS, "a", "a0");
        assertEquals(Map.of("a", "a0"), table.view().rows(), "what came later counts");
    }

    private TableSource<String> keptOn(TestNode keeper) {
        Subscription kept = keeper.gapless().subscribe(FLAGS, StartFrom.latest(), new MessageHandler<String>() {
            @Override
            public void onMessage(Delivery<String> delivery) {
                rows.put(Objects.requireNonNull(delivery.key()), Objects.requireNonNull(delivery.message()));
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        });
        return TableSource.positioned(
                () -> {
                    readAll();
                    return new TableRows<>(List.copyOf(rows.values()), kept.token());
                },
                row -> row.substring(0, 1));
    }

    @Test
    void readsRowsWithATokenThoughItsProducerIsBackUnderItsName() {
        Table<String> table = app.gapless().table(FLAGS, keptOn(kit.node("keeper")));
        feed.publish(FLAGS, "a", "a1");
        down = true;
        feed.lose();
        assertEquals(TableStatus.State.STALE, table.status().state());
        feed.start();
        down = false;
        kit.pass(Duration.ofSeconds(10));
        assertTrue(table.status().isLive(), () -> table.status().toString());
    }

    @Test
    void takesNoRowsThatAreBehindWhatItHasOfAnotherProducer() {
        TestNode keeper = kit.node("keeper");
        TestNode other = kit.node("other");
        Table<String> table = app.gapless().table(FLAGS, keptOn(keeper));
        other.publish(FLAGS, "b", "b1");
        kit.cut(other, keeper);
        other.publish(FLAGS, "b", "b2");
        feed.restart(); // whoever keeps the rows is told, and has not got b2
        kit.pass(MORE_THAN_A_RELOAD_WAITS);
        assertEquals(TableStatus.State.STALE, table.status().state());
        assertTrue(String.valueOf(table.status().cause()).contains("what other published"), () -> table.status() + "");
        assertEquals("b2", table.get("b"));
        kit.reconnect(other, keeper);
        kit.pass(Duration.ofSeconds(10));
        assertTrue(table.status().isLive());
        assertEquals("b2", table.get("b"));
    }
}
