package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.Loss;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.NodeStatus.TopicStatus;
import dev.gapless.NodeStatus.Totals;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator is told without a monitoring system: in the status, and in the log. */
class OperatorTest {
    private static TestCluster cluster;
    private static Gapless a;
    private static Gapless b;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless {
                  buffer-messages = 20
                  slow-handler-warning = 50ms
                  loss-log-interval = 10m
                  reload-backoff.min = 10ms
                  reload-interval = 0s
                  reload-jitter = 0s
                  topics { "pressed" { overflow = backpressure } }
                }
                """);
        a = cluster.gapless(0);
        b = cluster.gapless(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Answers when it is told to. */
    private static final class Held implements AsyncMessageHandler<Integer> {
        final CompletableFuture<Void> message = new CompletableFuture<>();
        final List<CompletableFuture<Reload>> reloads = new ArrayList<>();
        final List<Gap> gaps = new ArrayList<>();
        int messages;

        @Override
        public synchronized CompletionStage<?> onMessage(Delivery<Integer> delivery) {
            messages++;
            return message;
        }

        @Override
        public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            gaps.addAll(expired.gaps());
            reloads.add(new CompletableFuture<>());
            return reloads.get(reloads.size() - 1);
        }

        /** The last sequence that it missed by the first gap. */
        synchronized long lastMissed() {
            return gaps.get(0).firstMissing() + gaps.get(0).missed() - 1;
        }

        synchronized int messages() {
            return messages;
        }

        synchronized int reloads() {
            return reloads.size();
        }

        synchronized CompletableFuture<Reload> reload(int index) {
            return reloads.get(index);
        }
    }

    private static Topic<Integer> topic(String name) {
        return Topic.of(name, Integer.class);
    }

    private static TopicStatus status(Gapless of, String topic) {
        return get(a.status(Duration.ofSeconds(10))).stream()
                .filter(node -> node.node().equals(of.nodeName()))
                .flatMap(node -> node.topics().stream())
                .filter(status -> status.topic().equals(topic))
                .findFirst()
                .orElseThrow();
    }

    private static NodeStatus node(Gapless of) {
        return get(a.status(Duration.ofSeconds(10))).stream()
                .filter(node -> node.node().equals(of.nodeName()))
                .findFirst()
                .orElseThrow();
    }

    private static SubscriptionStatus subscription(String topic) {
        ConsumerStatus consumer = status(b, topic).consumer();
        assertEquals(consumer.subscriptionCount(), consumer.subscriptions().size());
        return consumer.subscriptions().get(0);
    }

    /** Reads on and gives nothing, so that everything comes to its node, however slow the others there are. */
    private static Subscription level(String topic) {
        Subscription level = b.subscribe(
                topic(topic),
                StartFrom.latest(),
                SubscriptionSettings.defaults().withKeys("none"),
                new Recorder<>());
        get(level.ready());
        return level;
    }

    /** Each message once the one before has come to the other node. There is one that is {@link #level}. */
    private static void publishSlowly(String topic, int from, int to) {
        for (int i = from; i <= to; i++) {
            long sequence = get(a.producer(topic(topic)).publish("key-" + i, i)).sequence();
            await(() -> status(b, topic).consumer().registrations().stream()
                    .anyMatch(registration -> registration.node().equals(a.nodeName())
                            && registration.position() != null
                            && registration.position().sequence() == sequence));
        }
    }

    @Test
    void theStatusTellsWhatASlowSubscriptionIsAt() {
        Held held = new Held();
        Subscription subscription = b.subscribe(topic("slow"), StartFrom.latest(), held);
        get(subscription.ready());
        await(() -> subscription("slow").state().equals("reading"));
        Subscription level = level("slow");
        publishSlowly("slow", 1, 60);
        await(() -> subscription("slow").lag().messages() >= 60);
        SubscriptionStatus handling = subscription("slow");
        assertEquals(1, handling.delivered());
        assertFalse(handling.lag().age().isZero());
        await(() -> !subscription("slow").holding().isZero());
        assertTrue(handling.reloading().isZero());
        ConsumerStatus consumer = status(b, "slow").consumer();
        assertEquals(20, consumer.messages());
        assertEquals(20, consumer.maxMessages());
        assertEquals(16 << 20, consumer.maxBytes());
        await(() -> status(a, "slow").producer().cursors().get(0).state().equals("level"));
        CursorStatus cursor = status(a, "slow").producer().cursors().get(0);
        assertEquals(b.nodeName(), cursor.node());
        assertEquals(2 << 20, cursor.windowBytes());

        held.message.complete(null);
        await(() -> held.reloads() == 1);
        await(() -> !subscription("slow").reloading().isZero());
        SubscriptionStatus reloading = subscription("slow");
        assertEquals("reloading", reloading.state());
        assertEquals(1, reloading.expiries().get(Reason.OVERRUN));
        assertEquals(0, reloading.expiries().get(Reason.PRODUCER_LOST));
        assertEquals(0, reloading.reloads());
        held.reload(0).completeExceptionally(new IllegalStateException("no database"));
        await(() -> held.reloads() == 2);
        assertEquals("reloading", subscription("slow").state());
        assertEquals(1, subscription("slow").reloadFailures());
        held.reload(1).complete(Reload.done());
        await(() -> subscription("slow").state().equals("reading"));
        subscription.pause();
        SubscriptionStatus done = subscription("slow");
        assertTrue(done.paused());
        assertEquals("reading", done.state());
        assertEquals(2, done.reloads());
        assertTrue(done.reloading().isZero());
        assertEquals(0, done.violations());
        Loss loss = node(b).losses().stream()
                .filter(one -> one.topic().equals("slow") && one.subscriptions() > 0)
                .findFirst()
                .orElseThrow();
        assertEquals(a.nodeName(), loss.producer());
        assertEquals(b.nodeName(), loss.consumer());
        assertEquals(Reason.OVERRUN, loss.reason());
        Totals read = status(b, "slow").totals();
        assertEquals(new Totals(0, done.delivered(), 1, loss.missed()), read);
        assertEquals(60, status(a, "slow").totals().published());
        get(subscription.cancel());
        get(level.cancel());
        assertTrue(node(b).totals().delivered() >= read.delivered(), "what was counted stays counted");
    }

    @Test
    void theStatusTellsWhyACursorDoesNotGoOn() {
        Held held = new Held();
        Subscription subscription = b.subscribe(topic("pressed"), StartFrom.latest(), held);
        get(subscription.ready());
        Producer<Integer> producer = a.producer(topic("pressed"));
        for (int i = 0; i < 100; i++) {
            var unused = producer.publish(i);
        }
        await(() -> {
            ProducerStatus status = status(a, "pressed").producer();
            return status.cursors().get(0).state().equals("stopped") && status.waitingPublishes() > 0;
        });
        assertEquals(0, status(a, "pressed").producer().cursors().get(0).windowBytes());
        held.message.complete(null);
        await(() -> status(a, "pressed").producer().cursors().get(0).state().equals("level"));
        get(subscription.cancel());
    }

    @Test
    void ofManySubscriptionsThoseAreToldThatNeedALook() {
        Topic<Integer> topic = topic("many");
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.add(b.subscribe(topic, StartFrom.latest(), new Recorder<>()));
        }
        Held held = new Held();
        Subscription slow = b.subscribe(topic, StartFrom.latest(), held);
        all.add(slow);
        all.forEach(subscription -> get(subscription.ready()));
        get(a.producer(topic).publish(1));
        await(() -> held.messages() == 1);
        await(() -> {
            ConsumerStatus status = status(b, "many").consumer();
            List<SubscriptionStatus> first = status.subscriptions();
            return status.subscriptionCount() == 121
                    && first.size() == 100
                    && first.get(0).lag().messages() == 1
                    && first.get(1).lag().messages() == 0;
        });
        all.forEach(subscription -> get(subscription.cancel()));
    }

    @Test
    void rowT3_theLogOfALagNamesTopicProducerSequencesKeysAndWhoMissedThem() {
        try (Logged logged = new Logged()) {
            Held held = new Held();
            Subscription slow = b.subscribe(topic("lagging"), StartFrom.latest(), held);
            get(slow.ready());
            Subscription level = level("lagging");
            publishSlowly("lagging", 1, 1);
            await(() -> held.messages() == 1); // or the second is read together with the first
            publishSlowly("lagging", 2, 60);
            assertEquals(List.of(), logged.lines(Level.WARN, "Topic lagging", "missed"));
            long id = subscription("lagging").id();
            held.message.complete(null);
            await(() -> held.reloads() == 1);
            long last = held.lastMissed();
            assertTrue(last >= 40, () -> "the ring has 20 of the 60: " + held.gaps);
            String expected = "Topic lagging: subscription " + id + " on node " + b.nodeName()
                    + " missed messages of producer " + a.nodeName()
                    + " (OVERRUN): sequences 2 to " + last + ", keys behind \"key-1\" and up to ";
            String lastKey = "\"key-" + last + "\"; it is told to reload";
            String unknown = "none; it is told to reload"; // where its node does not have that message any more
            await(() -> logged.lines(Level.WARN, "Topic lagging").stream()
                    .anyMatch(line -> line.equals(expected + lastKey) || line.equals(expected + unknown)));
            held.reload(0).complete(Reload.done());
            get(slow.cancel());
            get(level.cancel());

            // And of a node that was away for too long, by its token.
            Recorder<Integer> recorder = new Recorder<>();
            Subscription first = b.subscribe(topic("away"), StartFrom.latest(), recorder);
            get(first.ready());
            for (int i = 1; i <= 3; i++) {
                get(a.producer(topic("away")).publish("key-" + i, i));
            }
            await(() -> recorder.messages().size() == 3);
            CursorToken token = first.token();
            get(first.cancel());
            await(() -> status(a, "away").producer().cursors().isEmpty()); // or that one would be overrun, too
            for (int i = 4; i <= 60; i++) {
                get(a.producer(topic("away")).publish("key-" + i, i));
            }
            Subscription resumed = b.subscribe(topic("away"), StartFrom.token(token), recorder);
            await(() -> recorder.expired().size() == 1);
            await(() -> logged.lines(
                                    Level.WARN,
                                    "Topic away: subscription ",
                                    " on node " + b.nodeName() + " missed messages of producer " + a.nodeName(),
                                    "(OVERRUN): sequences 4 to 60")
                            .size()
                    == 1);
            get(resumed.cancel());
        }
    }

    @Test
    void rowT3_manyThatLagMakeOneLineAndTheRestIsCounted() {
        Topic<Integer> topic = topic("crowd");
        try (Logged logged = new Logged()) {
            List<Subscription> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                all.add(b.subscribe(topic, StartFrom.latest(), new Recorder<>()));
            }
            all.forEach(subscription -> get(subscription.ready()));
            all.forEach(Subscription::pause);
            Subscription level = level("crowd");
            publishSlowly("crowd", 1, 40);
            all.forEach(Subscription::resume);
            await(() -> status(b, "crowd").consumer().subscriptions().stream()
                            .filter(status -> status.expiries().get(Reason.OVERRUN) == 1)
                            .count()
                    == all.size());
            get(level.cancel());
            all.forEach(subscription -> get(subscription.cancel())); // the last one makes the consumer tell the rest
            await(() -> logged.lines(Level.WARN, "Topic crowd: subscription", "(28 more like this were left out")
                            .size()
                    == 1);
            assertEquals(
                    2, logged.lines(Level.WARN, "Topic crowd: subscription").size());
        }
    }

    @Test
    void whatIsLeftOutInAnIntervalIsToldAtItsEnd() {
        Topic<Integer> topic = topic("interval");
        try (TestCluster alone = TestCluster.of(1, "gapless { buffer-messages = 20, loss-log-interval = 1s }");
                Logged logged = new Logged()) {
            List<Subscription> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                all.add(alone.gapless(0).subscribe(topic, StartFrom.latest(), new Recorder<>()));
            }
            all.forEach(subscription -> get(subscription.ready()));
            all.forEach(Subscription::pause);
            for (int i = 0; i < 40; i++) {
                get(alone.gapless(0).producer(topic).publish(i));
            }
            all.forEach(Subscription::resume);
            await(() -> !logged.lines(Level.WARN, "Topic interval: subscription", "more like this were left out")
                    .isEmpty());
        }
    }

    @Test
    void aHandlerThatNeverCompletesIsLoggedAgainAndAgainButEverMoreRarely() {
        try (Logged logged = new Logged()) {
            Held held = new Held();
            Subscription subscription = b.subscribe(topic("hanging"), StartFrom.latest(), held);
            get(subscription.ready());
            get(a.producer(topic("hanging")).publish("the key", 1));
            String message = "message " + status(a, "hanging").producer().epoch() + ":1 of producer " + a.nodeName()
                    + ", key \"the key\"";
            await(() -> logged.lines(Level.WARN, "Topic hanging: subscription", "on node " + b.nodeName(), message)
                            .size()
                    >= 3);
            held.message.complete(null);
            await(() -> subscription.lag().equals(Lag.NONE));
            get(subscription.cancel());
        }
    }

    @Test
    void theMessageThatAHandlerHoldsNowIsLoggedAndNoneThatItIsDoneWith() {
        List<CompletableFuture<Void>> answers = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        AsyncMessageHandler<Integer> handler = new AsyncMessageHandler<>() {
            @Override
            public CompletionStage<?> onMessage(Delivery<Integer> delivery) {
                return answers.get(delivery.message());
            }

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        };
        try (Logged logged = new Logged()) {
            Subscription subscription = b.subscribe(topic("one-by-one"), StartFrom.latest(), handler);
            get(subscription.ready());
            for (int i = 0; i < 2; i++) {
                String held = get(a.producer(topic("one-by-one")).publish(i)) + " of producer";
                await(() -> !logged.lines(Level.WARN, "Topic one-by-one: subscription", held)
                        .isEmpty());
                answers.get(i).complete(null);
            }
            get(subscription.cancel());
        }
    }

    @Test
    void aHandlerThatBlocksAnActorThatConfirmsNothingAStreamWithoutDemandAndAReloadAreLoggedLikewise() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Logged logged = new Logged()) {
            List<Subscription> all = new ArrayList<>();
            all.add(b.subscribe(topic("blocking"), StartFrom.latest(), new Recorder<Integer>() {
                @Override
                public void onMessage(Delivery<Integer> delivery) {
                    gate.join();
                }
            }));
            var mute = Adapter.toTyped(cluster.system(1)
                    .actorOf(Adapter.props(() -> Behaviors.<Unconfirmed<Integer>>ignore()), "mute"));
            all.add(b.subscribe(
                    topic("mute"),
                    StartFrom.latest(),
                    SubscriptionSettings.defaults(),
                    mute.<Unconfirmed<Integer>>unsafeUpcast(),
                    unconfirmed -> unconfirmed));
            all.add(b.source(topic("idle"), StartFrom.latest())
                    .mapAsync(1, event -> gate)
                    .toMat(Sink.ignore(), Keep.left())
                    .run(cluster.system(1)));
            all.forEach(subscription -> get(subscription.ready()));
            for (String name : List.of("blocking", "mute", "idle")) {
                get(a.producer(topic(name)).publish(1));
                get(a.producer(topic(name)).publish(2));
                await(() -> !logged.lines(Level.WARN, "Topic " + name + ": subscription", "slow-handler-warning")
                        .isEmpty());
            }

            Held held = new Held();
            Subscription reloading = b.subscribe(topic("reloading"), StartFrom.latest(), held);
            all.add(reloading);
            get(reloading.ready());
            reloading.pause();
            all.add(level("reloading"));
            publishSlowly("reloading", 1, 40);
            reloading.resume();
            await(() -> held.reloads() == 1);
            await(() -> !logged.lines(Level.WARN, "Topic reloading: subscription", "the reload for [Gap[")
                    .isEmpty());
            gate.complete(null);
            all.forEach(subscription -> get(subscription.cancel()));
        } finally {
            gate.complete(null);
        }
    }
}
