package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.durable.TestNode.Received;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup is put back: what came after it is gone, who has that or knows of it is told, and nobody is led past anything. */
@Tag("thorough")
@Tag("day1")
@Timeout(240)
class BackupTest {
    private static final String QUICK = "gapless { store-backoff.max = 500ms, backpressure-timeout = 5s }\n";

    @TempDir
    Path directory;

    /** How a database is backed up. */
    private interface Backup {
        /** Takes one, while the node runs or while it does not. */
        void take() throws IOException;

        /** Puts it back, while the node does not run. */
        void putBack() throws IOException;
    }

    @Test
    @DisplayName("on H2: a copy of the file, taken while the node is stopped")
    void onH2() throws IOException {
        Path file = directory.resolve("n").resolve("gapless.mv.db");
        Path copy = directory.resolve("copy");
        isPutBack("", false, new Backup() {
            @Override
            public void take() throws IOException {
                Files.copy(file, copy);
            }

            @Override
            public void putBack() throws IOException {
                Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
            }
        });
    }

    @Test
    @DisplayName("on PostgreSQL: pg_dump, taken while the node publishes")
    void onPostgres() throws IOException {
        try (PostgresServer server = PostgresServer.start()) {
            isPutBack(server.config(), true, new Backup() {
                @Override
                public void take() throws IOException {
                    server.dump("gapless");
                }

                @Override
                public void putBack() throws IOException {
                    server.putBack("gapless");
                }
            });
        }
    }

    private void isPutBack(String config, boolean whileItRuns, Backup backup) throws IOException {
        try (TestNode reader = TestNode.start("reader", directory, null, QUICK)) {
            Received ahead = reader.subscribe("prices", StartFrom.latest());
            CursorToken within;
            CursorToken beyond;
            List<String> before;
            TestNode node = TestNode.start("n", directory, reader, QUICK + config);
            try {
                node.publishOnceOpen("prices", "000000");
                Load load = Load.on(node.producer("prices"));
                await(() -> ahead.events.size() > 50);
                within = ahead.subscription().token();
                int has = ahead.events.size();
                await(() -> ahead.events.size() > has + 50); // the backup holds something behind the token
                if (whileItRuns) {
                    backup.take();
                } else {
                    load.endsAndAllIsIn(ahead);
                    node.close();
                    backup.take();
                    node = TestNode.start("n", directory, reader, QUICK + config);
                    node.publishOnceOpen("prices", "behind the backup");
                    load = Load.on(node.producer("prices"), " again");
                }
                int then = ahead.events.size();
                await(() -> ahead.events.size() > then + 50);
                beyond = ahead.subscription().token();
                load.end();
                node.publishOnceOpen("prices", "end");
                await(() -> ahead.events.contains("end"));
                before = List.copyOf(ahead.events);
            } finally {
                node.close();
            }
            assertEquals(
                    List.of(),
                    before.stream().filter(event -> event.startsWith("P")).toList());
            backup.putBack();
            try (TestNode again = TestNode.start("n", directory, reader, QUICK + config);
                    TestNode fresh = TestNode.start("fresh", directory, reader, QUICK);
                    TestNode fresher = TestNode.start("fresher", directory, reader, QUICK)) {
                again.publishOnceOpen("prices", "new");
                await(() -> ahead.events.contains("new"));
                assertEquals(List.of("PRODUCER_LOST", "new"), ahead.events.subList(before.size(), ahead.events.size()));
                Received all = fresh.subscribe("prices", StartFrom.earliest());
                await(() -> all.events.contains("new"));
                List<String> stored = messages(all);
                List<String> kept = stored.subList(0, stored.size() - 1);
                assertEquals(before.subList(0, kept.size()), kept, "the backup is a beginning of what there was");
                assertTrue(kept.size() > 100 && kept.size() < before.size(), "something came after it: " + kept.size());

                Received isWithin = fresher.subscribe("prices", StartFrom.token(within));
                await(() -> isWithin.events.contains("new"));
                List<String> rest = messages(isWithin);
                assertTrue(rest.size() > 1, rest::toString);
                assertEquals(stored.subList(stored.size() - rest.size(), stored.size()), rest);

                Received isBeyond = fresh.subscribe("prices", StartFrom.token(beyond));
                await(() -> isBeyond.events.contains("new"));
                assertTrue(isBeyond.events.get(0).startsWith("P"), isBeyond.events::toString);
                assertEquals("new", isBeyond.events.get(isBeyond.events.size() - 1));
            }
            restored(config);
            try (TestNode again = TestNode.start("n", directory, reader, QUICK + config);
                    TestNode fresh = TestNode.start("another", directory, reader, QUICK)) {
                again.publishOnceOpen("prices", "newer");
                Received isWithin = fresh.subscribe("prices", StartFrom.token(within));
                await(() -> isWithin.events.contains("newer"));
                assertEquals(List.of("newer"), messages(isWithin));
                assertTrue(
                        isWithin.events.get(0).startsWith("P"),
                        "who would not know of it is told, too: " + isWithin.events);
                await(() -> ahead.events.contains("newer"));
            }
        }
    }

    /** What it got, without what it was told. */
    private static List<String> messages(Received received) {
        List<String> messages = new ArrayList<>(received.events);
        messages.removeIf(event -> event.startsWith("P"));
        return messages;
    }

    /** As {@code gapless journal restored n} does. */
    private void restored(String config) {
        try (JournalAdmin journal = JournalAdmin.open(ConfigFactory.parseString(config)
                .withFallback(
                        ConfigFactory.parseString("gapless.journal.directory = \"" + directory.resolve("n") + "\""))
                .withFallback(ConfigFactory.load()))) {
            assertTrue(journal.drop("n", null) > 0);
        }
    }
}
