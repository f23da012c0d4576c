package dev.gapless.multijvm.node;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.examples.outbox.Outbox;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.sql.DataSource;
import org.apache.pekko.actor.ActorSystem;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** An application that changes rows, and publishes that from an outbox; and one that follows on another node. */
final class OutboxCommands implements Commands {
    private static final int KEYS = 5;

    private final ActorSystem system;
    private final Commands others;
    private final Followed followed = new Followed();
    private volatile boolean writing;

    OutboxCommands(ActorSystem system, Commands others) {
        this.system = system;
        this.others = others;
    }

    @Override
    public Object run(String command, Arguments arguments) throws Exception {
        switch (command) {
            case "outbox-write" -> write(topic(arguments), arguments.text("url"));
            case "outbox-stop" -> writing = false;
            case "outbox-rows" -> {
                return rows(arguments.text("url"));
            }
            case "outbox-follow" ->
                Gapless.get(system)
                        .subscribe(topic(arguments), StartFrom.latest(), followed)
                        .ready()
                        .toCompletableFuture()
                        .join();
            case "outbox-followed" -> {
                return followed.text();
            }
            default -> {
                return others.run(command, arguments);
            }
        }
        return "done";
    }

    private static Topic<Object> topic(Arguments arguments) {
        return Topic.of(arguments.text("topic"), Object.class);
    }

    /** A thread for each key raises its version, for as long as the process lives, or until it is told to stop. */
    private void write(Topic<Object> topic, String url) throws SQLException {
        DataSource database = database(url);
        new Outbox<Object>(database, Gapless.get(system), topic, text -> text.getBytes(StandardCharsets.UTF_8)).start();
        try (Connection connection = database.getConnection();
                Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE IF NOT EXISTS stock (id VARCHAR(16) PRIMARY KEY, version BIGINT NOT NULL)");
        }
        writing = true;
        for (int i = 0; i < KEYS; i++) {
            String key = "k" + i;
            Thread thread = new Thread(() -> write(database, topic, key), "writer of " + key);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void write(DataSource database, Topic<?> topic, String key) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            while (writing) {
                long version = version(connection, key) + 1;
                String sql = version == 1
                        ? "INSERT INTO stock (version, id) VALUES (?, ?)"
                        : "UPDATE stock SET version = ? WHERE id = ?";
                try (PreparedStatement change = connection.prepareStatement(sql)) {
                    change.setLong(1, version);
                    change.setString(2, key);
                    change.executeUpdate();
                }
                Outbox.add(connection, topic, key, key + " " + version);
                connection.commit();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(key, e);
        }
    }

    private static long version(Connection connection, String key) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT version FROM stock WHERE id = ?")) {
            select.setString(1, key);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** The version of each key; nothing while something in the outbox has no position. */
    private static String rows(String url) throws SQLException {
        try (Connection connection = database(url).getConnection();
                Statement select = connection.createStatement()) {
            try (ResultSet waits = select.executeQuery("SELECT COUNT(*) FROM outbox WHERE position IS NULL")) {
                waits.next();
                if (waits.getLong(1) > 0) {
                    return "";
                }
            }
            Map<String, Long> versions = new TreeMap<>();
            try (ResultSet rows = select.executeQuery("SELECT id, version FROM stock")) {
                while (rows.next()) {
                    versions.put(rows.getString(1), rows.getLong(2));
                }
            }
            return versions.toString();
        }
    }

    /** What a subscriber has: of each key the last version. */
    private static final class Followed implements MessageHandler<Object> {
        private final Map<String, Long> versions = new ConcurrentSkipListMap<>();
        private final List<String> wrong = new ArrayList<>();
        private long again;

        @Override
        public synchronized void onMessage(Delivery<Object> delivery) {
            String[] words = new String((byte[]) delivery.message(), StandardCharsets.UTF_8).split(" ", -1);
            long version = Long.parseLong(words[1]);
            long before = versions.getOrDefault(words[0], 0L);
            if (version <= before) {
                again++;
            } else if (version > before + 1) {
                wrong.add(words[0] + " went from " + before + " to " + version);
            }
            versions.merge(words[0], version, Math::max);
        }

        @Override
        public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<Object> expired) {
            wrong.add("was told " + expired.gaps());
            return CompletableFuture.completedFuture(Reload.done());
        }

        synchronized String text() {
            return versions + (wrong.isEmpty() ? "" : ", " + wrong) + (again > 0 ? " again" : "");
        }
    }

    private static DataSource database(String url) {
        if (url.startsWith("jdbc:h2:")) {
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setURL(url);
            h2.setUser("gapless");
            return h2;
        }
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setURL(url);
        postgres.setUser("gapless");
        return postgres;
    }
}
