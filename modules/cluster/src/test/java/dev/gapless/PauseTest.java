package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Gap;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pausing, resuming and cancelling, and how far a subscription is behind. */
class PauseTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(
                2, "gapless { buffer-messages = 20, reload-backoff.min = 10ms, topics.waiting.reload-jitter = 100d }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private enum State {
        IDLE,
        HANDLING,
        RELOADING,
        RELOAD_FAILED,
        CATCHING_UP
    }

    /** Stands still at message 1, and at each reload, until it is released. */
    private static final class Gated extends Recorder<Integer> implements AutoCloseable {
        final CompletableFuture<Void> message = new CompletableFuture<>();
        final CompletableFuture<Reload> reload = new CompletableFuture<>();
        volatile boolean released;

        @Override
        public void onMessage(Delivery<Integer> delivery) throws Exception {
            super.onMessage(delivery);
            if (delivery.message() == 1) {
                message.join();
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            super.onCursorExpired(expired);
            return released ? CompletableFuture.completedFuture(Reload.done()) : reload;
        }

        @Override
        public void close() {
            release();
        }

        void release() {
            released = true;
            message.complete(null);
            reload.complete(Reload.done());
        }
    }

    private static void publish(Topic<Integer> topic, int from, int to) {
        IntStream.rangeClosed(from, to)
                .forEach(i -> get(cluster.gapless(0).producer(topic).publish(i)));
    }

    /** The feed of the other node has got so far: whoever stands still there is overtaken by then. */
    private static void awaitFed(Topic<Integer> topic, int last) {
        await(() -> get(cluster.gapless(1).status(Duration.ofSeconds(5))).stream()
                .flatMap(node -> node.topics().stream())
                .filter(status -> status.topic().equals(topic.name()) && status.consumer() != null)
                .flatMap(status -> status.consumer().registrations().stream())
                .anyMatch(r -> r.position() != null && r.position().sequence() >= last));
    }

    /** A subscription in this state, with the messages 1 to 100 published unless it is idle. */
    private static Subscription enter(State state, Topic<Integer> topic, Gated handler) {
        if (state == State.CATCHING_UP) {
            publish(topic, 1, 100);
            return cluster.gapless(1).subscribe(topic, StartFrom.earliest(), handler);
        }
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        get(subscription.ready());
        if (state == State.IDLE) {
            return subscription;
        }
        publish(topic, 1, 1);
        await(() -> !handler.events().isEmpty());
        publish(topic, 2, 100);
        awaitFed(topic, 100);
        if (state == State.HANDLING) {
            return subscription;
        }
        if (state == State.RELOAD_FAILED) {
            handler.reload.completeExceptionally(new IllegalStateException("no database"));
        }
        handler.message.complete(null);
        await(() -> handler.expired().size() >= (state == State.RELOADING ? 1 : 2));
        return subscription;
    }

    @ParameterizedTest
    @EnumSource
    void rowO7_cancellingAndPausingIsHarmlessInEveryState(State state) {
        Topic<Integer> topic = Topic.of("cancelled-" + state, Integer.class);
        try (Gated handler = new Gated()) {
            Subscription subscription = enter(state, topic, handler);
            assertFalse(subscription.isPaused());
            subscription.resume();
            subscription.pause();
            subscription.pause();
            assertTrue(subscription.isPaused());
            subscription.resume();
            subscription.resume();
            subscription.pause();
            CompletionStage<Ended.Reason> ended = subscription.cancel();
            var unused = subscription.cancel();
            handler.release();
            assertEquals(Ended.Reason.CANCELLED, get(ended));
            subscription.resume();
            subscription.pause();
            assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
            assertEquals(Lag.NONE, subscription.lag());
            assertEquals(1, handler.ended().size());
            List<Event<Integer>> events = handler.events();
            assertInstanceOf(Ended.class, events.get(events.size() - 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HANDLING") // whose thread is the application's
    void rowO7_cancellingWaitsForNothing(State state) {
        Topic<Integer> topic = Topic.of("at-once-" + state, Integer.class);
        try (Gated handler = new Gated()) {
            Subscription subscription = enter(state, topic, handler);
            assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
            assertFalse(handler.reload.isDone() && state == State.RELOADING);
        }
    }

    @Test
    void rowO7_cancellingWhileAReloadWaitsForItsTimeIsHarmless() {
        Topic<Integer> topic = Topic.of("waiting", Integer.class);
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder);
        get(subscription.ready());
        subscription.pause();
        publish(topic, 1, 100);
        awaitFed(topic, 100);
        subscription.resume();
        await(() -> get(cluster.gapless(1).status(Duration.ofSeconds(5))).stream()
                .flatMap(status -> status.topics().stream())
                .filter(status -> status.topic().equals("waiting") && status.consumer() != null)
                .flatMap(status -> status.consumer().subscriptions().stream())
                .anyMatch(reading -> reading.state().equals("waiting")));
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        assertEquals(List.of(), recorder.expired());
        assertEquals(1, recorder.ended().size());
        int had = recorder.messages().size(); // the first one may have been under way when it was paused
        assertTrue(
                subscription.token().positions().values().stream().allMatch(at -> at.sequence() <= had),
                () -> "not in front of what it missed: " + subscription.token().positions());
        Recorder<Integer> resumed = new Recorder<>();
        Subscription again = cluster.gapless(0).subscribe(topic, StartFrom.token(subscription.token()), resumed);
        get(again.ready());
        get(again.cancel());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsDeliveredWhilePausedAndNothingIsMissingAfterwards(State state) {
        Topic<Integer> topic = Topic.of("paused-" + state, Integer.class);
        Recorder<Integer> other = new Recorder<>();
        Gated handler = new Gated();
        try (handler) {
            Subscription subscription = enter(state, topic, handler);
            subscription.pause();
            get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), other).ready());
            handler.release();
            publishUntilItArrives(topic, 1000, other);
            await(() -> subscription.lag().messages() > 0);
            assertTrue(handler.messages().stream().allMatch(i -> i < 1000), handler::toString);
            subscription.resume();
            publishUntilItArrives(topic, 2000, handler);
        }
        TreeSet<Long> accounted = new TreeSet<>();
        for (Event<Integer> event : handler.events()) {
            if (event instanceof Delivery<Integer> delivery) {
                assertTrue(accounted.add(delivery.position().sequence()), "twice: " + delivery);
            } else if (event instanceof CursorExpired<Integer> expired) {
                Gap gap = expired.gaps().get(0);
                LongStream.range(gap.firstMissing(), gap.firstMissing() + gap.missed())
                        .forEach(accounted::add);
            }
        }
        long first = accounted.first();
        long last = accounted.last();
        assertEquals(LongStream.rangeClosed(first, last).boxed().toList(), List.copyOf(accounted));
    }

    /** Some may be missed, which is told: the ring is small. */
    private static void publishUntilItArrives(Topic<Integer> topic, int number, Recorder<Integer> recorder) {
        await(() -> {
            publish(topic, number, number);
            return recorder.messages().contains(number);
        });
    }

    @Test
    void rowO7_aSubscriptionOfANodeThatHasNotJoinedCanBePausedAndCancelled() {
        ActorSystem alone = ActorSystem.create("test", TestCluster.config(""));
        try {
            Recorder<Integer> recorder = new Recorder<>();
            Topic<Integer> topic = Topic.of("alone", Integer.class);
            Subscription subscription = Gapless.get(alone).subscribe(topic, StartFrom.latest(), recorder);
            subscription.pause();
            subscription.resume();
            subscription.pause();
            assertEquals(Lag.NONE, subscription.lag());
            assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
            TestCluster.failure(IllegalStateException.class, subscription.ready());
            assertEquals(1, recorder.events().size());
        } finally {
            alone.terminate();
            get(alone.getWhenTerminated());
        }
    }

    @Test
    void aPausedStreamEmitsNothingAndEndsWhenItIsCancelled() {
        Topic<Integer> topic = Topic.of("stream", Integer.class);
        Recorder<Integer> other = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), other).ready());
        Recorder<Integer> recorder = new Recorder<>();
        Pair<Subscription, CompletionStage<Done>> reading = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .toMat(Sink.foreach(recorder::note), Keep.both())
                .run(cluster.system(1));
        Subscription subscription = reading.first();
        get(subscription.ready());
        publish(topic, 1, 1);
        await(() -> recorder.messages().equals(List.of(1)));
        subscription.pause();
        publish(topic, 2, 2);
        await(() -> other.messages().contains(2) && subscription.lag().messages() == 1);
        assertEquals(List.of(1), recorder.messages());
        subscription.resume();
        await(() -> recorder.messages().equals(List.of(1, 2)));
        subscription.pause();
        publish(topic, 3, 3);
        await(() -> other.messages().contains(3));
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        assertEquals(Done.getInstance(), get(reading.second()));
        assertEquals(List.of(1, 2), recorder.messages());
        assertEquals(1, recorder.ended().size());
    }

    @Test
    void theLagIsWhatWasNotDealtWithAndItsAge() {
        Topic<Integer> topic = Topic.of("lag", Integer.class);
        try (Gated handler = new Gated()) {
            Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
            get(subscription.ready());
            await(() -> subscription.lag().equals(Lag.NONE)); // notices count, too
            publish(topic, 1, 1);
            await(() -> handler.messages().size() == 1);
            publish(topic, 2, 5);
            await(() -> subscription.lag().messages() == 5); // the one that is being handled, too
            Duration age = subscription.lag().age();
            await(() -> subscription.lag().age().compareTo(age) > 0);
            handler.release();
            await(() -> subscription.lag().equals(Lag.NONE));
            assertEquals(List.of(1, 2, 3, 4, 5), handler.messages());
        }
    }
}
