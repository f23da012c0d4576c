package dev.gapless.examples.orderbook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.TableClosed;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderBookTest {
    private final GaplessTestKit kit =
            GaplessTestKit.create("gapless { buffer-messages = 10, reload-interval = 1 minute }");
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");
    private final Database exchanges = Exchange.database("jdbc:h2:mem:");
    private Exchange exchange;
    private OrderBook book;

    @BeforeEach
    void open() throws SQLException {
        exchange = new Exchange(feed.gapless(), exchanges);
        exchange.change(Side.BID, 99, 10);
        exchange.change(Side.ASK, 101, 5);
        book = new OrderBook(app.gapless(), exchanges);
        assertTrue(book.ready().toCompletableFuture().isDone());
    }

    @AfterEach
    void close() throws SQLException {
        book.close();
        kit.close();
        exchanges.close();
    }

    private void assertLevel() throws SQLException {
        assertTrue(book.isCurrent());
        assertEquals(Exchange.snapshot(exchanges).quantities(), book.quantities());
    }

    @Test
    void beginsWithWhatThereIsAndFollows() throws SQLException {
        assertLevel();
        exchange.change(Side.BID, 99, -4);
        exchange.change(Side.ASK, 101, -5);
        assertEquals(Map.of(new Level("feed", Side.BID, 99), 6L), book.quantities());
        assertLevel();
        exchange.change(Side.ASK, 101, 7); // is back
        assertLevel();
    }

    @Test
    void showsNothingHalfDoneUntilItHasWhatItMissed() throws SQLException {
        Map<Level, Long> before = book.quantities();
        feed.overrun(
                Exchange.CHANGES,
                () -> Market.unchecked(() -> {
                    exchange.change(Side.BID, 99, -10);
                    exchange.change(Side.BID, 97, 3);
                }));
        assertFalse(book.isCurrent());
        assertEquals(before, book.quantities());
        kit.pass(Duration.ofMinutes(2));
        assertLevel();
    }

    @Test
    void aLifeOfItsExchangeLaterItIsLevel() throws SQLException {
        feed.restart();
        exchange = new Exchange(feed.gapless(), exchanges); // publishes its last change again
        exchange.change(Side.BID, 98, 1);
        kit.pass(Duration.ofMinutes(2));
        assertLevel();
    }

    @Test
    void isOfNoUseWhenItsNodeHasEnded() {
        app.leave();
        assertFalse(book.isCurrent());
        assertThrows(TableClosed.class, book::quantities);
    }
}
