package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import dev.gapless.internal.node.Provoke;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;

/** Ends of a node that nobody asked Gapless for: publishers and subscriptions are told all the same. */
class NodeEndsTest {
    private static final Topic<String> TOPIC = Topic.of("ends", String.class);

    private static final String FULL_AT_ONCE = """
        gapless {
          overflow = backpressure, backpressure-timeout = 10m
          buffer-messages = 10, batch-bytes = 1 KiB, window-bytes = 1 KiB, max-message-bytes = 1 KiB
        }
        """;

    @Test
    void aShardThatFailsShutsItsNodeDownAndRefusesItsPublishers() {
        try (TestCluster cluster = TestCluster.of(1, FULL_AT_ONCE + "gapless.shards = 1")) {
            refusesItsPublishers(cluster, Provoke::failure);
            assertReason(cluster.system(0), "Gapless failed");
        }
    }

    @Test
    void aHubThatFailsShutsItsNodeDownAndRefusesItsPublishers() {
        try (TestCluster cluster = TestCluster.of(1, FULL_AT_ONCE)) {
            refusesItsPublishers(cluster, Provoke::failureOfTheHub);
            assertReason(cluster.system(0), "Gapless has stopped");
        }
    }

    @Test
    void anActorSystemThatEndsWithoutACoordinatedShutdownRefusesItsPublishers() {
        String without = "pekko.coordinated-shutdown.run-by-actor-system-terminate = off";
        try (TestCluster cluster = TestCluster.of(1, FULL_AT_ONCE + without)) {
            refusesItsPublishers(cluster, ActorSystem::terminate);
        }
    }

    /** One that waits for room when the node ends, one that comes then, and one of a topic that is new. */
    private static void refusesItsPublishers(TestCluster cluster, Consumer<ActorSystem> end) {
        Gapless gapless = cluster.gapless(0);
        Subscription paused = gapless.subscribe(TOPIC, StartFrom.latest(), new Recorder<>());
        get(paused.ready());
        paused.pause();
        Producer<String> producer = gapless.producer(TOPIC);
        List<CompletionStage<Position>> published =
                IntStream.range(0, 200).mapToObj(i -> producer.publish("m")).toList();
        CompletionStage<Position> last = published.get(published.size() - 1);
        await(() -> get(gapless.status(Duration.ofSeconds(10))).stream()
                .flatMap(node -> node.topics().stream())
                .anyMatch(topic -> Objects.requireNonNull(topic.producer()).waitingPublishes() > 0));
        assertFalse(last.toCompletableFuture().isDone());

        end.accept(cluster.system(0));
        assertClosed(last);
        assertClosed(producer.publish("late"));
        assertClosed(gapless.producer(Topic.of("another", String.class)).publish("late"));
        get(paused.whenEnded());
        get(cluster.system(0).getWhenTerminated());
        assertClosed(producer.publish("later"));
    }

    private static void assertClosed(CompletionStage<Position> refused) {
        assertInstanceOf(
                ProducerClosed.class,
                assertThrows(CompletionException.class, () -> get(refused)).getCause());
    }

    private static void assertReason(ActorSystem system, String start) {
        var reason = CoordinatedShutdown.get(system).getShutdownReason();
        assertTrue(reason.isPresent() && reason.get().toString().startsWith(start), reason.toString());
    }

    @Test
    void aDownedNodeThatStaysUpEndsItsSubscriptionsAndRefusesItsPublishers() {
        String staysUp = "pekko.cluster.run-coordinated-shutdown-when-down = off";
        try (TestCluster cluster = TestCluster.of(2, staysUp)) {
            Gapless downed = cluster.gapless(1);
            Recorder<String> recorder = new Recorder<>();
            Subscription subscription = downed.subscribe(TOPIC, StartFrom.latest(), recorder);
            get(subscription.ready());
            Producer<String> producer = downed.producer(TOPIC);
            get(producer.publish("before"));
            await(() -> recorder.messages().equals(List.of("before")));

            Cluster.get(cluster.system(0)).down(Cluster.get(cluster.system(1)).selfAddress());
            assertEquals(Ended.Reason.SHUTDOWN, get(subscription.whenEnded()));
            await(() -> recorder.ended().size() == 1);
            assertEquals(List.of(), recorder.expired());
            assertClosed(producer.publish("after"));
            Subscription late = downed.subscribe(TOPIC, StartFrom.latest(), new Recorder<>());
            assertEquals(Ended.Reason.SHUTDOWN, get(late.whenEnded()));
            assertFalse(
                    cluster.system(1).getWhenTerminated().toCompletableFuture().isDone());
        }
    }
}
