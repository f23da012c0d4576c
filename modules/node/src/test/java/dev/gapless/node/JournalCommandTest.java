package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Producer;
import dev.gapless.Publication;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code gapless journal}, with a store of two topics: what it prints, what it changes, and how it exits. */
@Tag("thorough")
@Tag("day2")
@Timeout(120)
class JournalCommandTest {
    @TempDir
    private static Path made;

    private static Instant begun;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeAStore() throws Exception {
        begun = Instant.now();
        try (Member node = Member.start(ProgramConfig.of(
                ConfigFactory.parseString(
                        "gapless { node-name = n1, durability = journal, journal { sync = off, directory = \"" + made
                                + "\" } }"),
                null,
                new CommandLine(new NodeCommand(new Termination()))))) {
            node.join(node.address());
            node.up().get(60, TimeUnit.SECONDS);
            Producer<String> prices = node.gapless().producer(Topic.of("prices", String.class));
            for (Publication<String> one : List.of(
                    Publication.of("one").withKey("k").withHeader("h", "v"),
                    Publication.of("two"),
                    Publication.of("three"))) {
                prices.publish(one).toCompletableFuture().get(60, TimeUnit.SECONDS);
            }
            prices.delete("k").toCompletableFuture().get(60, TimeUnit.SECONDS);
            node.gapless()
                    .producer(Topic.of("other", String.class))
                    .publish("one")
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    /** What a test changes is its own. */
    @BeforeEach
    void copyIt() throws Exception {
        Files.copy(made.resolve("gapless.mv.db"), directory.resolve("gapless.mv.db"));
        Files.writeString(directory.resolve("node.conf"), "gapless.journal.directory = \"" + directory + "\"");
    }

    private List<String> journal(int exit, String... args) {
        return InThisJvm.journal(directory, exit, args);
    }

    private static JsonNode json(String line) throws Exception {
        return PayloadJson.JSON.readTree(line);
    }

    private void damage(int record) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + directory.resolve("gapless"), "gapless", "");
                Statement statement = connection.createStatement()) {
            assertEquals(
                    1,
                    statement.executeUpdate("UPDATE \"gapless_journal\" SET \"event_payload\" = X'01'"
                            + " WHERE \"persistence_id\" = 'n1|prices' AND \"sequence_number\" = " + record));
        }
    }

    private List<Integer> sequences(int exit) throws Exception {
        List<Integer> all = new ArrayList<>();
        for (String line : journal(exit, "export", "n1", "prices")) {
            if (line.startsWith("{")) {
                all.add(json(line).get("seq").intValue());
            }
        }
        return all;
    }

    @Test
    @DisplayName("list says of each log what there is, for people and with --json for programs")
    void lists() throws Exception {
        JsonNode prices = json(journal(0, "list", "--json").get(1));
        assertEquals("prices", prices.get("topic").textValue());
        assertEquals("n1", prices.get("node").textValue());
        assertEquals(4, prices.get("messages").intValue());
        assertEquals(5, prices.get("records").intValue());
        assertTrue(prices.get("damage").isNull());
        Instant last = Instant.parse(prices.get("last").textValue());
        assertTrue(!last.isBefore(begun.minusMillis(1)) && !last.isAfter(Instant.now()), prices::toString);
        List<String> table = journal(0, "list");
        assertTrue(table.get(0).startsWith("NODE") && table.get(2).matches("n1 +prices .* ok"), table::toString);
    }

    @Test
    @DisplayName("export prints each message with its key, headers and content, and whether it is a deletion")
    void exports() throws Exception {
        List<String> lines = journal(0, "export", "n1", "prices");
        assertEquals(4, lines.size());
        JsonNode first = json(lines.get(0));
        assertEquals("k", first.get("key").textValue());
        assertEquals("v", first.at("/headers/h").textValue());
        assertTrue(new String(first.get("content").binaryValue(), StandardCharsets.UTF_8).contains("one"));
        assertTrue(json(lines.get(1)).get("key").isNull());
        assertTrue(!first.get("deleted").booleanValue()
                && json(lines.get(3)).get("deleted").booleanValue());
    }

    @Test
    @DisplayName(
            "check exits with 1 while a log is damaged, and with 0 once it is repaired: --skip keeps what is behind")
    void skips() throws Exception {
        assertEquals(List.of("2 logs, 0 damaged"), journal(0, "check"));
        damage(3);
        assertEquals("2 logs, 1 damaged", journal(1, "check").get(1));
        assertTrue(journal(0, "list").get(2).contains("record 3"), "and the table says so");
        assertEquals(List.of(1, 3, 4), sequences(1));
        journal(0, "repair", "n1", "prices", "--skip");
        assertEquals(List.of("2 logs, 0 damaged"), journal(0, "check"));
        assertEquals(List.of(1, 3, 4), sequences(0));
    }

    @Test
    @DisplayName("repair --truncate ends the log in front of the damage")
    void truncates() throws Exception {
        damage(3);
        List<String> said = journal(0, "repair", "n1", "prices", "--truncate");
        assertTrue(said.get(0).endsWith("gapless.mv.db.before-repair")
                && Files.exists(directory.resolve("gapless.mv.db.before-repair")));
        assertEquals("3 records are gone", said.get(1));
        assertEquals(List.of(1), sequences(0));
    }

    @Test
    @DisplayName("drop deletes the log that is named alone, and fails if there is none; restored deletes all of a node")
    void drops() throws Exception {
        journal(1, "drop", "n1", "nothing");
        journal(1, "drop", "n2", "prices");
        assertEquals(List.of("5 records are gone"), journal(0, "drop", "n1", "prices"));
        assertEquals(1, journal(0, "list", "--json").size());
        journal(1, "drop", "n1", "prices");
        assertEquals(List.of("0 records are gone"), journal(0, "restored", "n2"));
        assertEquals(List.of("2 records are gone"), journal(0, "restored", "n1"));
        assertEquals(List.of(), journal(0, "list", "--json"));
    }

    @Test
    @DisplayName("a directory without a store is a failure, and none is made")
    void noStore() throws Exception {
        Path nowhere = directory.resolve("nowhere");
        Files.writeString(directory.resolve("node.conf"), "gapless.journal.directory = \"" + nowhere + "\"");
        for (String command : List.of("list", "check")) {
            assertTrue(journal(1, command).get(0).contains(nowhere.toString()));
        }
        assertTrue(Files.notExists(nowhere));
    }
}
