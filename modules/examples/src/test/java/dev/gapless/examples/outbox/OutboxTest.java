package dev.gapless.examples.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.Topic;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test publishes what is in the outbox on its own thread: the kit's nodes run there. */
class OutboxTest {
    private static final Topic<String> STOCK = Topic.of("stock", String.class);

    private final JdbcDataSource database = new JdbcDataSource();
    private final GaplessTestKit kit = GaplessTestKit.create();
    private final TestNode shop = kit.node("shop");
    private final TestSubscription<String> seen = kit.node("reader").subscribe(STOCK);
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID());
        connection = database.getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        kit.close();
        connection.close();
    }

    private Outbox<String> outbox() throws SQLException {
        return outbox(Function.identity());
    }

    private Outbox<String> outbox(Function<String, String> read) throws SQLException {
        Outbox<String> outbox = new Outbox<>(database, shop.gapless(), STOCK, read);
        connection.setAutoCommit(false);
        return outbox;
    }

    private void commit(String... messages) throws SQLException {
        for (String message : messages) {
            Outbox.add(connection, STOCK, "key", message);
        }
        connection.commit();
    }

    private List<String> positions() throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery("SELECT position FROM outbox ORDER BY id")) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                String position = rows.getString(1);
                all.add(position == null ? "none" : position.substring(position.indexOf(':')));
            }
            return all;
        }
    }

    @Test
    void whatIsCommittedIsPublishedOnceAndHasItsPosition() throws SQLException {
        try (Outbox<String> outbox = outbox()) {
            commit("a", "b");
            Outbox.add(connection, STOCK, "key", "not committed");
            connection.rollback();
            assertEquals(2, outbox.publish(connection));
            commit("c");
            assertEquals(1, outbox.publish(connection));
            assertEquals(0, outbox.publish(connection));
            seen.expectMessages("a", "b", "c").expectNothing();
            assertEquals(List.of(":1", ":2", ":3"), positions());
        }
    }

    @Test
    void whatWasNotPublishedComesLaterFromTheFirstOn() throws SQLException {
        try (Outbox<String> outbox = outbox()) {
            commit("a", "b".repeat(2_000_000), "c"); // larger than a message may be
            assertThrows(CompletionException.class, () -> outbox.publish(connection));
            assertEquals(List.of(":1", "none", "none"), positions());
        }
        try (Outbox<String> shorter = outbox(message -> message.substring(0, 1))) {
            assertEquals(2, shorter.publish(connection));
            seen.expectMessages("a", "c", "b", "c").expectNothing();
            assertEquals(List.of(":1", ":3", ":4"), positions());
        }
    }

    @Test
    void whatDiedBetweenPublishingAndCommittingIsPublishedAgain() throws SQLException {
        try (Outbox<String> outbox = outbox()) {
            commit("a");
            Connection dies = database.getConnection();
            Outbox<String> first = outbox(message -> closes(dies, message));
            assertThrows(SQLException.class, () -> first.publish(dies));
            seen.expectMessage("a");
            assertEquals(1, outbox.publish(connection));
            seen.expectMessage("a").expectNothing();
        }
    }

    private static String closes(Connection connection, String message) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return message;
    }
}
