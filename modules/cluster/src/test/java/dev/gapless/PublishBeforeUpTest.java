package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node publishes before it is a member (rule P14). */
class PublishBeforeUpTest {
    private static final Topic<Integer> TOPIC = Topic.of("early", Integer.class);

    @ParameterizedTest
    @ValueSource(strings = {"expire", "backpressure"})
    @DisplayName(
            "ruleP14: what is published before the node is up is accepted once it is, in order, and then delivered")
    void waitsUntilTheNodeIsUpAndKeepsTheOrder(String overflow) {
        try (TestCluster cluster = TestCluster.of(1, "gapless.overflow = " + overflow)) {
            Recorder<Integer> recorder = new Recorder<>();
            get(cluster.gapless(0)
                    .subscribe(TOPIC, StartFrom.latest(), recorder)
                    .ready());
            ActorSystem early = ActorSystem.create("test", TestCluster.config("gapless.overflow = " + overflow));
            try {
                Gapless gapless = Gapless.get(early);
                Producer<Integer> producer = gapless.producer(TOPIC);
                List<CompletableFuture<Position>> first = new ArrayList<>();
                for (int i = 1; i <= 100; i++) {
                    first.add(producer.publish(i).toCompletableFuture());
                }
                CompletableFuture<List<Position>> all = producer.publishAll(
                                IntStream.rangeClosed(101, 200).boxed().toList())
                        .toCompletableFuture();
                CompletableFuture<List<Position>> streamed = Source.from(
                                IntStream.rangeClosed(201, 300).boxed().toList())
                        .via(gapless.flow(TOPIC))
                        .runWith(Sink.seq(), early)
                        .toCompletableFuture();
                assertTrue(first.stream().noneMatch(CompletableFuture::isDone));
                assertFalse(all.isDone());
                assertFalse(streamed.isDone());
                List<NodeStatus> statuses = get(gapless.status(Duration.ofDays(1)));
                assertEquals(
                        List.of(gapless.nodeName()),
                        statuses.stream().map(NodeStatus::node).toList());

                Cluster.get(early).join(Cluster.get(cluster.system(0)).selfAddress());
                for (int i = 0; i < first.size(); i++) {
                    assertEquals(i + 1, get(first.get(i)).sequence());
                }
                assertEquals(101, get(all).get(0).sequence());
                assertEquals(100, get(streamed).size());
                await(() -> recorder.messages().size() == 300);
                assertEquals(IntStream.rangeClosed(1, 300).boxed().toList(), recorder.messages());
            } finally {
                early.terminate();
                get(early.getWhenTerminated());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"expire", "backpressure"})
    @DisplayName("ruleP14: a node that is not let in has published nothing, and its publishers are told what to check")
    void whoIsNotLetInIsTold(String overflow) {
        ActorSystem alone = ActorSystem.create(
                "test",
                TestCluster.config("gapless { backpressure-timeout = 2s, max-pending-publishes = 2, overflow = "
                        + overflow + " }"));
        try {
            Producer<Integer> producer = Gapless.get(alone).producer(TOPIC);
            CompletableFuture<Position> waits = producer.publish(1).toCompletableFuture();
            CompletableFuture<Position> waitsToo = producer.publish(2).toCompletableFuture();
            assertInstanceOf(TooManyPending.class, failure(producer.publish(3).toCompletableFuture()));
            Throwable timeout = failure(waits);
            assertInstanceOf(PublishTimeout.class, timeout);
            assertTrue(timeout.getMessage().startsWith("Topic early: this node did not become a member"));
            assertInstanceOf(PublishTimeout.class, failure(waitsToo));
            Cluster.get(alone).join(Cluster.get(alone).selfAddress());
            await(() -> Cluster.get(alone).selfMember().status().equals(MemberStatus.up()));
            assertEquals(1, get(producer.publish(4)).sequence());
        } finally {
            alone.terminate();
            get(alone.getWhenTerminated());
        }
    }

    private static Throwable failure(CompletableFuture<Position> stage) {
        return assertThrows(CompletionException.class, () -> get(stage)).getCause();
    }
}
