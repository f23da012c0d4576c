package dev.gapless.durable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Does a pooler in front of PostgreSQL give a session to one connection for a transaction, and to another one for the next, as pgbouncer with
 * {@code pool_mode = transaction} does? The driver's prepared statements are then in other sessions than it takes them to be in.
 */
final class SharedSessions {
    private static final int ATTEMPTS = 3;

    private SharedSessions() {}

    /** Makes a connection to the same place. */
    interface Connector {
        Connection connect() throws SQLException;
    }

    /** Makes further connections, one after the other: two that are open have a session each, and keep it, unless they share. */
    static boolean areBehind(Connection one, Connector another) throws SQLException {
        int session = session(one);
        for (int i = 0; i < ATTEMPTS; i++) {
            try (Connection other = another.connect()) {
                other.setAutoCommit(false); // it keeps its session until it is closed
                if (session(other) == session || session(one) != session) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
