package dev.gapless.durable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of a store, and whether its database keeps what it confirms. It blocks. */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);
    /** Settings of a PostgreSQL server that lose what it has confirmed if they are off. */
    private static final String[] SAFETY = {"fsync", "full_page_writes", "synchronous_commit"};

    private final JournalSettings settings;

    private final @Nullable EmbeddedFile file;

    /** Those of these settings; of an embedded database in this file. */
    Tables(JournalSettings settings, @Nullable EmbeddedFile file) {
        this.settings = settings;
        this.file = file;
    }

    /** Makes what is not there. Throws IllegalStateException, for people, if the database cannot be used. */
    void check() {
        try {
            if (settings.directory != null) {
                settings.directory.prepare();
            }
            try (Connection connection = connect(settings, "");
                    Statement statement = connection.createStatement()) {
                if (connection.isReadOnly()) {
                    throw new SQLException(EmbeddedDatabase.READ_ONLY);
                }
                if (settings.database == JournalSettings.Database.POSTGRESQL) {
                    checkSessions(connection);
                    checkServer(statement);
                }
                if (settings.createTables) {
                    for (String ddl : ddl()) {
                        statement.execute(ddl);
                    }
                }
                statement
                        .executeQuery("SELECT 1 FROM \"gapless_journal\" WHERE 1 = 0")
                        .close();
                if (file != null) {
                    file.opened();
                }
            }
        } catch (SQLException | IOException e) {
            throw settings.problem(e);
        }
    }

    /**
     * A connection of its own.
     *
     * @param embedded a further setting of an embedded database
     */
    static Connection connect(JournalSettings settings, String embedded) throws SQLException {
        Properties properties = new Properties();
        settings.properties().forEach(properties::setProperty);
        boolean isEmbedded = settings.database == JournalSettings.Database.H2 && !embedded.isEmpty();
        return DriverManager.getConnection(settings.url + (isEmbedded ? ";" + embedded : ""), properties);
    }

    private void checkSessions(Connection connection) throws SQLException {
        boolean prepares = !"0".equals(settings.properties().get("prepareThreshold"));
        if (prepares && SharedSessions.areBehind(connection, () -> connect(settings, ""))) {
            throw new IllegalStateException(
                    settings.named() + " is behind a pooler that shares sessions, as pgbouncer does with"
                            + " pool_mode = transaction: prepared statements get lost there. Set pool_mode = session for this"
                            + " database, or name the server itself, or have nothing prepared: add prepareThreshold=0 to the parameters of the URL");
        }
    }

    private void checkServer(Statement statement) throws SQLException {
        String encoding = shown(statement, "server_encoding");
        if (!encoding.equals("UTF8")) {
            throw new IllegalStateException(
                    settings.named() + " has the encoding " + encoding + ", which does not have all characters"
                            + " of topics' and nodes' names. Make the database anew, with ENCODING 'UTF8' TEMPLATE template0");
        }
        for (String name : SAFETY) {
            if (shown(statement, name).toLowerCase(Locale.ROOT).equals("off")) {
                unsafe(name);
            }
        }
    }

    /** The value of a setting of the server. */
    private static String shown(Statement statement, String name) throws SQLException {
        try (ResultSet shown = statement.executeQuery("SHOW " + name)) {
            return shown.next() ? shown.getString(1) : "";
        }
    }

    private void unsafe(String name) {
        String what = "The server at " + settings.place() + " has " + name
                + " = off: if it crashes, it may lose messages that it has confirmed";
        if (settings.refusesUnsafe) {
            throw new IllegalStateException(
                    what + ". Set it to on, or accept that with gapless.journal.unsafe-server = warn");
        }
        LOG.warn("{}", what);
    }

    private String[] ddl() throws IOException {
        String file = settings.database.name().toLowerCase(Locale.ROOT) + ".sql";
        try (InputStream in = Tables.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(file + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split(";");
        }
    }
}
