package dev.gapless.durable;

import com.typesafe.config.Config;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.LogRecord;
import java.io.IOException;
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
    private static final int FETCHED = 64;

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
        String damage = read(id, (record, bytes) -> {
            counts[0]++;
            counts[1] += bytes;
            if (record instanceof LogRecord.Messages messages) {
                counts[2] += messages.contents().size();
                counts[3] = messages.timeMs();
                incarnations.add(messages.uid());
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
                damage);
    }

    private interface Reader {
        void record(LogRecord record, int bytes);
    }

    /** Reads a log, up to where it is damaged; {@return what is wrong there, or null} */
    private @Nullable String read(String id, Reader reader) {
        RecordCodec codec = new RecordCodec(id);
        try (PreparedStatement log = connection.prepareStatement("SELECT \"sequence_number\", \"event_payload\" FROM"
                + " \"gapless_journal\" WHERE \"persistence_id\" = ? AND \"deleted\" = FALSE ORDER BY 1")) {
            connection.setAutoCommit(false); // or PostgreSQL hands over all rows at once
            log.setFetchSize(FETCHED);
            log.setString(1, id);
            try (ResultSet rows = log.executeQuery()) {
                Integer before = null;
                long next = 0;
                while (rows.next()) {
                    long number = rows.getLong(1);
                    if (next > 0 && number != next) {
                        return "record " + next + " is missing";
                    }
                    byte[] bytes = rows.getBytes(2);
                    reader.record(codec.read(bytes, number, before), bytes.length);
                    before = RecordCodec.checksum(bytes);
                    next = number + 1;
                }
            }
            return null;
        } catch (RecordCodec.Damaged e) {
            return e.getMessage();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            rollback();
        }
    }

    /**
     * Each message of a log, in order.
     *
     * @return what is wrong behind the last, or null. Throws IllegalStateException if that does not work
     */
    public @Nullable String messages(String node, String topic, Consumer<StoredMessage> each) {
        return read(LogIds.log(node, topic), (record, bytes) -> {
            if (record instanceof LogRecord.Messages messages) {
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
        });
    }

    /**
     * Deletes logs: the node begins them anew, and its readers are told that something is missing.
     *
     * @param topic null for all of the node
     * @return how many records are gone. Throws IllegalStateException if that does not work
     */
    public long drop(String node, @Nullable String topic) {
        try (PreparedStatement drop =
                        connection.prepareStatement("DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ?");
                PreparedStatement starts = connection.prepareStatement(
                        "DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" <"
                                + " (SELECT MAX(\"sequence_number\") FROM \"gapless_journal\" WHERE \"persistence_id\" = ?)");
                PreparedStatement forget = connection.prepareStatement(
                        "UPDATE \"gapless_journal\" SET \"event_payload\" = ? WHERE \"persistence_id\" = ?")) {
            connection.setAutoCommit(false);
            long dropped = 0;
            for (String id : ids()) {
                boolean isIts = LogIds.isLog(id) && LogIds.node(id).equals(node);
                if (isIts && (topic == null || LogIds.topic(id).equals(topic))) {
                    drop.setString(1, id);
                    dropped += drop.executeUpdate();
                }
            }
            // No start is remembered: else a log would say that who is not in it published nothing. Generations go on
            // from the last.
            starts.setString(1, LogIds.starts(node));
            starts.setString(2, LogIds.starts(node));
            starts.executeUpdate();
            forget.setBytes(1, Start.NOBODY);
            forget.setString(2, LogIds.starts(node));
            forget.executeUpdate();
            connection.commit();
            return dropped;
        } catch (SQLException e) {
            rollback();
            throw failed(e);
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
