package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.StartFrom;
import dev.gapless.core.Position;
import dev.gapless.durable.TestNode.Received;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores that take long, and have few connections. */
@Tag("thorough")
@Tag("day0")
@Timeout(180)
class SlowStoreTest {
    private static final String PATIENT = "gapless { store-backoff.max = 500ms, backpressure-timeout = 2 minutes }\n";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "each commit of a topic takes two seconds: it is slow, nothing is refused or lost, and other topics do not fail")
    void aSlowTopic() {
        try (PostgresServer server = PostgresServer.start();
                TestNode node = TestNode.start("n", directory, null, PATIENT + server.config())) {
            get(node.producer("prices").publish("one"));
            Received received = node.subscribe("prices", StartFrom.earliest());
            server.execute(
                    "gapless",
                    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                            + " 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END'");
            server.execute(
                    "gapless",
                    "CREATE TRIGGER slow BEFORE INSERT ON gapless_journal FOR EACH ROW"
                            + " WHEN (NEW.persistence_id = 'n|prices') EXECUTE FUNCTION slow()");
            List<CompletableFuture<Position>> published = new ArrayList<>();
            published.add(node.producer("prices").publish("two").toCompletableFuture());
            await(() -> node.store().equals("slow"));
            published.add(node.producer("prices").publish("three").toCompletableFuture());
            published.add(node.producer("prices").publish("four").toCompletableFuture());
            assertEquals(1, get(node.producer("other").publish("other")).sequence());
            for (int i = 0; i < published.size(); i++) {
                assertEquals(i + 2, get(published.get(i)).sequence());
            }
            server.execute("gapless", "DROP TRIGGER slow ON gapless_journal");
            get(node.producer("prices").publish("five"));
            await(() -> node.store().equals("ok"));
            received.await("one", "two", "three", "four", "five");
        }
    }

    @Test
    @DisplayName(
            "another session holds up all connections of many topics until their writes are given up: once they are free each is stored once")
    void noConnectionIsFree() throws SQLException {
        int topics = 30;
        String few = "gapless { store-timeout = 2s, journal { connections = 2, connection-timeout = 1s } }\n";
        try (PostgresServer server = PostgresServer.start();
                TestNode node = TestNode.start("n", directory, null, few + PATIENT + server.config())) {
            List<Received> received = new ArrayList<>();
            for (int i = 0; i < topics; i++) {
                node.publishOnceOpen("prices" + i, "one");
                received.add(node.subscribe("prices" + i, StartFrom.earliest()));
            }
            List<CompletableFuture<Position>> published = new ArrayList<>();
            try (Connection other = server.connect("gapless");
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("LOCK TABLE gapless_journal IN ACCESS EXCLUSIVE MODE");
                for (int i = 0; i < topics; i++) {
                    published.add(node.producer("prices" + i).publish("two").toCompletableFuture());
                }
                await(() -> node.stores().stream().allMatch("failing"::equals));
                other.rollback();
            }
            for (int i = 0; i < topics; i++) {
                assertEquals(2, get(published.get(i)).sequence());
                received.get(i).await("one", "two");
            }
            await(() -> node.stores().stream().allMatch("ok"::equals));
        }
    }
}
