package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With {@code pekko.actor.serialize-messages = on}, as tests of applications have it. */
class SerializeMessagesTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "pekko.actor.serialize-messages = on");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static void publish(Topic<String> topic) {
        for (int i = 1; i <= 3; i++) {
            get(cluster.gapless(0).producer(topic).publish("m" + i));
        }
    }

    @Test
    void aHandlerIsReadyAndGetsWhatAnotherNodePublishes() {
        Topic<String> topic = Topic.of("handler", String.class);
        Recorder<String> recorder = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder);
        assertEquals(List.of(), List.copyOf(get(subscription.ready()).silent()));
        publish(topic);
        await(() -> recorder.messages().equals(List.of("m1", "m2", "m3")));
        assertEquals(2, get(cluster.gapless(0).status(Duration.ofSeconds(20))).size());
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
    }

    @Test
    void aStreamAndATopicsActorGetIt() {
        Topic<String> topic = Topic.of("stream", String.class);
        List<String> told = new CopyOnWriteArrayList<>();
        ActorRef<String> subscriber = Adapter.spawn(
                cluster.system(0),
                Behaviors.receiveMessage(message -> {
                    told.add(message);
                    return Behaviors.same();
                }),
                "subscriber");
        var actor = Adapter.spawn(
                cluster.system(0),
                dev.gapless.pubsub.Topic.create(String.class, topic.name(), expired -> "missed"),
                "stream-topic");
        actor.tell(dev.gapless.pubsub.Topic.subscribe(subscriber));
        actor.tell(dev.gapless.pubsub.Topic.publish("m0"));
        await(() -> told.equals(List.of("m0")));
        publish(topic);
        await(() -> told.equals(List.of("m0", "m1", "m2", "m3")));
        Event<String> first =
                get(cluster.gapless(1).source(topic, StartFrom.earliest()).runWith(Sink.head(), cluster.system(1)));
        assertEquals("m0", assertInstanceOf(Delivery.class, first).message());
    }

    @Test
    void anActorGetsEventsAsTheyAre() {
        Topic<String> topic = Topic.of("actor", String.class);
        List<String> told = new CopyOnWriteArrayList<>();
        ActorRef<Unconfirmed<String>> actor = Adapter.spawn(
                cluster.system(1),
                Behaviors.receiveMessage(unconfirmed -> {
                    if (unconfirmed.event() instanceof Delivery<String> delivery) {
                        told.add(delivery.message());
                    }
                    unconfirmed.confirm();
                    return Behaviors.same();
                }),
                "actor");
        get(cluster.gapless(1)
                .subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults(), actor, event -> event)
                .ready());
        publish(topic);
        await(() -> told.equals(List.of("m1", "m2", "m3")));
    }

    private record Wrapped(Unconfirmed<String> unconfirmed) {}

    @Test
    void aMessageThatPekkoWouldDropEndsTheSubscriptionAndSaysWhatToDo() {
        Topic<String> topic = Topic.of("dropped", String.class);
        ActorRef<Wrapped> actor = Adapter.spawn(cluster.system(1), Behaviors.<Wrapped>ignore(), "ignores");
        try (Logged log = new Logged()) {
            Subscription subscription = cluster.gapless(1)
                    .subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults(), actor, Wrapped::new);
            get(subscription.ready());
            publish(topic);
            assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
            await(() -> !log.lines(
                            Level.ERROR,
                            "Topic dropped",
                            "pekko.actor.serialize-messages",
                            "NoSerializationVerificationNeeded")
                    .isEmpty());
        }
    }
}
