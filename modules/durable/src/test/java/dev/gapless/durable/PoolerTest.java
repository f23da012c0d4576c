package dev.gapless.durable;

import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** pgbouncer in front of PostgreSQL. */
@Tag("thorough")
@Tag("day2")
@Timeout(180)
class PoolerTest {
    private static final String QUICK =
            "gapless { store-backoff.max = 500ms, backpressure-timeout = 5s, store-timeout = 3s }\n";

    @TempDir
    Path directory;

    @Test
    @DisplayName("one that shares sessions is refused, and the error says what helps; with nothing prepared it is good")
    void sharedSessions() throws IOException {
        try (PostgresServer server = PostgresServer.start();
                PgBouncer bouncer = PgBouncer.start(server, "transaction")) {
            try (TestNode node = TestNode.start("n", directory, null, QUICK + bouncer.config(""))) {
                CompletionException refused = assertThrows(
                        CompletionException.class,
                        () -> get(node.producer("prices").publish("one")));
                assertTrue(refused.getCause() instanceof StoreUnavailable, refused::toString);
                assertTrue(refused.getMessage().contains("pool_mode = session"), refused::toString);
                assertTrue(refused.getMessage().contains("prepareThreshold=0"), refused::toString);
            }
            publishesMany(bouncer.config("?prepareThreshold=0"));
        }
    }

    @Test
    @DisplayName("one that leaves each connection its session is good")
    void ownSessions() throws IOException {
        try (PostgresServer server = PostgresServer.start();
                PgBouncer bouncer = PgBouncer.start(server, "session")) {
            publishesMany(bouncer.config(""));
        }
    }

    /** Of several topics at once, so that they share what is shared. */
    private void publishesMany(String config) {
        try (TestNode node = TestNode.start("n", directory, null, QUICK + config)) {
            for (String topic : new String[] {"a", "b", "c"}) {
                node.publishOnceOpen(topic, "first");
            }
            for (int i = 2; i <= 50; i++) {
                var a = node.producer("a").publish("m");
                var b = node.producer("b").publish("m");
                var c = node.producer("c").publish("m");
                assertEquals(i, get(a).sequence());
                assertEquals(i, get(b).sequence());
                assertEquals(i, get(c).sequence());
            }
        }
    }
}
