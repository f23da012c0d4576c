package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring of rows, each committed by itself, as a log writes it. */
class CompactionTest {
    private static final int RING = 4_000;
    private static final int COMMITS = 12_000;

    @TempDir
    private Path directory;

    private String url(String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";WRITE_DELAY=0;RETENTION_TIME=0";
    }

    private long bytesOf(String name, DataSource database) throws SQLException, IOException {
        try (Connection connection = database.getConnection()) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE stored (number INT PRIMARY KEY, bytes VARBINARY, name VARCHAR UNIQUE)");
            connection.setAutoCommit(false);
            PreparedStatement insert = connection.prepareStatement("INSERT INTO stored VALUES (?, ?, ?)");
            PreparedStatement delete = connection.prepareStatement("DELETE FROM stored WHERE number <= ?");
            for (int i = 0; i < COMMITS; i++) {
                insert.setInt(1, i);
                insert.setBytes(2, new byte[100]);
                insert.setString(3, "log " + i);
                insert.executeUpdate();
                if (i % RING == 0) {
                    delete.setInt(1, i - RING);
                    delete.executeUpdate();
                }
                connection.commit();
            }
            return Files.size(directory.resolve(name + ".mv.db"));
        }
    }

    @Test
    @DisplayName("a file that is compacted after commits stays small, without WRITE_DELAY, too")
    void staysSmall() throws SQLException, IOException {
        JdbcDataSource plain = new JdbcDataSource();
        plain.setURL(url("left"));
        long left = bytesOf("left", plain);
        EmbeddedDatabase compacting = new EmbeddedDatabase(new Compaction(1));
        compacting.setUrl(url("compacted"));
        long compacted = bytesOf("compacted", compacting);
        System.out.println(left + " bytes, compacted " + compacted);
        assertTrue(2 * compacted < left, () -> left + " bytes, compacted " + compacted);
    }

    @Test
    @DisplayName("who commits has the file looked at within a second or so, on a thread that keeps no process")
    void beginsByItself() throws SQLException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        EmbeddedDatabase database = new EmbeddedDatabase();
        database.setUrl(url("small"));
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE stored (number INT)");
            connection.setAutoCommit(false);
            TestNode.await(() -> {
                try {
                    statement.execute("INSERT INTO stored VALUES (1)");
                    connection.commit();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
                List<Thread> newOnes = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread ->
                                !before.contains(thread) && thread.getName().equals("gapless-journal-compaction"))
                        .toList();
                return !newOnes.isEmpty() && newOnes.stream().allMatch(Thread::isDaemon);
            });
        }
    }
}
