package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subscriptions whose handler never blocks are read by their shard, or by their own actor, one event at a time. */
class NonBlockingHandlerTest {
    private static final SubscriptionSettings NON_BLOCKING =
            SubscriptionSettings.defaults().withNonBlockingHandler();

    private static TestCluster cluster;

    @BeforeAll
    static void begin() {
        cluster = TestCluster.of(2, "gapless.overflow = backpressure");
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** Notes where it was called, and whether two threads were in it at once. */
    private static final class Watched extends Recorder<Integer> {
        final Set<String> dispatchers = ConcurrentHashMap.newKeySet();
        final AtomicBoolean together = new AtomicBoolean();
        private final AtomicBoolean busy = new AtomicBoolean();

        @Override
        public void onMessage(Delivery<Integer> delivery) throws Exception {
            together.compareAndSet(false, !busy.compareAndSet(false, true));
            dispatchers.add(Thread.currentThread().getName().replaceAll("-\\d+$", ""));
            super.onMessage(delivery);
            busy.set(false);
        }

        boolean isReadByTheShard() {
            return dispatchers.stream().anyMatch(name -> name.contains("internal-dispatcher"));
        }
    }

    private static Subscription subscribe(String topic, EventHandler<Integer> handler) {
        Subscription subscription =
                cluster.gapless(1).subscribe(Topic.of(topic, Integer.class), StartFrom.latest(), NON_BLOCKING, handler);
        get(subscription.ready());
        return subscription;
    }

    @Test
    void theShardReadsAndSoDoesTheActorInTurn() {
        Watched watched = new Watched();
        Subscription subscription = subscribe("turns", watched);
        Producer<Integer> producer = cluster.gapless(0).producer(Topic.of("turns", Integer.class));
        int number = 20_000;
        for (int i = 0; i < number; i++) {
            if (i % 1_000 == 0) {
                subscription.pause();
            } else if (i % 1_000 == 500) {
                subscription.resume(); // its actor reads on, while the shard has more for it
            }
            producer.send(i);
        }
        await(() -> watched.messages().size() == number);
        int sent = number;
        while (!watched.isReadByTheShard()
                && sent < 2 * number) { // where its actor was behind all the time it has time now
            producer.send(sent++);
            int all = sent;
            await(() -> watched.messages().size() == all);
        }
        assertEquals(IntStream.range(0, sent).boxed().toList(), watched.messages());
        assertFalse(watched.together.get());
        assertTrue(watched.isReadByTheShard(), () -> "the shard: " + watched.dispatchers);
        assertTrue(
                watched.dispatchers.stream().anyMatch(name -> !name.contains("internal-dispatcher")),
                () -> "the actor: " + watched.dispatchers);
        get(subscription.cancel());
    }

    @Test
    void othersAreNotReadByTheShard() {
        Watched watched = new Watched();
        Topic<Integer> topic = Topic.of("others", Integer.class);
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), watched).ready());
        Producer<Integer> producer = cluster.gapless(0).producer(topic);
        IntStream.range(0, 1_000).forEach(producer::send);
        await(() -> watched.messages().size() == 1_000);
        assertTrue(
                watched.dispatchers.stream().noneMatch(name -> name.contains("internal-dispatcher")),
                () -> "" + watched.dispatchers);
    }

    @Test
    void aHandlerThatFailsEndsItsSubscriptionOnTheThreadOfTheShard() {
        AtomicReference<Ended<Integer>> ended = new AtomicReference<>();
        Subscription subscription = subscribe("failing", new MessageHandler<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) {
                throw new IllegalStateException("not " + delivery.message());
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }

            @Override
            public void onEnded(Ended<Integer> event) {
                ended.set(event);
            }
        });
        Producer<Integer> producer = cluster.gapless(0).producer(Topic.of("failing", Integer.class));
        producer.send(1);
        assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
        assertEquals(Ended.Reason.FAILED, ended.get().reason());
        producer.send(2); // nobody minds
        Watched after = new Watched();
        subscribe("failing", after);
        producer.send(3);
        await(() -> after.messages().equals(List.of(3)));
    }

    /** Has thousands of causes, and none of them can be asked for its message. */
    private static RuntimeException hostile() {
        RuntimeException hostile = new Mute(null);
        for (int i = 0; i < 5_000; i++) {
            hostile = new Mute(hostile);
        }
        return hostile;
    }

    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1;

        Mute(Throwable cause) {
            super(null, cause);
        }

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("mute");
        }
    }

    @Test
    void whateverAHandlerThrowsHarmsNeitherItsSubscriptionNorTheShard() {
        Recorder<Integer> recorder = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                throw hostile();
            }

            @Override
            public OnFailure onFailure(Delivery<Integer> delivery, Throwable cause) {
                return OnFailure.SKIP;
            }
        };
        subscribe("hostile", recorder);
        Producer<Integer> producer = cluster.gapless(0).producer(Topic.of("hostile", Integer.class));
        IntStream.range(0, 5).forEach(producer::send);
        await(() -> recorder.messages().equals(List.of(0, 1, 2, 3, 4)));
    }
}
