package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapless.journal.sync}. */
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
            JournalSettings settings =
                    new JournalSettings(ConfigFactory.parseMap(Map.of("gapless.journal.directory", place.toString()))
                            .withFallback(ConfigFactory.parseString(sync ? "" : "gapless.journal.sync = off"))
                            .withFallback(ConfigFactory.load()));
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
