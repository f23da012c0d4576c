package dev.gapless.durable;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to H2 of which a pool notices that their database was closed. H2 closes it after a write that failed, as on a full disk; its
 * connections then fail for ever, and say all the same that they are valid. Here that failure has the state of a broken connection, so the
 * pool makes a new one, which opens the database again. And a connection that the pool aborts is closed. Public as the pool makes an
 * instance by reflection. Thread-safe.
 */
public final class EmbeddedDatabase implements DataSource {
    static final String READ_ONLY =
            "the file of the database, or its directory, cannot be written to: make it writable";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String BROKEN_CONNECTION = "08006";
    private static final Set<Integer> CLOSED =
            Set.of(ErrorCode.DATABASE_IS_CLOSED, ErrorCode.DATABASE_CALLED_AT_SHUTDOWN, ErrorCode.OBJECT_CLOSED);

    /** Without a stack trace, as the pool logs each of them. */
    private static final class Closed extends SQLNonTransientConnectionException {
        private static final long serialVersionUID = 1;

        Closed(SQLException failure) {
            super(StoreProblem.why(failure), BROKEN_CONNECTION, failure.getErrorCode());
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final JdbcDataSource database = new JdbcDataSource();
    private final Compaction compaction;

    /** For the pool. */
    public EmbeddedDatabase() {
        this(new Compaction(Compaction.INTERVAL_NS));
    }

    EmbeddedDatabase(Compaction compaction) {
        this.compaction = compaction;
    }

    /** For the pool: which database. */
    public void setUrl(String url) {
        database.setURL(url);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return writable(database.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return writable(database.getConnection(user, password));
    }

    /** H2 opens what it cannot write to for reading, and as long as a connection is there it stays so. */
    private Connection writable(Connection connection) throws SQLException {
        if (connection.isReadOnly()) {
            connection.close();
            throw new SQLException(READ_ONLY);
        }
        return telling(Connection.class, connection);
    }

    private <T> T telling(Class<T> type, T of) {
        InvocationHandler handler = (proxy, method, arguments) -> call(of, method, arguments);
        return type.cast(
                Proxy.newProxyInstance(EmbeddedDatabase.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object call(Object of, Method method, Object @Nullable [] arguments) throws Throwable {
        if (of instanceof Connection connection && method.getName().equals("abort")) {
            abort(connection, (Executor) Objects.requireNonNull(arguments)[0]);
            return null;
        }
        Object result;
        try {
            result = method.invoke(of, arguments);
        } catch (InvocationTargetException e) {
            Throwable failure = e.getTargetException();
            throw failure instanceof SQLException sql && CLOSED.contains(sql.getErrorCode())
                    ? new Closed(sql)
                    : failure;
        }
        if (of instanceof Connection connection && method.getName().equals("commit")) {
            compaction.committed(connection);
        }
        if (result instanceof CallableStatement) {
            return result;
        } else if (result instanceof PreparedStatement prepared) {
            return telling(PreparedStatement.class, prepared);
        }
        return result instanceof Statement statement ? telling(Statement.class, statement) : result;
    }

    /**
     * A pool that closes does this to connections that are in use, and forgets them. H2 does nothing then: what such a connection was about to
     * store would lock its rows, and the database stay open, as long as the process lives.
     */
    private static void abort(Connection connection, Executor executor) {
        executor.execute(() -> {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be closed", e);
            }
        });
    }

    // ------------------------------------------------------------------ the rest of a data source

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return database.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        database.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) {
        database.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return database.getLoginTimeout();
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return database.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return database.isWrapperFor(type);
    }
}
