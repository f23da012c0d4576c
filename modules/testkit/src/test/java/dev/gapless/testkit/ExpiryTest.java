package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler can be made to see. */
class ExpiryTest {
    private static final Topic<String> TOPIC = Topic.of("words", String.class);

    private final GaplessTestKit kit = GaplessTestKit.create();
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");

    @AfterEach
    void close() {
        kit.close();
    }

    /** Counts words; the table knows all of them. */
    private static final class Counting implements MessageHandler<String> {
        final Map<String, Integer> counts = new HashMap<>();
        final Map<String, Integer> table = new TreeMap<>();

        @Override
        public void onMessage(Delivery<String> delivery) {
            if (!delivery.isDeleted()) {
                counts.merge(delivery.message(), 1, Integer::sum);
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            counts.clear();
            counts.putAll(table);
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    private final Counting handler = new Counting();

    @ParameterizedTest
    @EnumSource(Reason.class)
    void anExpiryOfEachReasonHappensAndDeliveryGoesOn(Reason reason) {
        handler.table.put("reloaded", 1);
        TestSubscription<String> seen = kit.expire(reason, TOPIC, handler);
        seen.expectExpiry(feed, reason).expectReloaded().expectNothing();
        assertEquals(handler.table, handler.counts);
        if (reason == Reason.PRODUCER_LOST) {
            feed.start();
        }
        feed.publish(TOPIC, "next");
        seen.expectMessage("next").expectNothing();
    }

    @Test
    void whatIsPublishedIsDeliveredByTheTimeThatTheCallReturns() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, "a");
        app.publish(TOPIC, "b");
        feed.publish(TOPIC, "key", "c");
        var unused = feed.gapless().producer(TOPIC).delete("key");
        assertEquals(Map.of("a", 1, "b", 1, "c", 1), handler.counts);
        seen.expectMessages("a", "b", "c").expectDeleted("key").expectNothing();
    }

    @Test
    void aStuckHandlerIsOverrunAloneAndToldHowManyItMissed() {
        try (GaplessTestKit small = GaplessTestKit.create("gapless.buffer-messages = 5")) {
            TestNode publisher = small.node("publisher");
            TestNode reader = small.node("reader");
            TestSubscription<String> level = reader.subscribe(TOPIC);
            TestSubscription<String> stuck = reader.subscribe(TOPIC, handler).stall();
            for (int i = 1; i <= 12; i++) {
                publisher.publish(TOPIC, "w" + i);
            }
            stuck.expectNothing().proceed();
            assertEquals(7L, stuck.nextExpiry().gaps().get(0).missed());
            stuck.expectMessages("w8", "w9", "w10", "w11", "w12").expectNothing();
            level.expectMessages("w1", "w2", "w3", "w4", "w5", "w6", "w7").expectMessage("w8");
            assertEquals(4, level.events().size() - 8);
        }
    }

    @Test
    void whatIsPublishedDuringAReloadComesAfterIt() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        seen.duringReload(() -> {
            feed.publish(TOPIC, "meanwhile");
            assertEquals(Map.of(), handler.counts, "nothing is delivered during a reload");
        });
        feed.restart();
        seen.expectExpiry(feed, Reason.PRODUCER_RESTARTED)
                .expectReloaded()
                .expectMessage("meanwhile")
                .expectNothing();
    }

    @Test
    void anotherGapDuringAReloadNeedsAnotherOne() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, "before");
        seen.duringReload(feed::restart);
        feed.overrun(TOPIC);
        seen.expectMessage("before")
                .expectExpiry(feed, Reason.OVERRUN)
                .expectReloaded()
                .expectExpiry(feed, Reason.PRODUCER_RESTARTED)
                .expectReloaded()
                .expectNothing();
    }

    @Test
    void aReloadThatFailsIsTriedAgainWithTheSameGapsOnceTimeHasPassed() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        IllegalStateException down = new IllegalStateException("no database");
        seen.failReload(down);
        feed.overrun(TOPIC);
        CursorExpired<String> first = seen.nextExpiry();
        assertEquals(down, seen.nextReloadFailure());
        feed.publish(TOPIC, "waits");
        seen.expectNothing();
        kit.pass(Duration.ofSeconds(1));
        assertEquals(first.gaps(), seen.nextExpiry().gaps());
        seen.expectReloaded().expectMessage("waits").expectNothing();
    }

    @Test
    void rowO4_reloadsAreApartIfTheTestSaysSo() {
        try (GaplessTestKit slow = GaplessTestKit.create("gapless.reload-interval = 1m")) {
            TestSubscription<String> seen = slow.expire(Reason.OVERRUN, TOPIC, handler);
            seen.expectExpiry(Reason.OVERRUN).expectReloaded();
            slow.node("feed").restart();
            AssertionError tooEarly = assertThrows(AssertionError.class, seen::nextExpiry);
            assertTrue(tooEarly.getMessage().contains("while a reload waits for its time"), tooEarly::getMessage);
            slow.pass(Duration.ofMinutes(1));
            seen.expectExpiry(Reason.PRODUCER_RESTARTED).expectReloaded().expectNothing();
        }
    }

    @Test
    void aReloadThatThrowsIsTriedAgain() {
        boolean[] up = {false};
        TestSubscription<String> seen = app.subscribe(TOPIC, new MessageHandler<>() {
            @Override
            public void onMessage(Delivery<String> delivery) {}

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
                if (!up[0]) {
                    throw new IllegalStateException("no database");
                }
                return CompletableFuture.completedFuture(Reload.done());
            }
        });
        feed.restart();
        seen.nextExpiry();
        assertEquals("no database", seen.nextReloadFailure().getMessage());
        up[0] = true;
        kit.pass(Duration.ofSeconds(1));
        seen.nextExpiry();
        seen.expectReloaded();
    }

    @Test
    void aNodeThatLeavesInGoodOrderCausesNoReload() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, "last");
        feed.leave();
        seen.expectMessage("last").expectLeft(feed).expectNothing();
        feed.start();
        feed.publish(TOPIC, "back");
        seen.expectMessage("back").expectNothing();
        app.leave();
        seen.expectEnded(Ended.Reason.SHUTDOWN);
    }

    @Test
    void whatIsPublishedWhileEverybodyIsOverrunIsMissed() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        TestSubscription<String> local = feed.subscribe(TOPIC);
        feed.overrun(TOPIC, () -> feed.publish(TOPIC, "missed"));
        feed.publish(TOPIC, "next");
        seen.expectExpiry(feed, Reason.OVERRUN).expectMessage("next").expectNothing();
        local.expectExpiry(feed, Reason.OVERRUN).expectMessage("next").expectNothing();
    }

    @Test
    void whatIsPublishedWhileALinkIsCutArrivesAfterwards() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        kit.cut(feed, app);
        feed.publish(TOPIC, "held");
        kit.pass(Duration.ofMinutes(2));
        seen.expectNothing();
        kit.reconnect(feed, app);
        seen.expectMessage("held").expectNothing();
    }

    @Test
    void aTokenResumesOnAnotherNodeAndInAnotherIncarnation() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, "one");
        CursorToken token = seen.nextMessage().token();
        app.crash();
        feed.publish(TOPIC, "two");
        TestNode other = kit.node("other");
        other.subscribe(TOPIC, StartFrom.token(token), new Counting())
                .expectMessage("two")
                .expectNothing();
        app.start();
        TestSubscription<String> again = app.subscribe(TOPIC, StartFrom.token(token), handler);
        // Its own last incarnation may have published something; that is in no order with what the feed published.
        assertEquals(List.of("app PRODUCER_RESTARTED"), gaps(again));
        assertEquals(
                List.of("two"),
                again.events().stream()
                        .filter(Delivery.class::isInstance)
                        .map(message -> ((Delivery<?>) message).message())
                        .toList());
        feed.overrun(TOPIC, () -> feed.publish(TOPIC, "missed"));
        assertEquals(
                List.of("app PRODUCER_RESTARTED", "feed OVERRUN"),
                gaps(other.subscribe(TOPIC, StartFrom.token(token.toString()), new Counting())));
    }

    /** What it was told, in one reload or several. */
    private static List<String> gaps(TestSubscription<String> subscription) {
        return subscription.events().stream()
                .filter(CursorExpired.class::isInstance)
                .flatMap(expired -> ((CursorExpired<?>) expired).gaps().stream())
                .map(gap -> gap.node() + " " + gap.reason())
                .toList();
    }

    @Test
    void eachRunOfATestIsTheSame() {
        assertEquals(run(), run());
    }

    private static String run() {
        try (GaplessTestKit kit = GaplessTestKit.create("gapless.buffer-messages = 10")) {
            TestSubscription<String> seen = kit.expire(Reason.OVERRUN, TOPIC, new Counting());
            kit.node("feed").publish(TOPIC, "after");
            return seen.events().stream().map(event -> event.token().toString()).toList() + " " + kit.now();
        }
    }

    @Test
    void aFailureSaysWhatWasExpectedWhatCameAndWhatThereWas() {
        TestSubscription<String> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, "a");
        feed.publish(TOPIC, "b");
        seen.expectMessage("a");
        AssertionError failure = assertThrows(AssertionError.class, () -> seen.expectExpiry(feed, Reason.OVERRUN));
        assertEquals("""
                Topic words: expected an expiry of feed (OVERRUN) next, but got message 2 of feed (b). What there was:
                  seen: message 1 of feed (a)
                  next: message 2 of feed (b)""", failure.getMessage());
        seen.expectMessage("b");
        AssertionError nothing = assertThrows(AssertionError.class, seen::nextMessage);
        assertTrue(nothing.getMessage().contains("expected a message next, but got nothing."), nothing::getMessage);
        feed.overrun(TOPIC);
        AssertionError expiry = assertThrows(AssertionError.class, seen::expectNothing);
        assertTrue(expiry.getMessage().contains("got an expiry of feed (OVERRUN, 1025 missing)"), expiry::getMessage);
    }
}
