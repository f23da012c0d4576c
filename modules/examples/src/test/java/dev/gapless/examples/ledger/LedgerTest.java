package dev.gapless.examples.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Topic;
import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Topic<String> PAYMENTS = Topic.of("payments", String.class);

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private final GaplessTestKit kit = GaplessTestKit.create("gapless.buffer-messages = 10");
    private final TestNode shop = kit.node("shop");
    private final TestNode books = kit.node("books");
    private Connection reads;

    @BeforeEach
    void open() throws SQLException {
        reads = DriverManager.getConnection(url);
    }

    @AfterEach
    void close() throws SQLException {
        kit.close();
        reads.close();
    }

    private Ledger<String> ledger() throws SQLException {
        return new Ledger<>(DriverManager.getConnection(url), PAYMENTS, delivery -> String.valueOf(delivery.message()));
    }

    private List<String> rows() throws SQLException {
        try (ResultSet rows = reads.createStatement()
                .executeQuery("SELECT entry FROM ledger WHERE entry NOT LIKE 'Gap%' ORDER BY id")) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    private void startAgain() throws SQLException {
        books.crash();
        books.start();
        var unused = ledger().start(books.gapless());
    }

    /** That its own node may have published is told each time, and booked as a gap: the kit's nodes all publish. */
    @Test
    void hasEachMessageOnceOverCrashes() throws SQLException {
        var unused = ledger().start(books.gapless());
        books.crash();
        shop.publish(PAYMENTS, "1");
        books.start();
        unused = ledger().start(books.gapless());
        shop.publish(PAYMENTS, "2");
        startAgain();
        startAgain();
        shop.publish(PAYMENTS, "3");
        assertEquals(List.of("1", "2", "3"), rows());
    }

    @Test
    void aRowThatWasNotCommittedComesAgain() throws SQLException {
        Connection dies = DriverManager.getConnection(url);
        Ledger<String> first = new Ledger<>(dies, PAYMENTS, delivery -> closes(dies, delivery));
        var unused = first.start(books.gapless());
        shop.publish(PAYMENTS, "1");
        TestSubscription<String> seen = books.subscription(PAYMENTS);
        assertEquals("1", seen.nextMessage().message());
        seen.expectEnded(Ended.Reason.FAILED);
        assertEquals(List.of(), rows());
        unused = ledger().start(books.gapless());
        assertEquals(List.of("1"), rows());
    }

    private static String closes(Connection connection, Delivery<String> delivery) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return String.valueOf(delivery.message());
    }

    @Test
    void theOneThatWasOpenedLastWrites() throws SQLException {
        var unused = ledger().start(books.gapless());
        shop.publish(PAYMENTS, "1");
        Ledger<String> later = ledger();
        shop.publish(PAYMENTS, "2");
        TestSubscription<String> seen = books.subscription(PAYMENTS);
        assertEquals("1", seen.nextMessage().message());
        assertEquals("2", seen.nextMessage().message());
        seen.expectEnded(Ended.Reason.FAILED);
        assertEquals(List.of("1"), rows());
        unused = later.start(kit.node("other").gapless());
        assertEquals(List.of("1", "2"), rows());
    }

    @Test
    void booksWhatIsMissing() throws SQLException {
        kit.expire(Reason.OVERRUN, PAYMENTS, ledger());
        try (ResultSet gaps =
                reads.createStatement().executeQuery("SELECT COUNT(*) FROM ledger WHERE entry LIKE 'Gap%OVERRUN%'")) {
            assertTrue(gaps.next());
            assertEquals(1, gaps.getLong(1));
        }
    }
}
