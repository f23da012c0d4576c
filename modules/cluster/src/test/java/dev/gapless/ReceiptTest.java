package dev.gapless;

import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Publishes that say which nodes have the message. The publisher is the first of three nodes. */
class ReceiptTest {
    private static final Duration LONG = TestCluster.DEADLINE.minusSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(0, "");
        for (int i = 0; i < 3; i++) {
            cluster.join("gapless { node-name = n" + i + ", topics.few { max-pending-publishes = 2 } }");
        }
        cluster.awaitUp(3);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Topic<String> topic(String name, int... subscribers) {
        Topic<String> topic = Topic.of(name, String.class);
        for (int subscriber : subscribers) {
            get(cluster.gapless(subscriber)
                    .subscribe(topic, StartFrom.latest(), new Recorder<String>())
                    .ready());
        }
        return topic;
    }

    private static CompletionStage<Held> publish(Topic<String> topic, Receipt receipt, Duration timeout) {
        return cluster.gapless(0).producer(topic).publish("a message", receipt, timeout);
    }

    private static NotHeld notHeld(Topic<String> topic, Receipt receipt) {
        CompletionException failure =
                assertThrows(CompletionException.class, () -> get(publish(topic, receipt, SHORT)));
        return assertInstanceOf(NotHeld.class, failure.getCause());
    }

    @Test
    void aMessageIsHeldByAsManyOtherNodesAsAreWanted() {
        Topic<String> topic = topic("some", 0, 1, 2);
        Held held = get(publish(topic, Receipt.heldBy(2), LONG));
        assertTrue(held.nodes().containsAll(Set.of("n1", "n2")), held::toString);
        assertEquals(1, held.position().sequence());
        Held keyed = get(cluster.gapless(0)
                .producer(topic)
                .publish(Publication.of("another").withKey("k"), Receipt.heldBy(1), LONG));
        assertEquals(2, keyed.position().sequence());
    }

    @Test
    void aMessageWithAKeyIsHeldAndHasTheKey() {
        Topic<String> topic = topic("keyed");
        Recorder<String> recorder = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), recorder).ready());
        Producer<String> producer = cluster.gapless(0).producer(topic);
        assertEquals(
                Set.of("n1"),
                get(producer.publish("k", "a message", Receipt.heldBy(1), LONG)).nodes());
        TestCluster.await(() -> !recorder.events().isEmpty());
        assertEquals("k", ((Delivery<String>) recorder.events().get(0)).key());
        CompletionException failure = assertThrows(
                CompletionException.class, () -> get(producer.publish(null, "a message", Receipt.heldBy(1), LONG)));
        assertInstanceOf(IllegalArgumentException.class, failure.getCause());
    }

    @Test
    void whatTheGuideShowsPrintsWhoHasIt() {
        Topic<String> orders = topic("orders", 1, 2);
        Gapless gapless = cluster.gapless(0);
        String order = "an order";
        List<Held> all = Collections.synchronizedList(new ArrayList<>());

        // shown in docs/guarantees.md
        Producer<String> producer = gapless.producer(orders);
        producer.publish(order, Receipt.heldBy(2), Duration.ofSeconds(20))
                .thenAccept(held -> all.add(held)); // held.nodes() have held.position()
        // end

        TestCluster.await(() -> !all.isEmpty());
        assertEquals(Set.of("n1", "n2"), all.get(0).nodes());
    }

    @Test
    void aMessageIsHeldByAllThatSubscribe() {
        Topic<String> topic = topic("all", 0, 2);
        assertEquals(
                Set.of("n0", "n2"),
                get(publish(topic, Receipt.heldByAll(), LONG)).nodes());
    }

    @Test
    void whereNobodySubscribesAllHaveIt() {
        assertEquals(
                Set.of(),
                get(publish(topic("lonely"), Receipt.heldByAll(), LONG)).nodes());
    }

    @Test
    void moreNodesThanThereAreDoNotHaveIt() {
        Topic<String> topic = topic("more", 0, 1);
        NotHeld why = notHeld(topic, Receipt.heldBy(2));
        assertEquals(1, why.position().sequence());
        assertEquals(Set.of("n0", "n1"), why.nodes());
        assertEquals(Map.of(), why.lacking());
        assertTrue(why.getMessage().startsWith("Topic more: message " + why.position()), why::getMessage);
        assertTrue(why.getMessage().contains("held by 2"), why::getMessage);
    }

    @Test
    void whatThePublishersNodeHasDoesNotCount() {
        assertEquals(Set.of("n0"), notHeld(topic("own", 0), Receipt.heldBy(1)).nodes());
    }

    @Test
    void noMoreWaitThanMayPublish() {
        Topic<String> topic = topic("few");
        List<CompletionStage<Held>> waiting = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            waiting.add(publish(topic, Receipt.heldBy(1), Duration.ofSeconds(1)));
        }
        CompletionException failure =
                assertThrows(CompletionException.class, () -> get(publish(topic, Receipt.heldBy(1), LONG)));
        TooManyPending tooMany = assertInstanceOf(TooManyPending.class, failure.getCause());
        assertTrue(tooMany.getMessage().contains("gapless.max-pending-publishes"), tooMany::getMessage);
        assertEquals(1, refused("few", "too_many_pending"));
        for (CompletionStage<Held> one : waiting) {
            failure = assertThrows(CompletionException.class, () -> get(one));
            assertInstanceOf(NotHeld.class, failure.getCause());
        }
        assertEquals(
                3, get(cluster.gapless(0).producer(topic).publish("next")).sequence(), "nothing of it was published");
    }

    private static double refused(String topic, String reason) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (GaplessMetrics metrics = new GaplessMetrics(cluster.gapless(0))) {
            metrics.bindTo(registry);
            return registry.get("gapless.publish.refused")
                    .tags("topic", topic, "reason", reason)
                    .functionCounter()
                    .count();
        }
    }

    @Test
    void wrongArgumentsPublishNothing() {
        Topic<String> topic = topic("wrong");
        assertThrows(IllegalArgumentException.class, () -> Receipt.heldBy(0));
        List<CompletionStage<Held>> refused = List.of(
                publish(topic, null, LONG),
                publish(topic, Receipt.heldByAll(), null),
                publish(topic, Receipt.heldByAll(), Duration.ZERO),
                publish(topic, Receipt.heldByAll(), Duration.ofSeconds(-1)),
                publish(topic, Receipt.heldByAll(), Duration.ofDays(2)));
        for (CompletionStage<Held> one : refused) {
            CompletionException failure = assertThrows(CompletionException.class, () -> get(one));
            assertInstanceOf(IllegalArgumentException.class, failure.getCause());
        }
        assertEquals(1, get(cluster.gapless(0).producer(topic).publish("first")).sequence());
    }

    @Test
    void whoeverWaitsWhenItsNodeEndsIsTold() {
        try (TestCluster ending = TestCluster.of(2, "")) {
            Producer<String> producer = ending.gapless(1).producer(Topic.of("ends", String.class));
            get(producer.publish("the node takes messages")); // else the next one waits for that, and is refused
            CompletionStage<Held> waits = producer.publish("a message", Receipt.heldBy(1), Duration.ofHours(1));
            ending.leave(1);
            CompletionException failure = assertThrows(CompletionException.class, () -> get(waits));
            assertInstanceOf(NotHeld.class, failure.getCause());
        }
    }
}
