package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackpressureTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless {
                  overflow = backpressure
                  buffer-messages = 100
                  topics {
                    bounded { max-pending-publishes = 50 }
                    bytes { buffer-messages = 10000, buffer-bytes = 10000b, max-message-bytes = 2000b }
                    stalled { backpressure-timeout = 10s, heartbeat-interval = 100ms }
                  }
                }
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @DisplayName("slowSubscriberMailbox: a slow subscription slows the publisher, and nothing is missed or piles up")
    void publishersWaitForASlowSubscription() {
        Topic<Integer> topic = Topic.of("waiting", Integer.class);
        Recorder<Integer> slow = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                if (delivery.message() % 100 == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                }
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), slow).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        List<CompletionStage<Position>> positions = new ArrayList<>();
        for (int i = 1; i <= 20_000; i++) {
            positions.add(producer.publish(i));
            if (positions.size() % 1000 == 0) {
                get(positions.get(positions.size() - 1));
            }
        }
        await(() -> slow.messages().size() == 20_000);
        assertEquals(IntStream.rangeClosed(1, 20_000).boxed().toList(), slow.messages());
        assertEquals(20_000, slow.events().size());
        for (int i = 0; i < positions.size(); i++) {
            assertEquals(i + 1, get(positions.get(i)).sequence());
        }
    }

    @Test
    void aRingThatIsFullOfBytesIsWaitedForLikeOneThatIsFullOfMessages() {
        Topic<String> topic = Topic.of("bytes", String.class);
        Recorder<String> slow = new Recorder<>() {
            @Override
            public void onMessage(Delivery<String> delivery) throws Exception {
                super.onMessage(delivery);
                LockSupport.parkNanos(1_000_000);
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), slow).ready());
        Producer<String> producer = cluster.gapless(0).producer(topic);
        List<CompletionStage<Position>> positions = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            positions.add(producer.publish(i + "x".repeat(1_000))); // some nine of them fill the ring
        }
        positions.forEach(TestCluster::get);
        await(() -> slow.events().size() >= 300);
        assertEquals(List.of(), slow.expired());
        assertEquals(300, slow.messages().size());
    }

    private static final class Stuck extends Recorder<Integer> {
        final CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void onMessage(Delivery<Integer> delivery) throws Exception {
            latch.await();
            super.onMessage(delivery);
        }
    }

    @Test
    void beyondTheBoundAPublishFailsAtOnceAndNothingElseIsDisturbed() {
        Topic<Integer> topic = Topic.of("bounded", Integer.class);
        Stuck stuck = new Stuck();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), stuck).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        List<CompletableFuture<Position>> accepted = new ArrayList<>();
        CompletableFuture<Position> refused = null;
        for (int i = 1; refused == null; i++) {
            CompletableFuture<Position> position = producer.publish(i).toCompletableFuture();
            if (position.isCompletedExceptionally()) {
                refused = position;
            } else {
                accepted.add(position);
            }
            assertTrue(i < 100_000, "nobody ever had to wait");
        }
        Throwable failure = refused.handle((p, e) -> e).join();
        assertInstanceOf(TooManyPending.class, failure instanceof CompletionException ? failure.getCause() : failure);
        stuck.latch.countDown();
        for (int i = 0; i < accepted.size(); i++) {
            assertEquals(i + 1, get(accepted.get(i)).sequence());
        }
        await(() -> stuck.messages().size() == accepted.size());
    }

    @Test
    @DisplayName(
            "emitBlocksOnSlowest, rowT7: who frees nothing for the timeout is no longer waited for, and is told; the others go on")
    void aStuckSubscriptionExpiresAloneAndFreesTheRest() {
        Topic<Integer> topic = Topic.of("stalled", Integer.class);
        Stuck stuck = new Stuck();
        Recorder<Integer> healthyHere = new Recorder<>();
        Recorder<Integer> healthyThere = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), stuck).ready());
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.latest(), healthyThere)
                .ready());
        get(cluster.gapless(0).subscribe(topic, StartFrom.latest(), healthyHere).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        List<CompletionStage<Position>> positions = new ArrayList<>();
        try {
            for (int i = 1; i <= 30_000; i++) {
                positions.add(producer.publish(i));
                if (i % 500 == 0) {
                    get(positions.get(i - 1));
                }
            }
            positions.forEach(TestCluster::get);
            await(() -> healthyHere.messages().size() == 30_000
                    && healthyThere.messages().size() == 30_000);
        } finally {
            stuck.latch.countDown();
        }
        assertEquals(List.of(), healthyHere.expired());
        assertEquals(List.of(), healthyThere.expired());
        await(() -> !stuck.expired().isEmpty());
        get(producer.publish(30_001));
        await(() -> stuck.messages().contains(30_001));
        long told = stuck.expired().stream()
                .flatMap(expired -> expired.gaps().stream())
                .mapToLong(gap -> gap.missed())
                .sum();
        assertEquals(30_001, told + stuck.messages().size());
    }

    @Test
    void whoWaitsForRoomIsToldWhenItsNodeShutsDownAndNothingHangs() throws Exception {
        try (TestCluster own = TestCluster.of(2, """
                gapless {
                  overflow = backpressure
                  buffer-messages = 10
                  backpressure-timeout = 1h
                  max-pending-publishes = 100
                  drain-timeout = 100ms
                }
                """)) {
            Topic<Integer> topic = Topic.of("closing", Integer.class);
            Stuck stuck = new Stuck();
            get(own.gapless(1).subscribe(topic, StartFrom.latest(), stuck).ready());
            Producer<Integer> producer = own.gapless(0).producer(topic);
            List<CompletableFuture<Position>> early = new ArrayList<>();
            await(
                    () -> { // until 100 wait
                        CompletableFuture<Position> next = producer.publish(1).toCompletableFuture();
                        if (next.isCompletedExceptionally()) {
                            TestCluster.failure(TooManyPending.class, next);
                            return true;
                        }
                        early.add(next);
                        return false;
                    });
            List<CompletableFuture<Position>> late = new ArrayList<>();
            AtomicBoolean stop = new AtomicBoolean();
            Thread publisher = new Thread(() -> {
                while (!stop.get() && late.size() < 1_000_000) {
                    late.add(producer.publish(2).toCompletableFuture());
                    LockSupport.parkNanos(1_000_000);
                }
                late.add(producer.publish(2).toCompletableFuture()); // surely after the node has left
            });
            try {
                publisher.start();
                own.leave(0);
                get(CompletableFuture.allOf(early.toArray(CompletableFuture<?>[]::new))
                        .handle((done, failure) -> "ended"));
            } finally {
                stop.set(true);
                publisher.join();
                stuck.latch.countDown();
            }
            get(CompletableFuture.allOf(late.toArray(CompletableFuture<?>[]::new))
                    .handle((done, failure) -> "ended"));
            List<CompletableFuture<Position>> refused = early.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .toList();
            assertTrue(refused.size() >= 90, refused.size() + " of " + early.size() + " were refused");
            refused.forEach(position -> assertInstanceOf(ProducerClosed.class, causeOf(position)));
            assertTrue(late.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .map(BackpressureTest::causeOf)
                    .allMatch(cause -> cause instanceof ProducerClosed || cause instanceof TooManyPending));
            assertInstanceOf(ProducerClosed.class, causeOf(late.get(late.size() - 1)));
            assertInstanceOf(ProducerClosed.class, causeOf(producer.publish(3).toCompletableFuture()));
            long accepted = early.stream()
                    .filter(position -> !position.isCompletedExceptionally())
                    .count();
            assertEquals(
                    accepted,
                    early.stream()
                            .filter(position -> !position.isCompletedExceptionally())
                            .mapToLong(position -> position.join().sequence())
                            .max()
                            .orElseThrow(),
                    "a refused one has no sequence");
        }
    }

    private static Throwable causeOf(CompletableFuture<?> failed) {
        Throwable failure = failed.handle((done, cause) -> cause).join();
        return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    }
}
