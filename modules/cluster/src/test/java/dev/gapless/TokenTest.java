package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TokenTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(3, "gapless.topics.small.buffer-messages = 50");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void resumesOnAnotherNodeBehindTheLastMessageThatWasHandled() {
        Topic<Integer> topic = Topic.of("resumed", Integer.class);
        Recorder<Integer> first = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), first);
        get(subscription.ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 10).forEach(producer::publish);
        await(() -> first.messages().size() == 10);
        CursorToken tokenOfTheFifth = first.events().get(4).token();
        get(subscription.cancel());
        IntStream.rangeClosed(11, 20).forEach(producer::publish);

        Recorder<Integer> resumed = new Recorder<>();
        get(cluster.gapless(2)
                .subscribe(topic, StartFrom.token(tokenOfTheFifth.toString()), resumed)
                .ready());
        await(() -> resumed.messages().size() == 15);
        assertEquals(IntStream.rangeClosed(6, 20).boxed().toList(), resumed.messages());

        Recorder<Integer> atTheEnd = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.token(subscription.token()), atTheEnd)
                .ready());
        await(() -> atTheEnd.messages().size() == 10);
        assertEquals(IntStream.rangeClosed(11, 20).boxed().toList(), atTheEnd.messages());
    }

    @Test
    void aTokenThatWasTakenWithAnotherFilterIsToldWhatThatLeftOutUntilItsReloadHasSucceeded() {
        Topic<Integer> topic = Topic.of("filtered", Integer.class);
        SubscriptionSettings keysA = SubscriptionSettings.defaults().withKeys("a*");
        SubscriptionSettings keysB = SubscriptionSettings.defaults().withKeys("b*");
        Recorder<Integer> first = new Recorder<>();
        Subscription some = cluster.gapless(1).subscribe(topic, StartFrom.latest(), keysA, first);
        get(some.ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        get(producer.publish("b1", 1));
        get(producer.publish("a2", 2));
        await(() -> first.messages().equals(List.of(2)));
        get(some.cancel());

        AtomicBoolean fails = new AtomicBoolean(true);
        Recorder<Integer> others = new Recorder<>() {
            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                CompletionStage<Reload> reloaded = super.onCursorExpired(expired);
                return fails.get()
                        ? CompletableFuture.failedFuture(new IllegalStateException("the reload fails"))
                        : reloaded;
            }
        };
        Subscription other = cluster.gapless(2).subscribe(topic, StartFrom.token(some.token()), keysB, others);
        await(() -> others.expired().size() > 0);
        assertEquals(some.token().filter(), other.token().filter(), "in front of the gap, by the filter of before");
        fails.set(false);
        await(() -> other.token().filter() != some.token().filter());
        Gap gap = others.expired().get(0).gaps().get(0);
        assertEquals(Reason.POSITION_UNKNOWN, gap.reason());
        get(producer.publish("b3", 3));
        await(() -> others.messages().equals(List.of(3)));
        get(other.cancel());

        Recorder<Integer> again = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.token(other.token().toString()), keysB, again)
                .ready());
        get(producer.publish("b4", 4));
        await(() -> again.messages().equals(List.of(4)));
        assertEquals(List.of(), again.expired(), "the same filter is told nothing");
    }

    @Test
    @DisplayName("rowP3, expiredThenReplayFromZero: a token that is too old is told, once, and goes on in order")
    void aTokenThatTheRingHasOvertakenIsToldWhatItMissed() {
        Topic<Integer> topic = Topic.of("small", Integer.class);
        Recorder<Integer> first = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), first);
        get(subscription.ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 10).forEach(i -> get(producer.publish(i)));
        await(() -> first.messages().size() == 10);
        get(subscription.cancel());
        IntStream.rangeClosed(11, 500).forEach(i -> get(producer.publish(i)));

        Recorder<Integer> resumed = new Recorder<>();
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.token(subscription.token()), resumed)
                .ready());
        await(() -> resumed.expired().size() == 1);
        get(producer.publish(501));
        await(() -> resumed.messages().size() == 1);
        Gap gap = resumed.expired().get(0).gaps().get(0);
        assertEquals(Reason.OVERRUN, gap.reason());
        assertEquals(11, gap.firstMissing());
        assertEquals(490, gap.missed());
        assertEquals(501, gap.resumesAt().sequence());
        assertEquals(List.of(501), resumed.messages());
    }

    @Tag("seconds")
    @Test
    @DisplayName(
            "rowB1, cutoverReorder, cutoverDrop: from replay to live under load, nothing repeated, nothing missing, nothing out of order")
    void goesFromReplayToLiveUnderLoadWithoutALoss() throws Exception {
        Topic<Integer> topic = Topic.of("cutover", Integer.class);
        Recorder<Integer> live = new Recorder<>();
        Subscription shared = cluster.gapless(1).subscribe(topic, StartFrom.latest(), live);
        get(shared.ready());
        AtomicBoolean stop = new AtomicBoolean();
        // Never more in all than the rings hold: a round may take long, and its token is as old as the test.
        Semaphore permits = new Semaphore(0);
        List<Thread> publishers = new ArrayList<>();
        for (int node : List.of(0, 2)) {
            Producer<Integer> producer = cluster.gapless(node).producer(topic);
            Thread publisher = new Thread(() -> {
                for (int i = 1; !stop.get(); i++) {
                    permits.acquireUninterruptibly();
                    producer.publish(i);
                    if (i % 20 == 0) {
                        java.util.concurrent.locks.LockSupport.parkNanos(4_000_000);
                    }
                }
            });
            publisher.start();
            publishers.add(publisher);
        }
        try {
            permits.release(1200);
            await(() -> live.messages().size() > 1000);
            for (int round = 0; round < 100; round++) {
                permits.release(300);
                List<Event<Integer>> before = live.events();
                CursorToken token =
                        before.get((before.size() - 1) * (round % 10) / 10).token();
                Recorder<Integer> replayed = new Recorder<>();
                Subscription resumed = cluster.gapless(1).subscribe(topic, StartFrom.token(token), replayed);
                get(resumed.ready());
                int reach = live.messages().size() + 100;
                permits.release(300);
                await(() -> live.messages().size() > reach);
                List<Event<Integer>> now = live.events();
                CursorToken end = now.get(now.size() - 1).token();
                await(() -> reached(resumed.token(), end));
                get(resumed.cancel());
                assertFollows(token, replayed.events());
            }
        } finally {
            stop.set(true);
            permits.release(publishers.size());
            for (Thread publisher : publishers) {
                publisher.join();
            }
        }
    }

    private static boolean reached(CursorToken token, CursorToken goal) {
        return goal.positions().entrySet().stream()
                .allMatch(entry -> token.positions().get(entry.getKey()) != null
                        && token.positions().get(entry.getKey()).sequence()
                                >= entry.getValue().sequence());
    }

    private static void assertFollows(CursorToken start, List<Event<Integer>> events) {
        java.util.Map<String, Long> at = new java.util.HashMap<>();
        start.positions().forEach((node, position) -> at.put(node, position.sequence()));
        for (Event<Integer> event : events) {
            if (event instanceof Delivery<Integer> delivery) {
                long expected = at.merge(delivery.node(), 1L, Long::sum);
                assertEquals(expected, delivery.position().sequence(), "of " + delivery.node());
                assertEquals(expected, delivery.message().longValue());
            } else {
                assertTrue(event instanceof Ended, () -> "unexpected " + event);
            }
        }
        assertTrue(events.size() > 1);
    }
}
