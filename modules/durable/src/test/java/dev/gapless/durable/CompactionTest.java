package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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

    private interface Committed {
        void by(Connection connection);
    }

    private long bytesOf(String name, Committed committed) throws SQLException, IOException {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:file:" + directory.resolve(name) + ";WRITE_DELAY=0;RETENTION_TIME=0");
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
                committed.by(connection);
            }
            return Files.size(directory.resolve(name + ".mv.db"));
        }
    }

    @Test
    @DisplayName("a file that is compacted after commits stays small, without WRITE_DELAY, too")
    void staysSmall() throws SQLException, IOException {
        long left = bytesOf("left", connection -> {});
        Compaction compaction = new Compaction(1);
        long compacted = bytesOf("compacted", compaction::committed);
        System.out.println(left + " bytes, compacted " + compacted);
        assertTrue(2 * compacted < left, () -> left + " bytes, compacted " + compacted);
    }
}
