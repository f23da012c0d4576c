package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.log.LogRecord;
import dev.gapless.durable.TestNode.Received;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that start again with another clock, other settings, or what another version has stored. */
@Tag("thorough")
@Tag("day1")
@Timeout(180)
class ChangedTest {
    private static final String QUICK = "gapless { store-backoff.max = 500ms, backpressure-timeout = 3s }\n";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private JournalSettings store() {
        Config config = ConfigFactory.parseMap(
                Map.of("gapless.journal.directory", directory.resolve("n").toString()));
        return new JournalSettings(config.withFallback(ConfigFactory.load()));
    }

    @Test
    @DisplayName("the clock is an hour back: times of publishing do not go back, and nothing is missing")
    void theClockIsAnHourBack() throws Exception {
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "one");
            get(node.producer("prices").publish("two"));
        }
        writtenLater("n|prices", HOUR); // as if the clock had been right then
        Instant restarted = Instant.now();
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "three");
            node.subscribe("prices", StartFrom.earliest()).await("one", "two", "three");
            node.subscribe("prices", StartFrom.since(restarted)).await("one", "two", "three");
        }
        List<Long> times = new ArrayList<>();
        try (JournalAdmin journal = JournalAdmin.open(config())) {
            journal.messages("n", "prices", message -> times.add(message.timeMs()));
        }
        assertEquals(3, times.size());
        assertTrue(times.get(1) > restarted.plus(HOUR.dividedBy(2)).toEpochMilli(), "it was an hour ahead");
        assertEquals(times.stream().sorted().toList(), times);
    }

    @Test
    @DisplayName(
            "ruleP12: what was too old before the restart, or came to be while the node was down, is gone when it is back")
    void whatIsTooOldIsGoneAtTheRestart() throws Exception {
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "one");
        }
        writtenLater("n|prices", HOUR.multipliedBy(-2));
        try (TestNode node = TestNode.start("n", directory, null, QUICK + "gapless.max-age = 3h\n")) {
            node.publishOnceOpen("prices", "two");
            node.subscribe("prices", StartFrom.earliest()).await("one", "two");
        }
        try (TestNode node = TestNode.start("n", directory, null, QUICK + "gapless.max-age = 1h\n")) {
            node.publishOnceOpen("prices", "three");
            node.subscribe("prices", StartFrom.earliest()).await("two", "three");
        }
    }

    private Config config() {
        return ConfigFactory.parseMap(Map.of(
                        "gapless.journal.directory", directory.resolve("n").toString()))
                .withFallback(ConfigFactory.load());
    }

    /** The records of a log were written so much later. */
    private void writtenLater(String id, Duration by) throws SQLException, RecordCodec.Damaged {
        RecordCodec codec = new RecordCodec(id);
        try (Connection connection = Tables.connect(store(), "");
                Statement statement = connection.createStatement();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE \"gapless_journal\" SET \"event_payload\" = ? WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?")) {
            Map<Long, byte[]> all = new TreeMap<>();
            try (ResultSet rows = statement.executeQuery(
                    "SELECT \"sequence_number\", \"event_payload\" FROM \"gapless_journal\" WHERE \"persistence_id\" = '"
                            + id + "'")) {
                while (rows.next()) {
                    all.put(rows.getLong(1), rows.getBytes(2));
                }
            }
            int before = 0;
            for (Map.Entry<Long, byte[]> row : all.entrySet()) {
                byte[] bytes = codec.write(later(codec.read(row.getValue(), row.getKey(), null), by), before);
                before = RecordCodec.checksum(bytes);
                update.setBytes(1, bytes);
                update.setString(2, id);
                update.setLong(3, row.getKey());
                assertEquals(1, update.executeUpdate());
            }
        }
    }

    private static LogRecord later(LogRecord record, Duration by) {
        if (record instanceof LogRecord.Messages its) {
            return new LogRecord.Messages(
                    its.number(),
                    its.generation(),
                    its.uid(),
                    its.first(),
                    its.timeMs() + by.toMillis(),
                    its.contents());
        }
        LogRecord.Mark mark = (LogRecord.Mark) record;
        boolean isEmpty = mark.lastMs() == Long.MIN_VALUE;
        return new LogRecord.Mark(
                mark.number(),
                mark.generation(),
                mark.uid(),
                isEmpty ? mark.lastMs() : mark.lastMs() + by.toMillis(),
                mark.heads());
    }

    @Test
    @DisplayName(
            "the ring is smaller: who is in front of it is told what is gone, in numbers; and larger again: what is stored is there")
    void theRingIsSmaller() {
        CursorToken token;
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "000");
            Received received = node.subscribe("prices", StartFrom.earliest());
            received.await("000");
            token = received.subscription().token();
            for (int i = 1; i <= 200; i++) {
                get(node.producer("prices").publish(String.format(Locale.ROOT, "%03d", i)));
            }
        }
        try (TestNode node = TestNode.start("n", directory, null, QUICK + "gapless.buffer-messages = 64")) {
            Received behind = node.subscribe("prices", StartFrom.token(token));
            Received all = node.subscribe("prices", StartFrom.earliest());
            node.publishOnceOpen("prices", "201");
            await(() -> behind.events.contains("201") && all.events.contains("201"));
            assertEquals("137", all.events.get(0), "the ring had 64");
            assertEquals(
                    "POSITION_UNKNOWN",
                    behind.events.get(0),
                    "after all nodes were down nobody knows who else published");
            assertTrue(behind.events.contains("OVERRUN"), behind.events::toString);
            List<String> messages =
                    behind.events.stream().filter(event -> event.length() == 3).toList();
            assertEquals(all.events.subList(all.events.size() - messages.size(), all.events.size()), messages);
        }
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "202");
            Received all = node.subscribe("prices", StartFrom.earliest());
            await(() -> all.events.contains("202"));
            assertEquals(all.events.stream().sorted().toList(), all.events);
            assertTrue(all.events.size() >= 64, all.events::toString);
        }
    }

    @Test
    @DisplayName(
            "a topic is in memory for a while: whoever may lack something of that time is told, and what was stored is there again")
    void aTopicIsInMemoryForAWhile() {
        String memory = QUICK + "gapless.durability = memory\n";
        try (TestNode reader = TestNode.start("reader", directory, null, QUICK)) {
            Received received = reader.subscribe("prices", StartFrom.latest());
            CursorToken token;
            try (TestNode node = TestNode.start("n", directory, reader, QUICK)) {
                node.publishOnceOpen("prices", "one");
                received.await("one");
                token = received.subscription().token();
            }
            try (TestNode node = TestNode.start("n", directory, reader, memory)) {
                get(node.producer("prices").publish("two"));
                await(() -> received.events.contains("two"));
            }
            try (TestNode node = TestNode.start("n", directory, reader, QUICK)) {
                node.publishOnceOpen("prices", "three");
                await(() -> received.events.contains("three"));
                assertEquals(List.of("one", "two", "three"), received.events, "it has everything");
                try (TestNode other = TestNode.start("other", directory, reader, QUICK)) {
                    Received lacks = other.subscribe("prices", StartFrom.token(token));
                    await(() -> lacks.events.contains("three"));
                    assertEquals(2, lacks.events.size(), lacks.events::toString);
                    assertTrue(lacks.events.get(0).startsWith("P"), () -> lacks.events + " begins with no gap");
                }
                Received all = reader.subscribe("prices", StartFrom.earliest());
                all.await("one", "three");
                get(node.producer("prices").publish("four"));
                all.await("one", "three", "four");
                received.await("one", "two", "three", "four");
            }
        }
    }

    @Test
    @DisplayName(
            "a record of a newer format breaks its log alone, and a store of a newer version is not opened: both say so")
    void anotherVersion() throws SQLException {
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("prices", "one");
            get(node.producer("other").publish("one"));
        }
        change("UPDATE \"gapless_journal\" SET \"event_payload\" = X'02' || SUBSTRING(\"event_payload\" FROM 2)"
                + " WHERE \"persistence_id\" = 'n|prices' AND \"sequence_number\" = 2");
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            node.publishOnceOpen("other", "two");
            String refused = refusal(node);
            assertTrue(refused.contains("record 2 has format 2"), refused);
            assertTrue(refused.contains("start the node again"), refused);
            assertTrue(node.stores().contains("broken"), node.stores()::toString);
        }
        change("UPDATE \"gapless_journal\" SET \"event_payload\" = CAST(X'" + hex("gapless 2\ntest\nn")
                + "' AS VARBINARY)" + " WHERE \"persistence_id\" = '|'");
        try (TestNode node = TestNode.start("n", directory, null, QUICK)) {
            String refused = refusal(node);
            assertTrue(refused.contains("is of another version of Gapless: gapless 2"), refused);
            assertTrue(refused.contains("Start that version"), refused);
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = Tables.connect(store(), "");
                Statement statement = connection.createStatement()) {
            assertEquals(1, statement.executeUpdate(sql));
        }
    }

    private static String refusal(TestNode node) {
        CompletionException refused = assertThrows(
                CompletionException.class, () -> get(node.producer("prices").publish("refused")));
        return refused.getCause().getMessage();
    }
}
