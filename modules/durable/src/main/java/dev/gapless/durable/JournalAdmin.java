package dev.gapless.durable;

import com.typesafe.config.Config;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store, for people who look after it. The nodes that use it must not run, but for {@link #topics}, {@link #messages} and
 * {@link #subscriptions} of PostgreSQL. For one thread.
 */
public final class JournalAdmin implements AutoCloseable {
    private final JournalSettings settings;
    private final Connection connection;

    private JournalAdmin(JournalSettings settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
    }

    /**
     * That of these settings, {@code gapless.journal} among them. Throws ConfigException if they are wrong, and IllegalStateException if there
     * is no store, or it is in use.
     */
    public static JournalAdmin open(Config system) {
        JournalSettings settings = new JournalSettings(system);
        try {
            if (settings.directory != null) {
                settings.directory.check();
            }
            return new JournalAdmin(settings, Tables.connect(settings, "IFEXISTS=TRUE"));
        } catch (SQLException | IOException e) {
            throw settings.problem(e);
        }
    }

    /** All logs, by node and topic. Each is read as a whole, and its damage is told. Throws IllegalStateException if that does not work. */
    public List<StoredTopic> topics() {
        List<StoredTopic> topics = new ArrayList<>();
        for (String id : ids()) {
            if (LogIds.isLog(id)) {
                topics.add(topic(id));
            }
        }
        return topics;
    }

    private List<String> ids() {
        try (PreparedStatement all = connection.prepareStatement(
                        "SELECT DISTINCT \"persistence_id\" FROM \"gapless_journal\" ORDER BY 1");
                ResultSet rows = all.executeQuery()) {
            List<String> ids = new ArrayList<>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private StoredTopic topic(String id) {
        long[] counts = new long[4];
        Set<Long> incarnations = new HashSet<>();
        List<String> damage = new ArrayList<>();
        read(id, new LogScan.Reader() {
            @Override
            public void record(LogRecord record, int bytes) {
                counts[0]++;
                counts[1] += bytes;
                if (record instanceof LogRecord.Messages messages) {
                    counts[2] += messages.contents().size();
                    counts[3] = messages.timeMs();
                    incarnations.add(messages.uid());
                }
            }

            @Override
            public void damaged(long first, long last, RecordCodec.Damaged why) {
                damage.add(String.valueOf(why.getMessage()));
            }
        });
        return new StoredTopic(
                LogIds.node(id),
                LogIds.topic(id),
                counts[0],
                counts[1],
                counts[2],
                incarnations.size(),
                counts[3],
                damage.isEmpty() ? null : damage.get(0));
    }

    private void read(String id, LogScan.Reader reader) {
        try {
            connection.setAutoCommit(false); // or PostgreSQL hands over all rows at once
            LogScan.read(connection, id, reader);
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            rollback();
        }
    }

    /**
     * Each message of a log, in order, also those behind records that are damaged.
     *
     * @return what is damaged; empty if nothing is. Throws IllegalStateException if that does not work
     */
    public List<String> messages(String node, String topic, Consumer<StoredMessage> each) {
        List<String> damage = new ArrayList<>();
        read(LogIds.log(node, topic), new LogScan.Reader() {
            @Override
            public void record(LogRecord record, int bytes) {
                if (record instanceof LogRecord.Messages messages) {
                    told(topic, messages, each);
                }
            }

            @Override
            public void damaged(long first, long last, RecordCodec.Damaged why) {
                damage.add(String.valueOf(why.getMessage()));
            }
        });
        return damage;
    }

    private static void told(String topic, LogRecord.Messages messages, Consumer<StoredMessage> each) {
        long sequence = messages.first();
        for (Content content : messages.contents()) {
            if (content.isInvalidation()) {
                sequence++;
                continue;
            }
            each.accept(new StoredMessage(
                    new Position(Epoch.of(messages.uid(), topic), sequence++),
                    messages.timeMs(),
                    content.key(),
                    content.tombstone(),
                    content.headers(),
                    content.format().serializerId(),
                    content.format().manifest(),
                    content.bytes()));
        }
    }

    /**
     * Repairs a log of an embedded database that is damaged: readers that lack some of what is lost are told, and all others go on. The
     * database of before is kept, beside its file.
     *
     * @param truncated whether the log ends in front of the first record that cannot be read; if not, all that can be read behind it is kept
     */
    public static RepairedLog repair(Config system, String node, String topic, boolean truncated) {
        JournalSettings settings = new JournalSettings(system);
        if (settings.directory == null) {
            throw new IllegalStateException(settings.named() + " is a server's, and is not repaired. Put a backup back,"
                    + " or delete the log: gapless journal drop NODE TOPIC");
        }
        EmbeddedDirectory directory = settings.directory;
        try {
            Path kept = directory.keep();
            boolean changes = false;
            try (JournalAdmin journal = open(system)) {
                LogRepair.Done done = journal.repaired(node, topic, truncated);
                changes = done.records() > 0;
                journal.commit();
                return new RepairedLog(kept, done.records(), done.lost());
            } finally {
                if (!changes) {
                    Files.delete(kept); // it may be no copy: somebody may be writing to the store
                }
            }
        } catch (IOException e) {
            throw settings.problem(e);
        }
    }

    private LogRepair.Done repaired(String node, String topic, boolean truncated) {
        try {
            connection.setAutoCommit(false);
            LogRepair.Done done =
                    new LogRepair(connection, LogIds.log(node, topic), System.currentTimeMillis()).repair(truncated);
            if (done.records() > 0) {
                forgetStarts(node);
            }
            return done;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Deletes logs: the node begins them anew, and its readers are told that something is missing.
     *
     * @param topic null for all of the node
     * @return how many records are gone. Throws IllegalStateException if that does not work
     */
    public long drop(String node, @Nullable String topic) {
        try (PreparedStatement drop =
                connection.prepareStatement("DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ?")) {
            connection.setAutoCommit(false);
            long dropped = 0;
            for (String id : ids()) {
                boolean isIts = LogIds.isLog(id) && LogIds.node(id).equals(node);
                if (isIts && (topic == null || LogIds.topic(id).equals(topic))) {
                    drop.setString(1, id);
                    dropped += drop.executeUpdate();
                }
            }
            forgetStarts(node);
            connection.commit();
            return dropped;
        } catch (SQLException e) {
            rollback();
            throw failed(e);
        }
    }

    /** No start is remembered: else a log would say that who is not in it published nothing. Generations go on from the last. */
    private void forgetStarts(String node) throws SQLException {
        try (PreparedStatement starts = connection.prepareStatement(
                        "DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" <"
                                + " (SELECT MAX(\"sequence_number\") FROM \"gapless_journal\" WHERE \"persistence_id\" = ?)");
                PreparedStatement forget = connection.prepareStatement(
                        "UPDATE \"gapless_journal\" SET \"event_payload\" = ? WHERE \"persistence_id\" = ?")) {
            starts.setString(1, LogIds.starts(node));
            starts.setString(2, LogIds.starts(node));
            starts.executeUpdate();
            forget.setBytes(1, Start.NOBODY);
            forget.setString(2, LogIds.starts(node));
            forget.executeUpdate();
        }
    }

    /** All named subscriptions, by topic and name. Throws IllegalStateException if that does not work. */
    public List<StoredSubscription> subscriptions() {
        List<StoredSubscription> all = new ArrayList<>();
        for (String id : ids()) {
            if (LogIds.isSubscription(id)) {
                subscription(id).ifPresent(all::add);
            }
        }
        return all;
    }

    private Optional<StoredSubscription> subscription(String id) {
        try (PreparedStatement last =
                connection.prepareStatement("SELECT \"event_payload\" FROM \"gapless_journal\" WHERE"
                        + " \"persistence_id\" = ? AND \"deleted\" = FALSE ORDER BY \"sequence_number\" DESC")) {
            last.setMaxRows(1);
            last.setString(1, id);
            try (ResultSet row = last.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                byte[] bytes = row.getBytes(1);
                StoredToken.Row stored = StoredToken.Row.read(bytes);
                String[] its = LogIds.subscription(id);
                return Optional.of(new StoredSubscription(
                        its[0],
                        its[1],
                        stored.timeMs(),
                        bytes.length,
                        !stored.token().isEmpty()));
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Deletes the token of a named subscription: it begins as its start says when it is opened next.
     *
     * @return whether there was one. Throws IllegalStateException if that does not work
     */
    public boolean dropSubscription(String topic, String name) {
        try (PreparedStatement drop =
                connection.prepareStatement("DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ?")) {
            drop.setString(1, LogIds.subscription(topic, name));
            return drop.executeUpdate() > 0;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void rollback() {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // the connection is of no use any more, which the next call says
        }
    }

    private IllegalStateException failed(SQLException e) {
        return settings.problem(e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
