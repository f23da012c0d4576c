package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.failure;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.internal.node.Provoke;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each meter moves for the reason that it names, and for no other that is at hand. */
class MetricsTest {
    private static TestCluster cluster;
    private static Measured publisher;
    private static Measured subscriber;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless {
                  buffer-messages = 20
                  reload-backoff.min = 10ms
                  reload-jitter = 0s
                  topics {
                    "patient" { reload-interval = 1h }
                    "pressed" { overflow = backpressure, reload-interval = 0s, max-pending-publishes = 5, backpressure-timeout = 1h, heartbeat-interval = 100ms }
                  }
                }
                """);
        publisher = new Measured(cluster.gapless(0));
        subscriber = new Measured(cluster.gapless(1));
    }

    @AfterAll
    static void stop() {
        publisher.close();
        subscriber.close();
        cluster.close();
    }

    private static final class Unbound {}

    /** Handles, and reloads, only as it is told. */
    private static final class Gated implements AsyncMessageHandler<Integer>, AutoCloseable {
        final List<CompletableFuture<Void>> messages = new ArrayList<>();
        final List<CompletableFuture<Reload>> reloads = new ArrayList<>();
        boolean open;
        private long missed;

        @Override
        public synchronized CompletionStage<?> onMessage(Delivery<Integer> delivery) {
            messages.add(open ? CompletableFuture.completedFuture(null) : new CompletableFuture<>());
            return messages.get(messages.size() - 1);
        }

        @Override
        public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            missed = expired.gaps().get(0).missed();
            reloads.add(new CompletableFuture<>());
            return reloads.get(reloads.size() - 1);
        }

        synchronized int messages() {
            return messages.size();
        }

        synchronized int reloads() {
            return reloads.size();
        }

        /** By the last gap that it was told. */
        synchronized long missed() {
            return missed;
        }

        synchronized CompletableFuture<Reload> reload(int index) {
            return reloads.get(index);
        }

        synchronized void open() {
            open = true;
            messages.forEach(message -> message.complete(null));
        }

        synchronized void release() {
            open();
            reloads.forEach(reload -> reload.complete(Reload.done()));
        }

        @Override
        public void close() {
            release();
        }
    }

    private static Topic<Integer> topic(String name) {
        return Topic.of(name, Integer.class);
    }

    private static void publish(Topic<Integer> topic, int messages) {
        IntStream.range(0, messages)
                .forEach(i -> get(cluster.gapless(0).producer(topic).publish(i)));
    }

    /** Reads on and gives nothing, so that everything comes to its node, however slow the others there are. */
    private static Subscription level(Topic<Integer> topic) {
        Subscription level = cluster.gapless(1)
                .subscribe(
                        topic,
                        StartFrom.latest(),
                        SubscriptionSettings.defaults().withKeys("none"),
                        new Recorder<>());
        get(level.ready());
        return level;
    }

    /** Each once the one before has come to the other node, so that its cursor is never overrun. There is one that is {@link #level}. */
    private static void publishSlowly(Topic<Integer> topic, int messages) {
        await(() -> subscriber.value(topic.name(), "gapless.received.messages") >= 0); // its meters have come
        double before = subscriber.value(topic.name(), "gapless.received.messages");
        for (int i = 1; i <= messages; i++) {
            publish(topic, 1);
            awaitValue(before + i, subscriber, topic.name(), "gapless.received.messages");
        }
    }

    private static void awaitValue(double expected, Measured of, String topic, String name, String... tags) {
        try {
            await(() -> of.value(topic, name, tags) == expected);
        } catch (AssertionError e) {
            throw new AssertionError(name + " is " + of.value(topic, name, tags) + ", and not " + expected, e);
        }
    }

    private static double refused(String reason) {
        return publisher.value("refusing", "gapless.publish.refused", "reason", reason);
    }

    @Test
    void publishedAndDeliveredAreCountedWithTheirBytesAndBatches() {
        Topic<Integer> topic = topic("counted");
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        publish(topic, 7);
        await(() -> recorder.messages().size() == 7);
        awaitValue(7, publisher, "counted", "gapless.published.messages");
        double bytes = publisher.value("counted", "gapless.published.bytes");
        assertTrue(bytes >= 7, "bytes: " + bytes);
        awaitValue(7, publisher, "counted", "gapless.sent.messages");
        awaitValue(bytes, publisher, "counted", "gapless.sent.bytes");
        awaitValue(7, subscriber, "counted", "gapless.received.messages");
        awaitValue(bytes, subscriber, "counted", "gapless.received.bytes");
        double batches = publisher.value("counted", "gapless.sent.batches");
        assertTrue(batches >= 1 && batches <= 7, "batches: " + batches);
        awaitValue(batches, subscriber, "counted", "gapless.received.batches");
        awaitValue(7, subscriber, "counted", "gapless.delivered.messages");
        awaitValue(0, subscriber, "counted", "gapless.published.messages");
        awaitValue(0, publisher, "counted", "gapless.delivered.messages");
        awaitValue(0, subscriber, "counted", "gapless.order.violations");
        awaitValue(0, subscriber, "counted", "gapless.missed.messages");
        awaitValue(0, subscriber, "counted", "gapless.reregistrations");
        awaitValue(7, subscriber, "counted", "gapless.handler.time");
        assertTrue(subscriber.seconds("counted", "gapless.handler.time") > 0);
    }

    @Test
    void ringsShowWhatTheyHoldAndWhatTheyMay() {
        Topic<Integer> topic = topic("ringed");
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        publish(topic, 5);
        await(() -> recorder.messages().size() == 5);
        awaitValue(5, publisher, "ringed", "gapless.ring.messages", "ring", "log");
        awaitValue(0, publisher, "ringed", "gapless.ring.messages", "ring", "feed");
        awaitValue(20, publisher, "ringed", "gapless.ring.max.messages", "ring", "log");
        awaitValue(0, publisher, "ringed", "gapless.ring.max.messages", "ring", "feed");
        awaitValue(20, subscriber, "ringed", "gapless.ring.max.messages", "ring", "feed");
        awaitValue(16 << 20, publisher, "ringed", "gapless.ring.max.bytes", "ring", "log");
        awaitValue(16 << 20, subscriber, "ringed", "gapless.ring.max.bytes", "ring", "feed");
        assertTrue(publisher.value("ringed", "gapless.ring.bytes", "ring", "log") > 5 * 64);
        assertTrue(subscriber.value("ringed", "gapless.ring.bytes", "ring", "feed") > 5 * 64);
        publishSlowly(topic, 30);
        awaitValue(20, publisher, "ringed", "gapless.ring.messages", "ring", "log");
        awaitValue(20, subscriber, "ringed", "gapless.ring.messages", "ring", "feed");
    }

    @Test
    void refusalsAreCountedByReason() {
        Producer<Object> producer = cluster.gapless(0).producer(Topic.of("refusing", Object.class));
        get(producer.publish("fine"));
        failure(NotSerializable.class, producer.publish(new Unbound()));
        awaitValue(1, publisher, "refusing", "gapless.publish.refused", "reason", "not_serializable");
        failure(MessageTooLarge.class, producer.publish("x".repeat(200_000)));
        failure(MessageTooLarge.class, producer.publishAll(List.of("x".repeat(200_000))));
        assertEquals(2, refused("too_large"));
        failure(IllegalArgumentException.class, producer.publish("k".repeat(5_000), "x"));
        assertEquals(1, refused("invalid"));
        assertEquals(0, refused("too_many_pending") + refused("timeout") + refused("closed"));
        assertEquals(1, refused("not_serializable"));
        awaitValue(1, publisher, "refusing", "gapless.published.messages");
    }

    @Test
    void whoWaitsForRoomIsShownAndWhoIsOneTooManyIsCounted() {
        Topic<Integer> topic = topic("pressed");
        try (Gated gated = new Gated()) {
            get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), gated).ready());
            Producer<Integer> producer = cluster.gapless(0).producer(topic);
            List<CompletableFuture<Position>> all = new ArrayList<>();
            await(() -> {
                if (publisher.value("pressed", "gapless.publish.waiting") < 5) {
                    all.add(producer.publish(1).toCompletableFuture());
                    return false;
                }
                return true;
            });
            // The readers may still make room for them: one more each time, until one is refused.
            await(() -> {
                CompletableFuture<Position> next = producer.publish(2).toCompletableFuture();
                if (next.isCompletedExceptionally()) {
                    failure(TooManyPending.class, next);
                    return true;
                }
                all.add(next);
                return false;
            });
            await(() -> publisher.value("pressed", "gapless.cursor.lag") > 0);
            awaitValue(1, publisher, "pressed", "gapless.publish.refused", "reason", "too_many_pending");
            assertEquals(0, publisher.value("pressed", "gapless.publish.refused", "reason", "timeout"));
            gated.open();
            await(() -> {
                gated.release();
                return all.stream().allMatch(CompletableFuture::isDone);
            });
            awaitValue(0, publisher, "pressed", "gapless.publish.waiting");
            awaitValue(0, publisher, "pressed", "gapless.cursor.lag");
        }
    }

    @Test
    void cursorsAreCountedAndTheirExpiriesByReason() {
        Topic<Integer> topic = topic("overrun");
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder);
        get(subscription.ready());
        awaitValue(1, publisher, "overrun", "gapless.cursors");
        publish(topic, 1);
        await(() -> recorder.messages().size() == 1);
        CursorToken token = subscription.token();
        get(subscription.cancel());
        awaitValue(0, publisher, "overrun", "gapless.cursors");
        publish(topic, 100);
        assertEquals(0, publisher.value("overrun", "gapless.cursor.expiries", "reason", "overrun"));
        Subscription resumed = cluster.gapless(1).subscribe(topic, StartFrom.token(token), recorder);
        get(resumed.ready());
        await(() -> recorder.expired().size() == 1);
        awaitValue(1, subscriber, "overrun", "gapless.subscription.expiries", "reason", "overrun");
        awaitValue(100, subscriber, "overrun", "gapless.missed.messages");
        resumed.pause(); // where its node reads on without it, that cursor was told of the first 100 already
        publish(topic, 100);
        await(() -> publisher.value("overrun", "gapless.cursor.expiries", "reason", "overrun") >= 1);
        awaitValue(0, publisher, "overrun", "gapless.cursor.expiries", "reason", "producer_restarted");
        get(resumed.cancel());
    }

    @Test
    void aSlowSubscriptionShowsItsLagItsGapsAndItsReloads() {
        Topic<Integer> topic = topic("slow");
        try (Gated gated = new Gated()) {
            Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), gated);
            get(subscription.ready());
            awaitValue(1, subscriber, "slow", "gapless.subscriptions", "state", "reading");
            awaitValue(0, subscriber, "slow", "gapless.subscription.lag");
            assertEquals(0, subscriber.value("slow", "gapless.subscription.lag.age"));
            Subscription level = level(topic);
            publishSlowly(topic, 100);
            await(() -> gated.messages() == 1 && subscriber.value("slow", "gapless.subscription.lag") >= 100);
            await(() -> subscriber.value("slow", "gapless.subscription.lag.age") > 0);
            await(() -> subscriber.value("slow", "gapless.handler.longest") > 0);
            assertEquals(0, subscriber.value("slow", "gapless.reload.longest"));
            assertEquals(0, subscriber.value("slow", "gapless.handler.time"));

            gated.open();
            await(() -> gated.reloads() == 1);
            get(level.cancel());
            awaitValue(1, subscriber, "slow", "gapless.subscriptions", "state", "reloading");
            awaitValue(0, subscriber, "slow", "gapless.subscriptions", "state", "reading");
            await(() -> subscriber.value("slow", "gapless.reload.longest") > 0);
            int given = gated.messages(); // what was read together with the first one, too
            long missed = gated.missed();
            assertTrue(missed >= 100 - given - 20, "the ring has 20"); // and counts as missed, or is given
            awaitValue((double) missed, subscriber, "slow", "gapless.missed.messages");
            assertEquals(1, subscriber.value("slow", "gapless.subscription.expiries", "reason", "overrun"));

            gated.reload(0).completeExceptionally(new IllegalStateException("no database"));
            await(() -> gated.reloads() == 2);
            awaitValue(1, subscriber, "slow", "gapless.reload.failures");
            awaitValue(1, subscriber, "slow", "gapless.reload.time");
            gated.reload(1).complete(Reload.done());
            awaitValue(2, subscriber, "slow", "gapless.reload.time");
            assertTrue(subscriber.seconds("slow", "gapless.reload.time") > 0);
            assertEquals(1, subscriber.value("slow", "gapless.reload.failures"));
            awaitValue(0, subscriber, "slow", "gapless.reload.longest");
            awaitValue(0, subscriber, "slow", "gapless.handler.longest");
            awaitValue(0, subscriber, "slow", "gapless.subscription.lag");
            assertEquals(1, subscriber.value("slow", "gapless.subscription.expiries", "reason", "overrun"));
            awaitValue(1, subscriber, "slow", "gapless.subscriptions", "state", "reading");

            subscription.pause();
            awaitValue(1, subscriber, "slow", "gapless.subscriptions", "state", "paused");
            awaitValue(0, subscriber, "slow", "gapless.subscriptions", "state", "reading");
            get(subscription.cancel());
            awaitValue(
                    2, subscriber, "slow", "gapless.subscriptions.ended", "reason", "cancelled"); // and the level one
            for (String state : List.of("opening", "catching_up", "reading", "waiting", "reloading", "paused")) {
                awaitValue(0, subscriber, "slow", "gapless.subscriptions", "state", state); // it is forgotten
            }
            awaitValue(0, subscriber, "slow", "gapless.order.violations");
        }
    }

    @Test
    void aReloadThatMayNotBeginYetIsShownAsWaiting() {
        Topic<Integer> topic = topic("patient");
        Recorder<Integer> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder);
        get(subscription.ready());
        Recorder<Integer> follows = new Recorder<>(); // it says when a message has come, however many readers there are
        Subscription following = cluster.gapless(1).subscribe(topic, StartFrom.latest(), follows);
        get(following.ready());
        for (int reloads = 0; reloads < 2; reloads++) {
            int published = 40 * reloads;
            await(() -> givenOrMissed(recorder) == published);
            subscription.pause();
            for (int i = 1; i <= 40; i++) {
                publish(topic, 1);
                int come = published + i;
                await(() -> follows.messages().size() == come);
            }
            assertEquals(0, subscriber.value("patient", "gapless.subscriptions", "state", "waiting"));
            subscription.resume();
            await(() -> recorder.expired().size() == 1);
            awaitValue(1, subscriber, "patient", "gapless.reload.time");
        }
        awaitValue(1, subscriber, "patient", "gapless.subscriptions", "state", "waiting");
        awaitValue(1, subscriber, "patient", "gapless.reload.time");
        get(following.cancel());
        get(subscription.cancel());
        awaitValue(0, subscriber, "patient", "gapless.subscriptions", "state", "waiting");
    }

    private static long givenOrMissed(Recorder<Integer> recorder) {
        return recorder.messages().size()
                + recorder.expired().stream()
                        .flatMap(expired -> expired.gaps().stream())
                        .mapToLong(Gap::missed)
                        .sum();
    }

    @Test
    void whoWaitsForAProducerOfItsTokenIsCatchingUp() {
        String name = "caught";
        CursorToken token = new CursorToken(
                name, "test", System.currentTimeMillis(), Map.of("gone", new Position(new Epoch(1), 1)));
        Subscription subscription = cluster.gapless(1).subscribe(topic(name), StartFrom.token(token), new Recorder<>());
        awaitValue(1, subscriber, name, "gapless.subscriptions", "state", "catching_up");
        get(subscription.cancel());
        awaitValue(0, subscriber, name, "gapless.subscriptions", "state", "catching_up");
    }

    @Test
    void failuresOfHandlersAndMessagesThatCannotBeReadAreCounted() {
        Topic<Integer> topic = topic("failing");
        Recorder<Integer> failing = new Recorder<>() {
            @Override
            public void onMessage(Delivery<Integer> delivery) throws Exception {
                super.onMessage(delivery);
                throw new IllegalStateException("planted");
            }

            @Override
            public OnFailure onFailure(Delivery<Integer> delivery, Throwable cause) {
                return delivery.message() == 0 ? OnFailure.SKIP : OnFailure.STOP;
            }

            @Override
            public OnFailure onUndecodable(Undecodable<Integer> undecodable) {
                return OnFailure.SKIP;
            }
        };
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), failing).ready());
        get(cluster.gapless(0)
                .producer(Topic.of("failing", Payload.class))
                .publish(new Payload(4711, "unknown", new byte[] {1})));
        awaitValue(1, subscriber, "failing", "gapless.undecodable.messages");
        awaitValue(0, subscriber, "failing", "gapless.handler.failures");
        publish(topic, 1);
        awaitValue(1, subscriber, "failing", "gapless.handler.failures");
        assertEquals(0, subscriber.value("failing", "gapless.subscriptions.ended", "reason", "failed"));
        publish(topic, 2);
        awaitValue(1, subscriber, "failing", "gapless.subscriptions.ended", "reason", "failed");
        awaitValue(3, subscriber, "failing", "gapless.handler.failures");
        awaitValue(1, subscriber, "failing", "gapless.undecodable.messages");
    }

    @Test
    void aRegistrationThatIsMadeAgainIsCounted() {
        Topic<Integer> topic = topic("again");
        Recorder<Integer> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        publish(topic, 1);
        await(() -> recorder.messages().size() == 1);
        awaitValue(0, subscriber, "again", "gapless.reregistrations");
        Provoke.silence(
                cluster.system(1),
                Cluster.get(cluster.system(0)).selfUniqueAddress().longUid());
        awaitValue(1, subscriber, "again", "gapless.reregistrations");
        publish(topic, 1);
        await(() -> recorder.messages().size() == 2);
        awaitValue(0, publisher, "again", "gapless.reregistrations");
        assertEquals(List.of(), recorder.expired());
    }

    @Test
    void aNodeThatShutsDownCountsWhoIsEndedAndWhatIsRefused() {
        Topic<Integer> topic = topic("closing");
        try (TestCluster own = TestCluster.of(1, "")) {
            Gapless gapless = own.gapless(0);
            try (Measured measured = new Measured(gapless)) {
                Producer<Integer> producer = gapless.producer(topic);
                Recorder<Integer> recorder = new Recorder<>();
                get(gapless.subscribe(topic, StartFrom.latest(), recorder).ready());
                get(producer.publish(1));
                await(() -> recorder.messages().size() == 1);
                awaitValue(1, measured, "closing", "gapless.subscriptions", "state", "reading");
                own.leave(0);
                assertEquals(1, recorder.ended().size());
                awaitValue(1, measured, "closing", "gapless.subscriptions.ended", "reason", "shutdown");
                awaitValue(0, measured, "closing", "gapless.publish.refused", "reason", "closed");
                failure(ProducerClosed.class, producer.publish(2));
                awaitValue(1, measured, "closing", "gapless.publish.refused", "reason", "closed");
            }
        }
    }
}
