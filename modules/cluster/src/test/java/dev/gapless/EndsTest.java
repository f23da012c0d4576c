package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How subscriptions end, and what is left of producers that have ended. */
class EndsTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless.topics.small { buffer-messages = 20, reload-backoff.min = 10ms }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aHandlerThatWaitsForTheEndOfItsOwnSubscriptionIsToldSoAtOnce() {
        Topic<Integer> topic = Topic.of("waits for itself", Integer.class);
        CompletableFuture<Subscription> self = new CompletableFuture<>();
        CompletableFuture<Ended.Reason> chained = new CompletableFuture<>();
        List<Throwable> told = new CopyOnWriteArrayList<>();
        Recorder<Integer> waiting = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                CompletionStage<Ended.Reason> end = self.join().cancel();
                CompletableFuture<Ended.Reason> follows =
                        end.toCompletableFuture().thenApply(reason -> reason);
                told.add(assertThrows(
                        IllegalStateException.class,
                        () -> end.toCompletableFuture().join()));
                told.add(assertThrows(IllegalStateException.class, () -> follows.get(1, TimeUnit.DAYS)));
                end.thenAccept(chained::complete);
            }

            @Override
            public void onEnded(Ended<Integer> ended) {
                super.onEnded(ended);
                told.add(assertThrows(
                        IllegalStateException.class,
                        () -> self.join().whenEnded().toCompletableFuture().get()));
            }
        };
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), waiting);
        get(subscription.ready());
        self.complete(subscription);
        get(cluster.gapless(0).producer(topic).publish(1));
        assertEquals(Ended.Reason.CANCELLED, get(chained));
        assertEquals(3, told.size());
        for (Throwable each : told) {
            assertTrue(
                    each.getMessage().startsWith("Topic waits for itself: a handler cannot wait"), each.getMessage());
        }
    }

    @Test
    void theTokenOfACancelledSubscriptionIsBehindTheLastMessageThatWasHandled() {
        Topic<Integer> topic = Topic.of("cancelled", Integer.class);
        CompletableFuture<Subscription> self = new CompletableFuture<>();
        Recorder<Integer> cancelling = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                if (delivery.message() == 5) {
                    self.join().cancel();
                }
            }
        };
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), cancelling);
        get(subscription.ready());
        self.complete(subscription);
        IntStream.rangeClosed(1, 10).forEach(cluster.gapless(0).producer(topic)::publish);
        assertEquals(Ended.Reason.CANCELLED, get(subscription.whenEnded()));
        assertEquals(List.of(1, 2, 3, 4, 5), cancelling.messages());

        Recorder<Integer> resumed = new Recorder<>();
        CursorToken token = cancelling.ended().get(0).token();
        assertEquals(token.positions(), subscription.token().positions());
        get(cluster.gapless(1).subscribe(topic, StartFrom.token(token), resumed).ready());
        await(() -> resumed.messages().size() == 5);
        assertEquals(List.of(6, 7, 8, 9, 10), resumed.messages());
    }

    @Test
    void aReloadThatReturnsNothingIsTriedAgain() {
        Topic<Integer> topic = Topic.of("small", Integer.class);
        AtomicInteger reloads = new AtomicInteger();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        Recorder<Integer> handler = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                gate.join();
                super.onMessage(delivery);
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                super.onCursorExpired(expired);
                return reloads.incrementAndGet() == 1 ? null : CompletableFuture.completedFuture(Reload.done());
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.rangeClosed(1, 200).forEach(i -> get(producer.publish(i)));
        gate.complete(null);
        await(() -> handler.expired().size() >= 2);
        assertEquals(handler.expired().get(0).gaps(), handler.expired().get(1).gaps());
        get(producer.publish(201));
        await(() -> handler.messages().contains(201));
        assertEquals(List.of(), handler.ended());
    }

    @Test
    void aStreamThatNobodyAsksForMoreEndsAllTheSame() {
        Topic<Integer> topic = Topic.of("unasked", Integer.class);
        Subscription subscription = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .to(org.apache.pekko.stream.javadsl.Sink.fromSubscriber(new NeverAsking()))
                .run(cluster.system(1));
        get(subscription.ready());
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
    }

    private static final class NeverAsking implements org.reactivestreams.Subscriber<Event<Integer>> {
        @Override
        public void onSubscribe(org.reactivestreams.Subscription subscription) {}

        @Override
        public void onNext(Event<Integer> event) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void nullIsRefusedAtItsPublisherAndHarmsNoSubscription() {
        Topic<Integer> topic = Topic.of("null", Integer.class);
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        CompletionException failure =
                assertThrows(CompletionException.class, () -> get(producer.publish((Integer) null)));
        assertInstanceOf(NotSerializable.class, failure.getCause());
        assertEquals(1, get(producer.publish(1)).sequence());
        await(() -> recorder.messages().size() == 1);
    }

    @Tag("seconds")
    @Test
    void aResumedSubscriptionJoinsTheFeedAlthoughAProducerHasLeftForGood() {
        try (TestCluster own = TestCluster.of(2, "")) {
            Topic<Integer> topic = Topic.of("joined", Integer.class);
            Recorder<Integer> live = new Recorder<>();
            Subscription subscription = own.gapless(0).subscribe(topic, StartFrom.latest(), live);
            get(subscription.ready());
            get(own.gapless(1).producer(topic).publish(1));
            await(() -> live.messages().size() == 1);
            own.leave(1);
            await(() -> live.left().size() == 1);
            await(() -> subscription.token().positions().size() == 1); // its node is removed
            CursorToken token = subscription.token();
            Recorder<Integer> resumed = new Recorder<>();
            get(own.gapless(0).subscribe(topic, StartFrom.token(token), resumed).ready());
            await(() -> get(own.gapless(0).status(Duration.ofSeconds(5))).stream()
                    .flatMap(status -> status.topics().stream())
                    .flatMap(status -> status.consumer().subscriptions().stream())
                    .noneMatch(reading -> reading.state().equals("catching_up")));
            get(own.gapless(0).producer(topic).publish(2));
            await(() -> resumed.messages().equals(List.of(2)) && live.messages().equals(List.of(1, 2)));
            assertEquals(1, resumed.events().size());
        }
    }

    @Test
    void aProducerThatNeverPublishedLeavesWithoutAWord() {
        try (TestCluster own = TestCluster.of(2, "")) {
            Topic<Integer> topic = Topic.of("silent", Integer.class);
            Recorder<Integer> recorder = new Recorder<>();
            get(own.gapless(0).subscribe(topic, StartFrom.latest(), recorder).ready());
            own.leave(1);
            get(own.gapless(0).producer(topic).publish(1));
            await(() -> recorder.messages().size() == 1);
            assertEquals(1, recorder.events().size());
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Error.class, StackOverflowError.class, IllegalStateException.class})
    void whateverOnEndedThrowsTheSubscriptionHasEnded(Class<? extends Throwable> type) throws Exception {
        Throwable failure = type.getDeclaredConstructor().newInstance();
        Topic<Integer> topic = Topic.of("ends with " + type.getSimpleName(), Integer.class);
        Recorder<Integer> failing = new Recorder<>() {
            @Override
            public void onEnded(Ended<Integer> ended) {
                super.onEnded(ended);
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), failing);
        get(subscription.ready());
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        assertEquals(Ended.Reason.CANCELLED, get(subscription.whenEnded()));
        assertEquals(1, failing.ended().size());
        await(() -> consumersOf(topic) == 0);
    }

    private static long consumersOf(Topic<?> topic) {
        return get(cluster.gapless(1).status(Duration.ofSeconds(5))).stream()
                .flatMap(status -> status.topics().stream())
                .filter(status -> status.topic().equals(topic.name()) && status.consumer() != null)
                .count();
    }

    @Test
    void whatOverflowsTheStackStopsItsSubscriptionAlone() {
        Topic<Integer> topic = Topic.of("deep", Integer.class);
        Recorder<Integer> level = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), level).ready());
        Recorder<Integer> deep = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                assertEquals(0, overflow(1));
            }

            private int overflow(int depth) {
                return depth < 0 ? depth : overflow(depth + 1) + 1;
            }
        };
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), deep);
        get(subscription.ready());
        get(cluster.gapless(0).producer(topic).publish(1));
        assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
        assertInstanceOf(StackOverflowError.class, deep.ended().get(0).cause());
        get(cluster.gapless(0).producer(topic).publish(2));
        await(() -> level.messages().equals(List.of(1, 2)));
    }
}
