package dev.gapless.examples.orderbook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredOrderBookTest {
    private final GaplessTestKit kit = GaplessTestKit.create("gapless.buffer-messages = 10");
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");
    private final Database exchanges = Exchange.database("jdbc:h2:mem:");
    private final Database own = StoredOrderBook.database("jdbc:h2:mem:");
    private Exchange exchange;

    @BeforeEach
    void open() throws SQLException {
        exchange = new Exchange(feed.gapless(), exchanges);
        exchange.change(Side.BID, 99, 10);
        exchange.change(Side.ASK, 101, 5);
    }

    @AfterEach
    void close() throws SQLException {
        kit.close();
        exchanges.close();
        own.close();
    }

    private TestSubscription<Change> start(StoredOrderBook book) throws SQLException {
        var unused = book.start(app.gapless());
        return app.subscription(Exchange.CHANGES);
    }

    private void assertLevel(StoredOrderBook book) throws SQLException {
        assertEquals(Exchange.snapshot(exchanges).quantities(), book.quantities());
    }

    @Test
    void beginsWithWhatThereIsAndFollows() throws SQLException {
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        start(book);
        assertLevel(book);
        exchange.change(Side.BID, 99, -4);
        exchange.change(Side.ASK, 101, -5);
        assertEquals(Map.of(new Level("feed", Side.BID, 99), 6L), book.quantities());
        assertLevel(book);
    }

    @Test
    void knowsThatItIsStaleWhenItsNodeHasEnded() throws SQLException {
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        start(book);
        assertTrue(book.isCurrent());
        app.leave();
        assertFalse(book.isCurrent());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void isLikeTheSourceAfterEveryKindOfExpiry(Reason reason) throws SQLException {
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        TestSubscription<Change> seen = kit.expire(reason, Exchange.CHANGES, book);
        seen.expectExpiry(reason).expectReloaded();
        assertLevel(book);
        if (reason == Reason.PRODUCER_LOST) {
            feed.start();
        }
        exchange = new Exchange(feed.gapless(), exchanges); // publishes its last change again
        exchange.change(Side.BID, 98, 1);
        assertEquals(1, seen.nextMessage().message().quantity() - 4); // the change of the ask by 5
        assertLevel(book);
    }

    @Test
    void whatIsWrittenDuringAReloadHasItsEffectOnce() throws SQLException {
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        TestSubscription<Change> seen = start(book);
        feed.overrun(Exchange.CHANGES, () -> Market.unchecked(() -> exchange.change(Side.BID, 97, 3)));
        seen.expectExpiry(feed, Reason.OVERRUN);
        seen.duringReload(() -> Market.unchecked(() -> exchange.change(Side.BID, 97, 4)));
        feed.overrun(Exchange.CHANGES);
        assertLevel(book);
        assertEquals(7, book.quantities().get(new Level("feed", Side.BID, 97)));
    }

    @Test
    void aCrashBeforeTheCommitLosesNothingAndRepeatsNothing() throws SQLException {
        StoredOrderBook crashing = new StoredOrderBook(own, exchanges) {
            @Override
            protected void beforeCommit() {
                throw new IllegalStateException("the power fails");
            }
        };
        TestSubscription<Change> seen = start(crashing);
        exchange.change(Side.BID, 96, 2);
        seen.nextMessage();
        seen.expectEnded(Ended.Reason.FAILED);
        exchange.change(Side.BID, 96, 3);

        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        start(book).nextMessage();
        assertEquals(5, book.quantities().get(new Level("feed", Side.BID, 96)));
        assertLevel(book);
    }

    @Test
    void anExchangeWritesFirstAndPublishesAfterwards() throws SQLException {
        List<Long> written = new ArrayList<>();
        app.subscribe(Exchange.CHANGES, new StoredOrderBook(own, exchanges) {
            @Override
            public void onMessage(Delivery<Change> delivery) throws SQLException {
                written.add(Exchange.snapshot(exchanges).numbers().get("feed"));
            }
        });
        exchange.change(Side.BID, 96, 2);
        exchange.change(Side.BID, 96, 3);
        assertEquals(List.of(3L, 4L), written);
    }

    @Test
    void goesOnBehindTheLastChangeThatItHas() throws SQLException {
        TestSubscription<Change> seen = start(new StoredOrderBook(own, exchanges));
        exchange.change(Side.BID, 96, 2);
        exchange.change(Side.BID, 96, 3);
        var unused = seen.cancel();
        exchange.change(Side.BID, 96, 4);
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        TestSubscription<Change> again = start(book);
        assertEquals(4, again.nextMessage().message().quantity());
        again.expectNothing();
        assertLevel(book);
    }

    @Test
    void anExchangeThatCameAndWentMeanwhileIsTold() throws SQLException {
        TestSubscription<Change> seen = start(new StoredOrderBook(own, exchanges));
        feed.lose();
        new Exchange(kit.node("feed2").gapless(), exchanges)
                .change(Side.ASK, 103, 1); // its token is of behind the loss
        var unused = seen.cancel();
        feed.start();
        exchange = new Exchange(feed.gapless(), exchanges);
        exchange.change(Side.BID, 95, 1);
        exchange.change(Side.BID, 95, 2);
        feed.restart();
        exchange = new Exchange(feed.gapless(), exchanges);
        exchange.change(Side.BID, 94, 1);
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        TestSubscription<Change> again = start(book);
        assertEquals("feed", again.nextExpiry().gaps().get(0).node());
        assertLevel(book);
    }

    @Test
    void anExchangeThatEndedBeforeItPublishedSaysItWhenItIsBack() throws SQLException {
        StoredOrderBook book = new StoredOrderBook(own, exchanges);
        TestSubscription<Change> seen = start(book);
        feed.leave();
        try {
            exchange.change(Side.BID, 95, 1);
        } catch (RuntimeException refused) {
            assertEquals(
                    "class dev.gapless.ProducerClosed",
                    String.valueOf(refused.getCause().getClass()));
        }
        seen.expectLeft(feed);
        feed.start();
        exchange = new Exchange(feed.gapless(), exchanges);
        assertLevel(book);
    }
}
