package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Epoch;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a log of H2 that is damaged and repaired. */
class RepairTest {
    private static final String ID = LogIds.log("n", "prices");
    private static final Format FORMAT = new Format(4, "");
    private static final long MOST = 8_192;

    @TempDir
    Path directory;

    private int last;

    private Config config() {
        return ConfigFactory.parseMap(
                        Map.of("gapless.journal.directory", directory.toString(), "gapless.journal.sync", false))
                .withFallback(ConfigFactory.load());
    }

    private Connection connect() throws SQLException {
        return Tables.connect(new JournalSettings(config()), "");
    }

    @BeforeEach
    void thereIsAStore() {
        new Tables(new JournalSettings(config()), null).check();
    }

    @Test
    @DisplayName("whoever looks after a store that does not answer is told which one, and why")
    void saysWhatIsWrongWithTheStore() throws SQLException {
        try (JournalAdmin admin = JournalAdmin.open(config())) {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP TABLE \"gapless_journal\"");
            }
            IllegalStateException failed =
                    assertThrows(IllegalStateException.class, () -> admin.dropSubscription("prices", "billing"));
            assertTrue(failed.getMessage().startsWith(new JournalSettings(config()).named()), failed::getMessage);
            assertTrue(failed.getMessage().contains("\"gapless_journal\" not found"), failed::getMessage);
        }
    }

    // ------------------------------------------------------------------ what was stored

    private static LogRecord mark(long number, long uid, LogRecord.Head... heads) {
        return new LogRecord.Mark(number, uid, uid, 1_000, List.of(heads));
    }

    private static LogRecord.Head head(long uid, long sequence) {
        return new LogRecord.Head(uid, sequence);
    }

    private static LogRecord messages(long number, long uid, long first, int count) {
        List<Content> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contents.add(new Content("k", false, Map.of(), FORMAT, new byte[] {(byte) (first + i)}));
        }
        return new LogRecord.Messages(number, uid, uid, first, 1_000 + number, contents);
    }

    private void stored(LogRecord... records) throws SQLException {
        RecordCodec codec = new RecordCodec(ID);
        try (Connection connection = connect()) {
            for (LogRecord record : records) {
                byte[] bytes = codec.write(record, last);
                last = RecordCodec.checksum(bytes);
                insert(connection, ID, record.number(), bytes);
            }
        }
    }

    private static void insert(Connection connection, String id, long number, byte[] bytes) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO \"gapless_journal\" (\"persistence_id\", \"sequence_number\","
                        + " \"writer\", \"write_timestamp\", \"event_payload\", \"event_ser_id\", \"event_ser_manifest\")"
                        + " VALUES (?, ?, 'w', 1, ?, 4, '')")) {
            insert.setString(1, id);
            insert.setLong(2, number);
            insert.setBytes(3, bytes);
            insert.executeUpdate();
        }
    }

    /** Two incarnations, 1 and 2, with six messages and one. */
    private void twoIncarnations() throws SQLException {
        stored(
                mark(1, 1),
                messages(2, 1, 1, 2),
                messages(3, 1, 3, 3),
                messages(4, 1, 6, 1),
                mark(5, 2, head(1, 6)),
                messages(6, 2, 1, 1));
    }

    private void damaged(long... numbers) throws SQLException {
        change(
                "UPDATE \"gapless_journal\" SET \"event_payload\" = SUBSTRING(\"event_payload\" FROM 1 FOR 20) || X'7E7E'",
                numbers);
    }

    private void removed(long... numbers) throws SQLException {
        change("DELETE FROM \"gapless_journal\"", numbers);
    }

    private void change(String statement, long... numbers) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement one = connection.prepareStatement(
                        statement + " WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?")) {
            for (long number : numbers) {
                one.setString(1, ID);
                one.setLong(2, number);
                assertEquals(1, one.executeUpdate());
            }
        }
    }

    // ------------------------------------------------------------------ what is there then

    private RepairedLog skipped() {
        return JournalAdmin.repair(config(), "n", "prices", false);
    }

    /** All records; what is damaged fails. */
    private List<LogRecord> records() throws SQLException {
        List<LogRecord> all = new ArrayList<>();
        try (Connection connection = connect()) {
            LogScan.read(connection, ID, new LogScan.Reader() {
                @Override
                public void record(LogRecord record, int bytes) {
                    all.add(record);
                }

                @Override
                public void damaged(long first, long to, RecordCodec.Damaged why) {
                    throw new AssertionError(why);
                }
            });
        }
        return all;
    }

    private static List<LogRecord.Head> heads(LogRecord record) {
        return ((LogRecord.Mark) record).heads();
    }

    private static LostMessages lost(long uid, long from, long to, boolean exact) {
        return new LostMessages(Epoch.of(uid, "prices"), from, to, exact);
    }

    private List<Path> copies() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().contains("before-repair"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @DisplayName("ruleD12: a mark stands in the place of a damaged record, and says what it held; all others are kept")
    void aRecordAmid() throws Exception {
        twoIncarnations();
        damaged(3);
        RepairedLog repaired = skipped();
        assertEquals(1, repaired.records());
        assertEquals(List.of(lost(1, 3, 5, true)), repaired.lost());
        List<LogRecord> now = records();
        assertEquals(6, now.size());
        assertEquals(List.of(head(1, 5)), heads(now.get(2)));
        assertEquals(1, now.get(2).generation());
        assertEquals(6, ((LogRecord.Messages) now.get(3)).first());
        assertEquals(List.of(head(1, 6)), heads(now.get(4)));
    }

    @Test
    @DisplayName("records that are not there are replaced as damaged ones are, each run of them by itself")
    void recordsThatAreMissing() throws Exception {
        twoIncarnations();
        removed(2, 4);
        RepairedLog repaired = skipped();
        assertEquals(2, repaired.records());
        assertEquals(List.of(lost(1, 1, 2, true), lost(1, 6, 6, true)), repaired.lost());
        assertEquals(6, records().size());
    }

    @Test
    @DisplayName("a mark that is damaged is replaced, and nothing is lost")
    void aMark() throws Exception {
        twoIncarnations();
        damaged(5);
        assertEquals(List.of(), skipped().lost());
        assertEquals(List.of(head(1, 6), head(2, 0)), heads(records().get(4)));
    }

    @Test
    @DisplayName("where nothing says how much the last records held, as much counts as lost as may have been there")
    void theLast() throws Exception {
        stored(mark(1, 1), messages(2, 1, 1, 2), messages(3, 1, 3, 1), messages(4, 1, 4, 1));
        damaged(3, 4);
        assertEquals(List.of(lost(1, 3, 2 + 2 * MOST, false)), skipped().lost());
        assertEquals(List.of(head(1, 2 + 2 * MOST)), heads(records().get(2)));
        assertTrue(((LogRecord.Mark) records().get(3)).lastMs() > 1_000_000, "until now");
    }

    @Test
    @DisplayName("so it is where an incarnation's end is damaged together with the beginning of the next")
    void fromOneToTheNext() throws Exception {
        twoIncarnations();
        damaged(4, 5);
        assertEquals(List.of(lost(1, 6, 5 + 2 * MOST, false)), skipped().lost());
        assertEquals(List.of(head(1, 5 + 2 * MOST), head(2, 0)), heads(records().get(4)));
    }

    @Test
    @DisplayName("of a first record that is damaged it is not known from where on it had messages")
    void theFirst() throws Exception {
        stored(messages(7, 1, 50, 2), messages(8, 1, 52, 1));
        damaged(7);
        assertEquals(List.of(lost(1, 1, 51, false)), skipped().lost());
        assertEquals(List.of(head(1, 51)), heads(records().get(0)));
    }

    @Test
    @DisplayName("a truncated log ends in front of the damage, and says of all that was behind that it is lost")
    void truncated() throws Exception {
        twoIncarnations();
        damaged(3);
        RepairedLog repaired = JournalAdmin.repair(config(), "n", "prices", true);
        assertEquals(4, repaired.records());
        assertEquals(List.of(lost(1, 3, 6, true), lost(2, 1, 1, true)), repaired.lost());
        List<LogRecord> now = records();
        assertEquals(3, now.size());
        assertEquals(List.of(head(1, 6), head(2, 1)), heads(now.get(2)));
    }

    @Test
    @DisplayName("the store of before is kept, each time under another name; and not if nothing was changed")
    void isKept() throws Exception {
        twoIncarnations();
        assertEquals(0, skipped().records());
        assertEquals(List.of(), copies());
        damaged(3);
        byte[] before = Files.readAllBytes(directory.resolve("gapless.mv.db"));
        Path kept = skipped().kept();
        assertEquals(List.of(kept), copies());
        assertArrayEquals(before, Files.readAllBytes(kept));
        damaged(4);
        Path second = skipped().kept();
        assertEquals(Stream.of(kept, second).sorted().toList(), copies());
    }

    @Test
    @DisplayName("no start of before is remembered: the log would say that who is not in it published nothing")
    void startsAreForgotten() throws Exception {
        twoIncarnations();
        try (Connection connection = connect()) {
            insert(connection, LogIds.starts("n"), 3, new Start(1, "all", false).behind(List.of(), 0));
            insert(connection, LogIds.starts("n"), 4, new Start(2, "all", false).behind(List.of(), 0));
        }
        damaged(2);
        skipped();
        try (Connection connection = connect();
                PreparedStatement starts = connection.prepareStatement(
                        "SELECT \"event_payload\", \"sequence_number\" FROM \"gapless_journal\" WHERE \"persistence_id\" = ?")) {
            starts.setString(1, LogIds.starts("n"));
            try (ResultSet rows = starts.executeQuery()) {
                assertTrue(rows.next());
                assertArrayEquals(Start.NOBODY, rows.getBytes(1));
                assertEquals(4, rows.getLong(2), "generations go on");
                assertFalse(rows.next());
            }
        }
    }

    @Test
    @DisplayName("what cannot be repaired is left as it is, and the error says what helps")
    void refused() throws Exception {
        twoIncarnations();
        assertRefused("no stored log of topic other", () -> JournalAdmin.repair(config(), "n", "other", false));
        change("UPDATE \"gapless_journal\" SET \"event_payload\" = X'02' || SUBSTRING(\"event_payload\" FROM 2)", 3);
        assertRefused("Start that version", this::skipped);
        damaged(1, 2, 3);
        assertRefused("--skip", () -> JournalAdmin.repair(config(), "n", "prices", true));
        damaged(4, 5, 6);
        assertRefused("gapless journal drop", this::skipped);
        assertEquals(List.of(), copies());
        String postgresql = "gapless.journal { database = postgresql }";
        assertRefused(
                "is a server's",
                () -> JournalAdmin.repair(
                        ConfigFactory.parseString(postgresql).withFallback(ConfigFactory.load()),
                        "n",
                        "prices",
                        false));
    }

    private static void assertRefused(String why, Runnable what) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, what::run);
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
    }

    @Test
    @DisplayName("an export has what is behind a damage, too, and says what is damaged")
    void exportsPastADamage() throws Exception {
        twoIncarnations();
        damaged(3);
        removed(5);
        List<Integer> contents = new ArrayList<>();
        try (JournalAdmin journal = JournalAdmin.open(config())) {
            List<String> damage = journal.messages("n", "prices", message -> contents.add((int) message.bytes()[0]));
            assertEquals(2, damage.size(), damage::toString);
            assertTrue(damage.get(0).contains("record 3"), damage::toString);
            assertEquals("record 5 is missing", damage.get(1));
            assertEquals(Arrays.asList(1, 2, 6, 1), contents);
        }
    }
}
