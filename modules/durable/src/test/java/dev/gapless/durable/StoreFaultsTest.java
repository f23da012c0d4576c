package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Health;
import dev.gapless.PublishUnknown;
import dev.gapless.StartFrom;
import dev.gapless.StoreUnavailable;
import dev.gapless.core.Position;
import dev.gapless.durable.TestNode.Received;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores that fail, are away, are damaged, or are somebody else's. */
@Timeout(180)
class StoreFaultsTest {
    private static final String QUICK =
            "gapless { store-backoff.max = 500ms, backpressure-timeout = 2s, store-timeout = 3s }\n";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "the database is killed under load, and is back: what was accepted is there, once and in order, and no name is given twice")
    void theDatabaseIsKilled() {
        try (PostgresServer server = PostgresServer.start()) {
            String config = QUICK + server.config();
            List<String> events;
            try (TestNode node = TestNode.start("n", directory, null, config)) {
                Received received = node.subscribe("prices", StartFrom.latest());
                Load load = Load.on(node.producer("prices"));
                await(() -> received.events.size() > 50);
                server.kill();
                await(() -> node.store().equals("failing"));
                await(() -> load.refusal() != null);
                server.up();
                await(() -> node.store().equals("ok"));
                int before = received.events.size();
                await(() -> received.events.size() > before + 50);
                events = load.endsAndAllIsIn(received);
            }
            try (TestNode node = TestNode.start("n", directory, null, config)) {
                Received again = node.subscribe("prices", StartFrom.earliest());
                again.await(events.toArray(new String[0]));
            }
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName(
            "the database is away when the node starts: it joins, its publishes wait, and once the database is there they are published")
    void theDatabaseIsAwayAtFirst() {
        try (PostgresServer server = PostgresServer.start()) {
            server.kill();
            String config = "gapless { store-backoff.max = 500ms, store-timeout = 1s, backpressure-timeout = 60s }\n"
                    + server.config();
            try (TestNode node = TestNode.start("n", directory, null, config)) {
                CompletableFuture<Position> published =
                        node.producer("prices").publish("one").toCompletableFuture();
                await(() -> node.store().equals("recovering"));
                assertFalse(published.isDone());
                await(() -> node.gapless().health().has(Health.Kind.STORE));
                server.up();
                assertEquals(1, get(published).sequence());
                await(() -> node.gapless().health().state() == Health.State.UP);
            }
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("a server that may lose what it has confirmed is refused, unless that is accepted")
    void anUnsafeServer() {
        try (PostgresServer server = PostgresServer.start()) {
            server.kill();
            server.up("fsync=off");
            try (TestNode node = TestNode.start("n", directory, null, QUICK + server.config())) {
                CompletionException refused = assertThrows(
                        CompletionException.class,
                        () -> get(node.producer("prices").publish("one")));
                assertTrue(refused.getCause() instanceof StoreUnavailable, refused::toString);
            }
            String accepted = QUICK + server.config() + "gapless.journal.unsafe-server = warn\n";
            try (TestNode node = TestNode.start("n", directory, null, accepted)) {
                assertEquals(1, get(node.producer("prices").publish("one")).sequence());
            }
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName("a database that has not all characters is refused, and the error says which encoding helps")
    void anotherEncoding() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
            String config = QUICK + server.config() + "gapless.journal.url = \""
                    + server.url().replace("/gapless", "/latin") + "\"";
            try (TestNode node = TestNode.start("n", directory, null, config)) {
                CompletionException refused = assertThrows(
                        CompletionException.class,
                        () -> get(node.producer("prices").publish("one")));
                assertTrue(refused.getMessage().contains("has the encoding LATIN1"), refused::toString);
                assertTrue(refused.getMessage().contains("ENCODING 'UTF8'"), refused::toString);
            }
        }
    }

    @Test
    @DisplayName("the store of another node is not used, and not changed")
    void anotherNodesStore() throws IOException {
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "one");
        }
        String config = QUICK + "gapless.journal.directory = \"" + directory.resolve("n") + "\"";
        try (TestNode other = TestNode.start("other", directory, null, config)) {
            CompletionException refused = assertThrows(
                    CompletionException.class,
                    () -> get(other.producer("prices").publish("two")));
            assertTrue(refused.getCause() instanceof StoreUnavailable, refused::toString);
        }
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            Received received = node.subscribe("prices", StartFrom.earliest());
            node.publishOnceOpen("prices", "three");
            received.await("one", "three");
        }
        assertTrue(Files.exists(directory.resolve("n").resolve("gapless.mv.db")));
    }

    @Test
    @DisplayName(
            "ruleD11: a record with a flipped bit, or one that is missing, breaks the log: nothing is published, and nothing begun anew")
    void aDamagedRecord() throws SQLException {
        for (String damage : List.of(
                "UPDATE \"gapless_journal\" SET \"event_payload\" = SUBSTRING(\"event_payload\" FROM 1 FOR 40) || X'FF'"
                        + " || SUBSTRING(\"event_payload\" FROM 42) WHERE \"persistence_id\" = '%s|prices' AND \"sequence_number\" = 2",
                "DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = '%s|prices' AND \"sequence_number\" = 2")) {
            String name = "n" + damage.length();
            try (TestNode node = TestNode.start(name, directory, null, QUICK)) {
                node.publishOnceOpen("prices", "one");
                node.publishOnceOpen("prices", "two");
                node.publishOnceOpen("other", "one");
            }
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:h2:file:" + directory.resolve(name).resolve("gapless"), "gapless", "");
                    Statement statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate(damage.formatted(name)));
            }
            try (TestNode node = TestNode.start(name, directory, null, QUICK)) {
                CompletionException refused = assertThrows(
                        CompletionException.class,
                        () -> get(node.producer("prices").publish("three")));
                assertTrue(refused.getCause() instanceof StoreUnavailable, refused::toString);
                assertEquals("broken", node.store());
                assertEquals(2, get(node.producer("other").publish("two")).sequence() + 1, "others go on");
            }
        }
    }

    @Test
    @DisplayName(
            "ruleD4: of two processes with one store the later one has the logs, and the earlier one ends at its next write")
    void aLaterIncarnationFences() {
        try (PostgresServer server = PostgresServer.start()) {
            String config = QUICK + server.config();
            try (TestNode earlier = TestNode.start("n", directory, null, config)) {
                earlier.publishOnceOpen("prices", "one");
                try (TestNode later = TestNode.start("n", directory, null, config)) { // in a cluster of its own
                    later.publishOnceOpen("prices", "two");
                    CompletionException fenced = assertThrows(
                            CompletionException.class,
                            () -> get(earlier.producer("prices").publish("three")));
                    assertInstanceOf(PublishUnknown.class, fenced.getCause()); // it was under way
                    await(() -> earlier.gapless().health().state() != Health.State.UP);
                    Received received = later.subscribe("prices", StartFrom.earliest());
                    received.await("one", "two");
                }
            }
        }
    }
}
