package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.AsyncMessageHandler;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Payload;
import dev.gapless.Producer;
import dev.gapless.ProducerClosed;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers of all kinds, and applications that subscribe and publish by themselves. */
class HandlersTest {
    private static final Topic<Integer> TOPIC = Topic.of("numbers", Integer.class);
    private static final Topic<Integer> DOUBLED = Topic.of("doubled", Integer.class);

    private final GaplessTestKit kit = GaplessTestKit.create().withPatience(Duration.ofMinutes(1));
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");

    @AfterEach
    void close() {
        kit.close();
    }

    private abstract static class Handler implements MessageHandler<Integer> {
        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    /** An application that subscribes, and publishes from its handler. */
    private static final class Doubling extends Handler {
        private final Producer<Integer> producer;

        Doubling(Gapless gapless) {
            producer = gapless.producer(DOUBLED);
            var unused = gapless.subscribe(TOPIC, StartFrom.latest(), this);
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) {
            producer.publish(2 * delivery.message()).toCompletableFuture().join();
        }
    }

    @Test
    void anApplicationThatSubscribesByItselfIsObserved() {
        TestSubscription<Integer> doubled = feed.subscribe(DOUBLED);
        new Doubling(app.gapless());
        TestSubscription<Integer> seen = app.subscription(TOPIC);
        for (int i = 1; i <= 5; i++) {
            feed.publish(TOPIC, i);
        }
        seen.expectMessages(1, 2, 3, 4, 5).expectNothing();
        doubled.expectMessages(2, 4, 6, 8, 10).expectNothing();
        assertThrows(AssertionError.class, () -> app.subscription(DOUBLED));
    }

    @Test
    void anOrderInsideAHandlerReachesTheOthersAtOnceAndItselfAfterwards() {
        List<String> calls = new ArrayList<>();
        TestSubscription<Integer> other = feed.subscribe(TOPIC);
        app.subscribe(TOPIC, new Handler() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                calls.add("in " + delivery.message());
                if (delivery.message() < 3) {
                    feed.publish(TOPIC, delivery.message() + 1);
                    other.expectMessages(delivery.message());
                }
                calls.add("out " + delivery.message());
            }
        });
        feed.publish(TOPIC, 1);
        assertEquals(List.of("in 1", "out 1", "in 2", "out 2", "in 3", "out 3"), calls);
        other.expectMessage(3).expectNothing();
    }

    /** A handler whose stages the test completes. */
    private static final class Slow implements AsyncMessageHandler<Integer> {
        final List<CompletableFuture<Void>> stages = new ArrayList<>();
        CompletableFuture<Reload> reload = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onMessage(Delivery<Integer> delivery) {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage;
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            return reload;
        }
    }

    @Test
    void anAsynchronousHandlerGetsTheNextOneWhenItsStageCompletes() {
        kit.withPatience(Duration.ofMillis(10));
        Slow handler = new Slow();
        TestSubscription<Integer> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, 1);
        feed.publish(TOPIC, 2);
        seen.expectMessage(1).expectNothing();
        AssertionError failure = assertThrows(AssertionError.class, () -> seen.expectMessage(2));
        assertTrue(failure.getMessage().contains("but got nothing, with 1 unanswered"), failure::getMessage);
        handler.stages.get(0).complete(null);
        seen.expectMessage(2);
        handler.stages.get(1).complete(null);
        feed.overrun(TOPIC);
        feed.publish(TOPIC, 3);
        seen.expectExpiry(feed, Reason.OVERRUN).expectNothing();
        handler.reload.complete(Reload.done());
        seen.expectReloaded().expectMessage(3);
    }

    @Test
    void anExpectationWaitsForAnAnswerFromAnotherThread() throws InterruptedException {
        Slow handler = new Slow();
        TestSubscription<Integer> seen = app.subscribe(TOPIC, handler);
        feed.publish(TOPIC, 1);
        feed.publish(TOPIC, 2);
        seen.expectMessage(1);
        Thread test = Thread.currentThread();
        Thread database = new Thread(() -> {
            while (test.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            handler.stages.get(0).complete(null);
        });
        database.start();
        seen.expectMessage(2);
        database.join();
    }

    @Test
    void stagesThatOtherThreadsCompleteAreWaitedFor() {
        ExecutorService database = Executors.newFixedThreadPool(2);
        try {
            List<Integer> written = new ArrayList<>();
            TestSubscription<Integer> seen = app.subscribe(TOPIC, new AsyncMessageHandler<>() {
                @Override
                public CompletionStage<?> onMessage(Delivery<Integer> delivery) {
                    return CompletableFuture.runAsync(() -> written.add(delivery.message()), database);
                }

                @Override
                public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                    return CompletableFuture.supplyAsync(Reload::done, database);
                }
            });
            for (int i = 1; i <= 200; i++) {
                feed.publish(TOPIC, i);
            }
            feed.restart();
            for (int i = 1; i <= 200; i++) {
                seen.expectMessage(i);
            }
            seen.expectExpiry(feed, Reason.PRODUCER_RESTARTED).expectReloaded().expectNothing();
            assertEquals(IntStream.rangeClosed(1, 200).boxed().toList(), written);
        } finally {
            database.shutdown();
        }
    }

    @Test
    void aHandlerThatFailsEndsItsSubscriptionAsInACluster() {
        TestSubscription<Integer> seen = app.subscribe(TOPIC, new Handler() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                assertEquals(1, delivery.message());
            }
        });
        feed.publish(TOPIC, 1);
        feed.publish(TOPIC, 2);
        Ended<Integer> ended = seen.expectMessages(1, 2).expectEnded(Ended.Reason.FAILED);
        assertInstanceOf(AssertionError.class, ended.cause());
        assertEquals(1, ended.token().positions().get("feed").sequence(), "it resumes at the message that failed");
    }

    @Test
    void aMessageOfAnotherClassIsLeftOutAndOneThatCannotBeDecodedEndsTheSubscription() {
        TestSubscription<Integer> seen = app.subscribe(TOPIC);
        feed.publish(Topic.of("numbers", String.class), "one");
        seen.expectNothing();
        feed.publish(Topic.of("numbers", Payload.class), new Payload(4711, "", new byte[4]));
        assertEquals(2, seen.nextUndecodable().position().sequence());
        seen.expectEnded(Ended.Reason.FAILED);
    }

    @Test
    void filtersPausesAndTimesAreThoseOfACluster() {
        feed.publish(TOPIC, "a1", 1);
        kit.pass(Duration.ofMinutes(1));
        Instant minute = kit.now();
        feed.publish(TOPIC, "b1", 2);
        TestSubscription<Integer> since = app.subscribe(
                TOPIC, StartFrom.since(minute), new Doubling(kit.node("other").gapless()));
        since.expectMessage(2);
        TestSubscription<Integer> really = app.subscribe(TOPIC, StartFrom.since(Instant.now()), new Slow());
        TestSubscription<Integer> filtered = app.subscribe(
                TOPIC, StartFrom.latest(), SubscriptionSettings.defaults().withKeys("a*"), new Slow());
        feed.publish(TOPIC, "a2", 3);
        really.expectMessage(3);
        filtered.expectMessage(3);
        filtered.pause();
        feed.publish(TOPIC, "a3", 4);
        assertEquals(Duration.ZERO, since.lag().age());
        kit.pass(Duration.ofSeconds(30));
        assertEquals(Duration.ofMillis(30_002), filtered.lag().age(), "each publish takes one");
    }

    @Test
    void withBackpressureARingIsOverrunAllTheSame() {
        try (GaplessTestKit patient =
                GaplessTestKit.create("gapless { buffer-messages = 3, topics.numbers.overflow = backpressure }")) {
            TestNode publisher = patient.node("publisher");
            TestSubscription<Integer> seen = patient.node("reader").subscribe(TOPIC);
            seen.stall();
            List<CompletableFuture<?>> published = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                published.add(publisher.gapless().producer(TOPIC).publish(i).toCompletableFuture());
            }
            assertFalse(published.get(9).isDone());
            seen.proceed();
            patient.pass(Duration.ofSeconds(2));
            assertTrue(published.get(9).isDone());
            seen.expectMessages(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).expectNothing();
            publisher.overrun(TOPIC);
            seen.expectExpiry(publisher, Reason.OVERRUN).expectNothing();
        }
    }

    @Test
    void whatIsLeftOfADeadProcessIsRefused() {
        Producer<Integer> producer = feed.gapless().producer(TOPIC);
        TestSubscription<Integer> gone = feed.subscribe(TOPIC);
        feed.crash();
        CompletionException failure = assertThrows(
                CompletionException.class,
                () -> producer.publish(1).toCompletableFuture().join());
        assertInstanceOf(ProducerClosed.class, failure.getCause());
        assertThrows(IllegalStateException.class, () -> feed.subscribe(TOPIC));
        AssertionError nothing = assertThrows(AssertionError.class, gone::nextMessage);
        assertTrue(nothing.getMessage().contains("since its node is not running any more"), nothing::getMessage);
        assertThrows(IllegalStateException.class, app::start);
    }

    @Test
    void readyWaitsForAMemberThatIsSilentAndNamesIt() {
        feed.cutOff();
        Subscription subscription = app.gapless().subscribe(TOPIC, StartFrom.latest(), new Slow());
        assertFalse(subscription.ready().toCompletableFuture().isDone());
        kit.pass(Duration.ofSeconds(10));
        assertEquals(
                List.of("feed"),
                List.copyOf(subscription.ready().toCompletableFuture().join().silent()));
        assertEquals(
                Ended.Reason.CANCELLED,
                subscription.cancel().toCompletableFuture().join());
    }
}
