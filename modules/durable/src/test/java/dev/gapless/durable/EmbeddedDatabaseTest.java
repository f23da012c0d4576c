package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to H2, as a pool has them. */
class EmbeddedDatabaseTest {
    @TempDir
    private Path directory;

    private static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    @Test
    @DisplayName("what a connection was about to store when its pool closed locks nothing, and keeps no database open")
    void aborted() throws Exception {
        EmbeddedDatabase database = new EmbeddedDatabase();
        database.setUrl("jdbc:h2:file:" + directory.resolve("gapless"));
        try (Connection other = database.getConnection()) {
            execute(other, "CREATE TABLE stored (number INT PRIMARY KEY)");
            execute(other, "INSERT INTO stored VALUES (1)");
            Connection aborted = database.getConnection();
            aborted.setAutoCommit(false);
            assertEquals(1, execute(aborted, "DELETE FROM stored WHERE number = 1"));
            aborted.abort(Runnable::run);
            assertEquals(1, execute(other, "DELETE FROM stored WHERE number = 1"));
        }
        Path file = directory.resolve("gapless.mv.db");
        Files.move(file, directory.resolve("moved.mv.db"));
        database.setUrl("jdbc:h2:file:" + directory.resolve("gapless") + ";IFEXISTS=TRUE");
        SQLException closed = assertThrows(SQLException.class, database::getConnection);
        assertEquals(ErrorCode.DATABASE_NOT_FOUND_WITH_IF_EXISTS_1, closed.getErrorCode());
    }

    @Test
    @DisplayName(
            "a database that H2 has closed, as after a full disk, is a broken connection to its pool, which opens it again")
    void closed() throws SQLException {
        EmbeddedDatabase database = new EmbeddedDatabase();
        database.setUrl("jdbc:h2:file:" + directory.resolve("gapless"));
        Connection other = database.getConnection();
        execute(other, "CREATE TABLE stored (number INT PRIMARY KEY)");
        execute(database.getConnection(), "SHUTDOWN");
        SQLException closed = assertThrows(SQLException.class, () -> execute(other, "INSERT INTO stored VALUES (1)"));
        assertEquals("08006", closed.getSQLState());
        try (Connection again = database.getConnection()) {
            assertEquals(1, execute(again, "INSERT INTO stored VALUES (1)"));
        }
    }
}
