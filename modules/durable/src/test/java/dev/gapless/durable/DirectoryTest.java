package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gapless.Health;
import dev.gapless.PublishUnknown;
import dev.gapless.StartFrom;
import dev.gapless.StoreUnavailable;
import dev.gapless.durable.TestNode.Received;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the directory of an embedded database. */
@Timeout(180)
class DirectoryTest {
    private static final String QUICK =
            "gapless { store-backoff.max = 500ms, backpressure-timeout = 2s, store-timeout = 3s, topics.memory.durability = memory }\n";
    private static final int MB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    @Tag("thorough")
    @Tag("day0")
    @DisplayName(
            "the disk is full: that is said, topics in memory go on, and once there is room all that was accepted is there, once and in order")
    void theDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("n"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()),
                "only root may mount a small disk");
        try {
            Path ballast = Files.write(disk.resolve("ballast"), new byte[40 * MB]);
            List<String> events;
            try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
                node.publishOnceOpen("prices", "000000");
                Received received = node.subscribe("prices", StartFrom.earliest());
                Load load = Load.on(node.producer("prices"), "x".repeat(4_000));
                await(() -> node.store().equals("failing"));
                // Before that a publish may be refused since the disk is slow.
                await(() -> Objects.requireNonNullElse(load.refusal(), "").contains("No space left"));
                assertSays(load.refusal(), "prices", "node n", disk.toString(), "gapless.journal.directory");
                get(node.producer("memory").publish("in memory"));
                Files.delete(ballast);
                await(() -> node.store().equals("ok"));
                int before = received.events.size();
                await(() -> received.events.size() > before + 20);
                events = load.endsAndAllIsIn(received);
            }
            try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
                node.subscribe("prices", StartFrom.earliest()).await(events.toArray(new String[0]));
            }
        } finally {
            assertTrue(run("umount", "-l", disk.toString()));
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    @DisplayName(
            "the directory is read-only at the start: that is said, topics in memory go on, and once it is writable so do the others")
    void theDirectoryIsReadOnly() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("n"));
        assumeTrue(run("mount", "-t", "tmpfs", "tmpfs", disk.toString()), "only root may mount a disk");
        try {
            try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
                node.publishOnceOpen("prices", "one");
            }
            assertTrue(run("mount", "-o", "remount,ro", disk.toString()));
            EmbeddedDatabase pooled = new EmbeddedDatabase();
            pooled.setUrl("jdbc:h2:file:" + disk.resolve("gapless"));
            assertThrows(SQLException.class, () -> pooled.getConnection("gapless", ""));
            try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
                assertRefused(node, disk, "cannot be written to");
                get(node.producer("memory").publish("in memory"));
                assertTrue(run("mount", "-o", "remount,rw", disk.toString()));
                node.publishOnceOpen("prices", "two");
                node.subscribe("prices", StartFrom.earliest()).await("one", "two");
            }
        } finally {
            assertTrue(run("umount", "-l", disk.toString()));
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    @DisplayName(
            "the directory is moved away, and another one comes in its place: nothing is confirmed, that is said, and topics in memory go on;"
                    + " once it is back it goes on")
    void theDirectoryIsRemoved() throws Exception {
        Path place = directory.resolve("n");
        Path elsewhere = directory.resolve("elsewhere");
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "one");
            Files.move(place, elsewhere);
            assertRefused(node, place, "was removed");
            Health bad = node.gapless().health();
            assertTrue(bad.has(Health.Kind.STORE) && bad.reason().contains(place.toString()), bad::toString);
            assertTrue(bad.reason().contains("it cannot store what is published to durable topics: "), bad::reason);
            assertTrue(bad.isReady(), "other nodes may lack their stores, too");
            get(node.producer("memory").publish("in memory"));
            Files.createDirectory(place);
            Files.copy(elsewhere.resolve("gapless.mv.db"), place.resolve("gapless.mv.db"));
            await(() -> refusal(node).contains("another file"));
            Files.delete(place.resolve("gapless.mv.db"));
            Files.delete(place);
            Files.move(elsewhere, place);
            node.publishOnceOpen("prices", "two");
            await(() -> node.gapless().health().state() == Health.State.UP);
        }
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "three");
            Received received = node.subscribe("prices", StartFrom.earliest());
            await(() -> received.events.contains("three"));
            assertEquals(
                    List.of("one", "two", "three"),
                    received.events.stream()
                            .filter(event -> !event.equals("refused"))
                            .toList());
        }
    }

    private static void assertRefused(TestNode node, Path place, String why) {
        assertSays(refusal(node), "prices", "node n", place.toString(), "gapless.journal.directory", why);
    }

    private static String refusal(TestNode node) {
        CompletionException refused = assertThrows(
                CompletionException.class, () -> get(node.producer("prices").publish("refused")));
        Throwable why = refused.getCause(); // the first one is in doubt
        assertTrue(why instanceof StoreUnavailable || why instanceof PublishUnknown, refused::toString);
        return why.getMessage();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    private static void assertSays(@Nullable String text, String... parts) {
        for (String part : parts) {
            assertTrue(Objects.requireNonNull(text).contains(part), () -> part + " is not in: " + text);
        }
    }
}
