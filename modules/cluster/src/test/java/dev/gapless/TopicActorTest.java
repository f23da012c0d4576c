package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.pubsub.Topic.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The topic's actor, as users of Pekko's know it. */
class TopicActorTest {
    private static TestCluster cluster;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(
                2,
                "gapless.topics { small.buffer-messages = 10, hesitating.buffer-messages = 10, failing.buffer-messages = 10 }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static ActorRef<Command<String>> topic(int node, String name) {
        return Adapter.spawn(
                cluster.system(node),
                dev.gapless.pubsub.Topic.create(
                        String.class,
                        name,
                        expired -> "missed " + expired.gaps().get(0).missed()),
                "topic-" + name);
    }

    /** An actor that notes what it is told, until it is told to stop. */
    private static final class Subscriber {
        private final List<String> told = new ArrayList<>();
        final ActorRef<String> ref;

        Subscriber(int node, String name) {
            ref = Adapter.spawn(
                    cluster.system(node),
                    Behaviors.<String>receiveMessage(message -> {
                        note(message);
                        return message.equals("stop") ? Behaviors.stopped() : Behaviors.same();
                    }),
                    name);
        }

        private synchronized void note(String message) {
            told.add(message);
        }

        synchronized List<String> told() {
            return List.copyOf(told);
        }

        List<String> told(String prefix) {
            return told().stream().filter(text -> text.startsWith(prefix)).toList();
        }
    }

    private static void subscribe(ActorRef<Command<String>> topic, Subscriber subscriber) {
        topic.tell(dev.gapless.pubsub.Topic.subscribe(subscriber.ref));
    }

    private static void unsubscribe(ActorRef<Command<String>> topic, Subscriber subscriber) {
        topic.tell(dev.gapless.pubsub.Topic.unsubscribe(subscriber.ref));
    }

    private static void publish(ActorRef<Command<String>> topic, String message) {
        topic.tell(dev.gapless.pubsub.Topic.publish(message));
    }

    private static long subscriptionsOf(int node, String topic) {
        return get(cluster.gapless(node).status(Duration.ofSeconds(5))).stream()
                .filter(status -> status.node().equals(cluster.gapless(node).nodeName()))
                .flatMap(status -> status.topics().stream())
                .filter(status -> status.topic().equals(topic) && status.consumer() != null)
                .mapToLong(status -> status.consumer().subscriptions().size())
                .sum();
    }

    @Test
    void everySubscriberOnEveryNodeIsToldWhatAnyNodePublishes() {
        ActorRef<Command<String>> here = topic(0, "prices");
        ActorRef<Command<String>> there = topic(1, "prices");
        List<Subscriber> subscribers =
                List.of(new Subscriber(0, "prices-1"), new Subscriber(0, "prices-2"), new Subscriber(1, "prices-3"));
        subscribe(here, subscribers.get(0));
        subscribe(here, subscribers.get(1));
        subscribe(here, subscribers.get(1)); // once more changes nothing
        subscribe(there, subscribers.get(2));
        await(
                () -> { // each node has heard of the other's subscribers
                    publish(here, "probe here");
                    publish(there, "probe there");
                    return subscribers.stream()
                            .allMatch(s ->
                                    s.told().contains("probe here") && s.told().contains("probe there"));
                });
        List<String> fromHere = new ArrayList<>();
        List<String> fromThere = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            fromHere.add("a" + i);
            fromThere.add("b" + i);
            publish(here, "a" + i);
            publish(there, "b" + i);
        }
        for (Subscriber subscriber : subscribers) {
            await(() -> subscriber.told("a").size() + subscriber.told("b").size() >= 400);
            assertEquals(fromHere, subscriber.told("a"));
            assertEquals(fromThere, subscriber.told("b"));
            assertEquals(List.of(), subscriber.told("missed"));
        }
    }

    @Test
    void whatIsPublishedBehindASubscribeReachesTheSubscriber() {
        for (int i = 0; i < 20; i++) {
            ActorRef<Command<String>> topic = topic(0, "at-once-" + i);
            Subscriber subscriber = new Subscriber(0, "at-once-subscriber-" + i);
            subscribe(topic, subscriber);
            publish(topic, "first");
            await(() -> subscriber.told().equals(List.of("first")));
        }
    }

    @Test
    void whoHasUnsubscribedOrStoppedIsToldNothingAndTheOthersGoOn() {
        ActorRef<Command<String>> topic = topic(0, "leaving");
        Subscriber stays = new Subscriber(0, "stays");
        Subscriber unsubscribes = new Subscriber(0, "unsubscribes");
        Subscriber stops = new Subscriber(0, "stops");
        List.of(stays, unsubscribes, stops).forEach(subscriber -> subscribe(topic, subscriber));
        publish(topic, "1");
        await(() -> stops.told().size() == 1 && unsubscribes.told().size() == 1);
        unsubscribe(topic, unsubscribes);
        unsubscribe(topic, unsubscribes);
        stops.ref.tell("stop");
        await(() -> stops.told().contains("stop"));
        publish(topic, "2");
        await(() -> stays.told().equals(List.of("1", "2")));
        assertEquals(List.of("1"), unsubscribes.told());
        assertEquals(List.of("1", "stop"), stops.told());
        assertEquals(1, subscriptionsOf(0, "leaving"));

        stays.ref.tell("stop");
        await(() -> subscriptionsOf(0, "leaving") == 0);
        publish(topic, "3");
        subscribe(topic, unsubscribes);
        await(() -> {
            publish(topic, "4");
            return unsubscribes.told().contains("4");
        });
        assertEquals(
                List.of("1"),
                unsubscribes.told().stream()
                        .filter(m -> !m.equals("4") && !m.equals("3"))
                        .toList());
    }

    @Tag("seconds")
    @Test
    void anExpiryIsOneMoreMessageInItsPlace() {
        ActorRef<Command<String>> topic = topic(1, "small");
        Subscriber subscriber = new Subscriber(1, "small-subscriber");
        subscribe(topic, subscriber);
        assertTellsAllThatItMissed("small", subscriber);
    }

    /** Publishes until the subscriber is told that it missed some. Each message, and each that it missed, stands in its place. */
    private static void assertTellsAllThatItMissed(String topic, Subscriber subscriber) {
        Producer<String> producer = cluster.gapless(0).producer(Topic.of(topic, String.class));
        int[] last = {0}; // the message's number is its sequence
        await(() -> {
            get(producer.publish("m" + ++last[0]));
            return !subscriber.told().isEmpty();
        });
        await(() -> {
            IntStream.rangeClosed(1, 1000).forEach(i -> producer.publish("m" + ++last[0]));
            return !subscriber.told("missed").isEmpty();
        });
        int published = last[0];
        await(() -> nextAfter(subscriber.told()) == published + 1);
    }

    /** The number of the message behind these, each of which has to be the one behind the one before it. */
    private static long nextAfter(List<String> told) {
        long next = Long.parseLong(told.get(0).substring(1));
        for (String message : told) {
            if (message.startsWith("missed ")) {
                next += Long.parseLong(message.substring("missed ".length()));
            } else {
                assertEquals("m" + next, message);
                next++;
            }
        }
        return next;
    }

    @Test
    void aMessageThatCannotBeDecodedCountsAsMissed() {
        ActorRef<Command<String>> topic = topic(0, "mixed");
        Subscriber subscriber = new Subscriber(0, "mixed-subscriber");
        subscribe(topic, subscriber);
        await(() -> subscriptionsOf(0, "mixed") == 1);
        get(cluster.gapless(0)
                .producer(Topic.of("mixed", Payload.class))
                .publish(new Payload(4711, "unknown", new byte[] {1})));
        publish(topic, "text");
        await(() -> subscriber.told().contains("text"));
        assertEquals(List.of("missed 1", "text"), subscriber.told());
    }

    @Test
    void theSubscriptionEndsWithTheTopicsActor() {
        ActorRef<Command<String>> topic = topic(0, "ends");
        Subscriber subscriber = new Subscriber(0, "ends-subscriber");
        subscribe(topic, subscriber);
        publish(topic, "1");
        await(() -> subscriber.told().size() == 1);
        cluster.system(0).stop(Adapter.toClassic(topic));
        await(() -> subscriptionsOf(0, "ends") == 0);
    }

    /** Throws whatever it is given that says so. */
    private static final class Exploding extends BehaviorInterceptor<Command<String>, Command<String>> {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Exploding() {
            super((Class) Command.class);
        }

        @Override
        public Behavior<Command<String>> aroundReceive(
                TypedActorContext<Command<String>> context,
                Command<String> command,
                BehaviorInterceptor.ReceiveTarget<Command<String>> target) {
            if (command.toString().contains("explode")) {
                throw new IllegalStateException("for a test");
            }
            return target.apply(context, command);
        }
    }

    @Test
    void subscribersOfATopicThatIsRestartedAreToldEverythingOnce() {
        ActorRef<Command<String>> topic = Adapter.spawn(
                cluster.system(0),
                Behaviors.supervise(Behaviors.intercept(
                                Exploding::new,
                                dev.gapless.pubsub.Topic.create(String.class, "restarted", expired -> "missed")))
                        .onFailure(SupervisorStrategy.restart()),
                "topic-restarted");
        Subscriber subscriber = new Subscriber(0, "restarted-subscriber");
        subscribe(topic, subscriber);
        publish(topic, "1");
        await(() -> subscriber.told().equals(List.of("1")));
        Producer<String> other = cluster.gapless(0).producer(Topic.of("restarted", String.class));
        for (int i = 2; i <= 50; i++) {
            if (i % 10 == 0) {
                publish(topic, "explode");
                subscribe(topic, subscriber); // as one does who does not know of the restart
            }
            get(other.publish("" + i));
        }
        await(() -> subscriber.told().size() >= 50);
        assertEquals(IntStream.rangeClosed(1, 50).mapToObj(i -> "" + i).toList(), subscriber.told());
        await(() -> subscriptionsOf(0, "restarted") == 1);
    }

    /** Makes no message for the first two expiries. */
    private static Behavior<Command<String>> hesitating(String name, AtomicInteger calls) {
        return dev.gapless.pubsub.Topic.create(String.class, name, expired -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("for a test");
            }
            return calls.get() == 2 ? null : "missed " + expired.gaps().get(0).missed();
        });
    }

    @Test
    void underSupervisionAnExpiryForWhichThereIsNoMessageIsToldOnceThereIsOne() {
        AtomicInteger calls = new AtomicInteger();
        ActorRef<Command<String>> topic = Adapter.spawn(
                cluster.system(1),
                Behaviors.supervise(hesitating("hesitating", calls)).onFailure(SupervisorStrategy.restart()),
                "topic-hesitating");
        Subscriber subscriber = new Subscriber(1, "hesitating-subscriber");
        subscribe(topic, subscriber);
        assertTellsAllThatItMissed("hesitating", subscriber);
        assertTrue(calls.get() >= 3, () -> calls + " calls");
    }

    @Test
    void withoutSupervisionTheActorFailsAtAnExpiryForWhichThereIsNoMessage() {
        ActorRef<String> parent = Adapter.spawn(
                cluster.system(1),
                Behaviors.<String>setup(context -> {
                    ActorRef<Command<String>> topic =
                            context.spawn(hesitating("failing", new AtomicInteger()), "topic-failing");
                    context.watch(topic);
                    topic.tell(dev.gapless.pubsub.Topic.subscribe(context.spawnAnonymous(Behaviors.ignore())));
                    return Behaviors.receive(String.class)
                            .onSignal(ChildFailed.class, failed -> {
                                failures.add(failed.cause());
                                return Behaviors.stopped();
                            })
                            .build();
                }),
                "parent-of-failing");
        await(() -> subscriptionsOf(1, "failing") == 1);
        Producer<String> producer = cluster.gapless(0).producer(Topic.of("failing", String.class));
        await(() -> {
            IntStream.rangeClosed(1, 1000).forEach(i -> producer.publish("m" + i));
            return !failures.isEmpty();
        });
        String told = failures.remove().getMessage();
        assertTrue(told.startsWith("Topic failing: "), told);
        await(() -> subscriptionsOf(1, "failing") == 0);
        assertEquals("parent-of-failing", parent.path().name());
    }
}
