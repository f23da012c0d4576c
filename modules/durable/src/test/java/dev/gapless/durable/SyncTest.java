package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code gapless.journal} makes of an embedded database: {@code sync} and {@code create-tables}. */
@Timeout(120)
class SyncTest {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    /** The flag of an open file whose writes are on the disk when they return. */
    private static final int O_DSYNC = 0x1000;

    @TempDir
    Path directory;

    @Test
    @DisplayName("each write of H2 is on the disk when it returns, unless sync is off")
    void writesThrough() throws IOException, SQLException {
        assumeTrue(Files.exists(OPEN_FILES), "which files are open, and how, is known on Linux alone");
        for (boolean sync : new boolean[] {false, true}) {
            Path place = directory.resolve("n" + sync);
            JournalSettings settings = settings(place, sync ? "" : "sync = off");
            new Tables(settings, null).check();
            try (Connection connection = Tables.connect(settings, "");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE more (what INT)");
                statement.execute("INSERT INTO more VALUES (1)");
                assertEquals(List.of(sync), isWrittenThrough(place));
            }
            assertTrue(Files.size(place.resolve("gapless.mv.db")) > 0, "it is the same file with and without");
        }
    }

    private static JournalSettings settings(Path place, String more) {
        return new JournalSettings(ConfigFactory.parseMap(Map.of("gapless.journal.directory", place.toString()))
                .withFallback(ConfigFactory.parseString("gapless.journal { " + more + " }"))
                .withFallback(ConfigFactory.load()));
    }

    @Test
    @DisplayName(
            "each commit is written before it is answered, and what was overwritten leaves the file soon, with sync and without")
    void eachCommitIsWritten() throws SQLException {
        for (String more : List.of("sync = on", "sync = off")) {
            JournalSettings settings = settings(directory.resolve(more), more);
            new Tables(settings, null).check();
            try (Connection connection = Tables.connect(settings, "")) {
                MVStore store = ((SessionLocal)
                                connection.unwrap(JdbcConnection.class).getSession())
                        .getDatabase()
                        .getStore()
                        .getMvStore();
                assertEquals(0, store.getAutoCommitDelay());
                assertEquals(1_000, store.getRetentionTime());
            }
        }
    }

    @Test
    @DisplayName("tables are made unless create-tables is off")
    void tablesAreMadeUnlessThatIsOff() {
        Tables off = new Tables(settings(directory.resolve("n"), "create-tables = off"), null);
        IllegalStateException refused = assertThrows(IllegalStateException.class, off::check);
        assertTrue(refused.getMessage().contains("gapless_journal"), refused::getMessage);
        new Tables(settings(directory.resolve("n"), ""), null).check();
        off.check();
    }

    /** Of each file below this directory that this process has open. */
    private static List<Boolean> isWrittenThrough(Path below) throws IOException {
        List<Boolean> all = new ArrayList<>();
        try (Stream<Path> open = Files.list(OPEN_FILES)) {
            for (Path one : open.toList()) {
                if (Files.exists(one) && Files.readSymbolicLink(one).startsWith(below.toRealPath())) {
                    Path info = Path.of("/proc/self/fdinfo", one.getFileName().toString());
                    String flags = Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("flags:"))
                            .map(line -> line.substring(line.lastIndexOf('\t') + 1))
                            .findFirst()
                            .orElseThrow();
                    all.add((Integer.parseInt(flags, 8) & O_DSYNC) != 0);
                }
            }
        }
        return all;
    }
}
