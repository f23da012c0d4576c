package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Gapless;
import dev.gapless.NotSerializable;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Beside Pekko's ActorTestKit: actors and streams that subscribe, and messages that are really serialized. */
class ActorsTest {
    private static final Topic<String> TOPIC = Topic.of("words", String.class);

    private static ActorTestKit actors;

    private final GaplessTestKit kit = GaplessTestKit.create(actors.system()).withPatience(Duration.ofMinutes(1));
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");

    @BeforeAll
    static void start() {
        actors = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        actors.shutdownTestKit();
    }

    @AfterEach
    void close() {
        kit.close();
    }

    /** Passes words on, and reloads at once. */
    private static Behavior<Unconfirmed<String>> reading(ActorRef<String> to) {
        return Behaviors.receiveMessage(unconfirmed -> {
            if (unconfirmed.event() instanceof Delivery<String> delivery) {
                if (!delivery.isDeleted() && delivery.message().equals("stop")) {
                    return Behaviors.stopped();
                }
                to.tell(String.valueOf(delivery.message()));
                unconfirmed.confirm();
            } else if (unconfirmed.event() instanceof CursorExpired<String>) {
                to.tell("reload");
                unconfirmed.confirm(Reload.done());
            } else {
                unconfirmed.confirm();
            }
            return Behaviors.same();
        });
    }

    private TestSubscription<String> subscribe(ActorRef<Unconfirmed<String>> actor) {
        return app.subscribe(
                TOPIC, StartFrom.latest(), SubscriptionSettings.defaults().withWindow(2), actor, event -> event);
    }

    @Test
    void anActorConfirmsAndReloads() {
        TestProbe<String> probe = actors.createTestProbe();
        TestSubscription<String> seen = subscribe(actors.spawn(reading(probe.getRef())));
        for (int i = 1; i <= 20; i++) {
            feed.publish(TOPIC, "w" + i);
        }
        for (int i = 1; i <= 20; i++) { // no order to the kit is needed for it to go on
            probe.expectMessage("w" + i);
        }
        feed.restart();
        probe.expectMessage("reload");
        feed.publish(TOPIC, "after");
        probe.expectMessage("after");
        for (int i = 1; i <= 20; i++) {
            seen.expectMessage("w" + i);
        }
        seen.expectExpiry(feed, Reason.PRODUCER_RESTARTED)
                .expectReloaded()
                .expectMessage("after")
                .expectNothing();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void anActorIsToldOfALossOfEachReasonAndReloads(Reason reason) {
        TestProbe<String> probe = actors.createTestProbe();
        TestSubscription<String> seen =
                kit.expire(reason, TOPIC, actors.spawn(reading(probe.getRef())), unconfirmed -> unconfirmed);
        probe.expectMessage("reload");
        seen.expectExpiry(feed, reason).expectReloaded().expectNothing();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void aStreamIsToldOfALossOfEachReasonAndGoesOn(Reason reason) throws Exception {
        SinkQueueWithCancel<Event<String>> events = kit.expire(reason, TOPIC, Sink.queue());
        CursorExpired<?> expired = assertInstanceOf(CursorExpired.class, next(events));
        assertEquals(reason, expired.gaps().get(0).reason());
        app.publish(TOPIC, "next");
        assertEquals("next", assertInstanceOf(Delivery.class, next(events)).message());
        events.cancel();
    }

    @Test
    void theSubscriptionEndsWithItsActor() throws Exception {
        TestSubscription<String> seen =
                subscribe(actors.spawn(reading(actors.<String>createTestProbe().getRef())));
        feed.publish(TOPIC, "stop");
        assertEquals(
                Ended.Reason.CANCELLED, seen.whenEnded().toCompletableFuture().get(60, TimeUnit.SECONDS));
    }

    record Unbound(int number) {}

    @Test
    void messagesAreSerializedAsInACluster() {
        Topic<Unbound> unbound = Topic.of("unbound", Unbound.class);
        CompletionException failure =
                assertThrows(CompletionException.class, () -> feed.publish(unbound, new Unbound(1)));
        assertInstanceOf(NotSerializable.class, failure.getCause());
    }

    @Test
    void aStreamSubscribesAndOnePublishes() throws Exception {
        SinkQueueWithCancel<Event<String>> events =
                app.gapless().source(TOPIC, StartFrom.earliest()).runWith(Sink.queue(), actors.system());
        Source.range(1, 3).map(i -> "w" + i).runWith(feed.gapless().sink(TOPIC), actors.system());
        for (int i = 1; i <= 3; i++) {
            assertEquals("w" + i, assertInstanceOf(Delivery.class, next(events)).message());
        }
        feed.restart();
        assertInstanceOf(CursorExpired.class, next(events));
        app.leave();
        assertEquals(
                Ended.Reason.SHUTDOWN,
                assertInstanceOf(Ended.class, next(events)).reason());
    }

    @Test
    void aStreamWithANameGoesOnWhereItWas() throws Exception {
        SinkQueueWithCancel<Event<String>> before = billing();
        feed.publish(TOPIC, "one");
        assertEquals("one", assertInstanceOf(Delivery.class, next(before)).message());
        kit.pass(Duration.ofSeconds(2)); // its token is stored
        SinkQueueWithCancel<Event<String>> after = billing();
        feed.publish(TOPIC, "two");
        assertEquals("two", assertInstanceOf(Delivery.class, next(after)).message());
        assertEquals("two", assertInstanceOf(Delivery.class, next(before)).message());
        kit.pass(Duration.ofMinutes(2));
        assertEquals(
                Ended.Reason.TAKEN_OVER,
                assertInstanceOf(Ended.class, next(before)).reason());
        after.cancel();
    }

    @Test
    void aStreamOfANodeThatCrashedStoresNoToken() throws Exception {
        Pair<Subscription, SinkQueueWithCancel<Event<String>>> before = billingStream();
        feed.publish(TOPIC, "one");
        assertEquals(
                "one", assertInstanceOf(Delivery.class, next(before.second())).message());
        app.crash();
        before.second().cancel();
        before.first().whenEnded().toCompletableFuture().get(60, TimeUnit.SECONDS);
        app.start();
        SinkQueueWithCancel<Event<String>> after = billing();
        List<Object> words = new ArrayList<>();
        while (!words.contains("one")) {
            if (next(after) instanceof Delivery<String> delivery) { // the crash is told, too
                words.add(delivery.message());
            }
        }
        after.cancel();
    }

    private SinkQueueWithCancel<Event<String>> billing() throws Exception {
        return billingStream().second();
    }

    private Pair<Subscription, SinkQueueWithCancel<Event<String>>> billingStream() throws Exception {
        Pair<Subscription, SinkQueueWithCancel<Event<String>>> stream = app.gapless()
                .source(
                        TOPIC,
                        StartFrom.latest(),
                        SubscriptionSettings.defaults().named("billing"))
                .toMat(Sink.queue(), Keep.both())
                .run(actors.system());
        stream.first().ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
        return stream;
    }

    private static Event<String> next(SinkQueueWithCancel<Event<String>> events) throws Exception {
        return events.pull().toCompletableFuture().get(60, TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void actorsThatAskForGaplessThemselvesGetTheNodeThatIsBound() {
        assertThrows(IllegalStateException.class, () -> Gapless.get(actors.system()));
        app.bind(actors.system());
        assertEquals("app", Gapless.get(actors.system()).nodeName());
        TestProbe<String> probe = actors.createTestProbe();
        var topic =
                actors.spawn(dev.gapless.pubsub.Topic.create(String.class, TOPIC.name(), expired -> "reload"), "words");
        topic.tell(dev.gapless.pubsub.Topic.subscribe(probe.getRef()));
        topic.tell(dev.gapless.pubsub.Topic.publish("own"));
        probe.expectMessage("own");
        feed.publish(TOPIC, "other");
        probe.expectMessage("other");
        feed.restart();
        probe.expectMessage("reload");
        kit.close();
        assertThrows(IllegalStateException.class, () -> Gapless.get(actors.system()));
        actors.stop(topic);
    }

    @Test
    void anActorSystemOfAClusterIsRefused() {
        ActorTestKit clustered =
                ActorTestKit.create("clustered", ConfigFactory.parseString("""
                                pekko.actor.provider = cluster
                                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                """).withFallback(ConfigFactory.load()));
        try {
            assertThrows(IllegalStateException.class, () -> app.bind(clustered.system()));
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> GaplessTestKit.create(clustered.system()));
            assertTrue(refused.getMessage().contains("pekko.actor.provider = local"), refused.getMessage());
        } finally {
            clustered.shutdownTestKit();
        }
    }
}
