package dev.gapless.examples.orderbook;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection, and one transaction at a time on it. Thread-safe. */
public final class Database implements AutoCloseable {
    private final Connection connection;

    /** What is done in a transaction: all of it, or if it throws, nothing. */
    public interface Work<V> {
        V in(Database transaction) throws SQLException;
    }

    /** What is read of a row. */
    interface Row<V> {
        V of(ResultSet row) throws SQLException;
    }

    /** Connects, and makes tables where there are none. Each transaction sees the database as it was when it began. */
    public Database(String url, String... tables) {
        try {
            connection = DriverManager.getConnection(url);
            for (String table : tables) {
                update("CREATE TABLE IF NOT EXISTS " + table);
            }
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        } catch (SQLException e) {
            throw new IllegalStateException("No connection to " + url, e);
        }
    }

    /** Does it in a transaction. */
    synchronized <V> V transaction(Work<V> work) throws SQLException {
        boolean done = false;
        try {
            V result = work.in(this);
            connection.commit();
            done = true;
            return result;
        } finally {
            if (!done) {
                connection.rollback();
            }
        }
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    <K, V> Map<K, V> read(String sql, Row<K> key, Row<V> value, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            Map<K, V> result = new HashMap<>();
            while (rows.next()) {
                result.put(key.of(rows), value.of(rows));
            }
            return result;
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    @Override
    public synchronized void close() throws SQLException {
        connection.close();
    }
}
