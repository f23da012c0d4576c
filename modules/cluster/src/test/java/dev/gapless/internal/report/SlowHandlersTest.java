package dev.gapless.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** In a time of the test's own: who holds the same event is found, and nobody else. */
class SlowHandlersTest {
    private static final long SECOND = 1_000_000_000L;

    private final Logger logger = (Logger) LoggerFactory.getLogger(SlowHandlers.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final NodeStats node = new NodeStats(10, Runnable::run);
    private final SubscriptionStats subscription =
            new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM).stats();
    private final SlowHandlers slow = new SlowHandlers("n", node, Duration.ofSeconds(10), "gapless.handlers");

    @BeforeEach
    void begin() {
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
        subscription.begin(7, node.topic("t"));
    }

    @AfterEach
    void end() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
    }

    private static Event<Integer> message(long sequence) {
        CursorToken token = new CursorToken("t", "c", 0, Map.of());
        return new Delivery<>(
                "t", "p", new Position(new Epoch(1), sequence), Instant.EPOCH, null, Map.of(), 1, () -> token);
    }

    private int linesAfter(long seconds) {
        slow.look(seconds * SECOND);
        return appender.list.size();
    }

    @Test
    void warnsAfterTheTimeAndAgainAfterTwiceThat() {
        subscription.gives(message(1));
        assertEquals(0, linesAfter(100)); // seen for the first time
        assertEquals(0, linesAfter(109));
        assertEquals(1, linesAfter(110));
        assertEquals(1, linesAfter(119));
        assertEquals(2, linesAfter(120));
        assertEquals(2, linesAfter(139));
        assertEquals(3, linesAfter(140));
        assertEquals(40 * SECOND, subscription.holdingNs(140 * SECOND));
        assertTrue(
                appender.list.get(2).getFormattedMessage().contains("subscription 7 on node n has not been done with"));
        assertTrue(appender.list.get(2).getFormattedMessage().contains("for 40 s"));
    }

    @Test
    void whoHoldsAnotherMessageAtEachLookIsBusyAndNotSlow() {
        for (int i = 1; i <= 100; i++) {
            subscription.gives(message(i));
            assertEquals(0, linesAfter(5L * i));
            assertEquals(0, subscription.holdingNs(5L * i * SECOND));
            subscription.holds(null);
        }
    }

    @Test
    void ofAWindowTheOldestCounts() {
        Event<Integer> first = message(1);
        Event<Integer> second = message(2);
        subscription.gives(first);
        subscription.gives(second);
        assertEquals(0, linesAfter(0));
        subscription.holds(second); // the first was confirmed
        assertEquals(0, linesAfter(9));
        assertEquals(0, linesAfter(18));
        assertEquals(1, linesAfter(19));
    }

    @Test
    void aReloadThatIsTriedAgainBeginsAnew() {
        CursorExpired<Integer> expired =
                new CursorExpired<>("t", Instant.EPOCH, List.of(), new CursorToken("t", "c", 0, Map.of()));
        for (int attempt = 0; attempt < 10; attempt++) {
            long since = subscription.gives(expired);
            assertEquals(0, linesAfter(6L * attempt));
            subscription.settled(expired, since, true);
            subscription.holds(null);
        }
        subscription.gives(expired);
        assertEquals(0, linesAfter(60));
        assertEquals(1, linesAfter(70));
    }

    @Test
    void aReloadIsUnderWayUntilAnAttemptSucceeds() {
        CursorExpired<Integer> expired =
                new CursorExpired<>("t", Instant.EPOCH, List.of(), new CursorToken("t", "c", 0, Map.of()));
        long first = subscription.gives(expired);
        subscription.settled(expired, first, true);
        assertEquals(SECOND, subscription.reloadingNs(first + SECOND), "it waits to be tried again");
        long second = subscription.gives(expired);
        assertEquals(SECOND, subscription.reloadingNs(first + SECOND), "since the first attempt");
        subscription.settled(expired, second, false);
        assertEquals(0, subscription.reloadingNs(second + SECOND));
    }

    @Test
    @DisplayName("rowO8: without a time nothing is logged, and still shown")
    void withoutATimeNothingIsLoggedAndStillShown() {
        SlowHandlers silent = new SlowHandlers("n", node, Duration.ZERO, "gapless.handlers");
        subscription.gives(message(1));
        silent.look(0);
        silent.look(1_000 * SECOND);
        assertEquals(List.of(), appender.list);
        assertEquals(1_000 * SECOND, subscription.holdingNs(1_000 * SECOND));
        assertEquals(Duration.ofSeconds(1), silent.interval());
        assertEquals(Duration.ofSeconds(1), slow.interval());
        assertEquals(
                Duration.ofMillis(25),
                new SlowHandlers("n", node, Duration.ofMillis(100), "gapless.handlers").interval());
    }

    @Test
    void subscriptionsThatNoThreadRunsAreToldWithTheRemedy() {
        Wakeup wakeup = new Wakeup();
        subscription.wokenBy(wakeup);
        SubscriptionStats blocked = blocked();
        wakeup.claim();
        assertEquals(0, linesAfter(0));
        assertEquals(0, linesAfter(9));
        assertEquals(2, linesAfter(10), "who blocks, and who waits");
        String line = appender.list.get(1).getFormattedMessage();
        for (String part : List.of(
                "Node n: 1 subscriptions have messages and wait for a thread of gapless.handlers",
                "subscription 7 to topic t for 10 s",
                "1 handlers hold a message",
                "raise gapless.handlers.thread-pool-executor.fixed-pool-size",
                "AsyncMessageHandler")) {
            assertTrue(line.contains(part), line);
        }
        blocked.ended(Ended.Reason.FAILED);
        assertEquals(2, linesAfter(19));
        assertEquals(3, linesAfter(20), "after twice the time");
        wakeup.arrived();
        assertEquals(3, linesAfter(100));
        wakeup.claim();
        assertEquals(3, linesAfter(101));
        wakeup.arrived();
        wakeup.claim();
        assertEquals(3, linesAfter(200), "another wake-up: it was run meanwhile");
        assertEquals(4, linesAfter(210));
    }

    @Test
    void ofThoseThatNoThreadRunsTheOneThatWaitsForLongestIsNamed() {
        List<Wakeup> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SubscriptionStats other =
                    new SubscriptionHandle("u" + i, StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM).stats();
            Wakeup wakeup = new Wakeup();
            other.begin(10 + i, node.topic("u" + i));
            other.wokenBy(wakeup);
            others.add(wakeup);
        }
        Wakeup wakeup = new Wakeup();
        subscription.wokenBy(wakeup);
        wakeup.claim();
        assertEquals(0, linesAfter(0));
        others.forEach(Wakeup::claim);
        assertEquals(0, linesAfter(1));
        assertEquals(1, linesAfter(11));
        String line = appender.list.get(0).getFormattedMessage();
        assertTrue(
                line.contains("Node n: 9 subscriptions") && line.contains("subscription 7 to topic t for 11 s"), line);
    }

    private SubscriptionStats blocked() {
        SubscriptionStats blocked =
                new SubscriptionHandle("u", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM).stats();
        blocked.begin(8, node.topic("u"));
        Wakeup wakeup = new Wakeup();
        blocked.wokenBy(wakeup);
        wakeup.claim(); // it has more, and is not the one that waits for a thread
        blocked.gives(message(1));
        return blocked;
    }
}
