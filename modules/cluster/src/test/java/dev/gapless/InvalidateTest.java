package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A producer whose state changed without a message. It is the first of two nodes. */
class InvalidateTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless { reload-interval = 0s, reload-jitter = 0s }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void everySubscriberHereAndThereIsToldInItsPlace() {
        Topic<String> topic = Topic.of("told", String.class);
        List<Recorder<String>> all = List.of(cluster.subscribe(0, topic), cluster.subscribe(1, topic));
        Producer<String> producer = cluster.gapless(0).producer(topic);
        get(producer.publish("a"));
        all.forEach(recorder -> await(() -> recorder.messages().equals(List.of("a"))));
        Position invalid = get(producer.invalidate("rows were changed by hand"));
        assertEquals(2, invalid.sequence());
        all.forEach(recorder -> await(() -> !recorder.expired().isEmpty())); // what comes before that may be in the gap
        get(producer.publish("b"));
        for (Recorder<String> recorder : all) {
            await(() -> recorder.messages().equals(List.of("a", "b")));
            assertEquals(3, recorder.events().size());
            List<CursorExpired<String>> expired = recorder.expired();
            assertEquals(expired.get(0), recorder.events().get(1));
            Gap gap = expired.get(0).gaps().get(0);
            assertEquals(Reason.OVERRUN, gap.reason());
            assertEquals(2, gap.firstMissing());
            assertEquals(1, gap.missed());
        }
    }

    @Test
    void aThousandAtOnceCostASubscriberFewReloadsAndTheLogALine() {
        Topic<String> topic = Topic.of("often", String.class);
        Recorder<String> recorder = cluster.subscribe(1, topic);
        Producer<String> producer = cluster.gapless(0).producer(topic);
        try (Logged logged = new Logged()) {
            List<CompletionStage<Position>> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                all.add(producer.invalidate("again"));
            }
            all.forEach(TestCluster::get);
            await(() -> missed(recorder) == 1_000);
            get(producer.publish("behind"));
            await(() -> recorder.messages().equals(List.of("behind")));
            assertEquals(1_000, missed(recorder));
            assertEquals(
                    1,
                    logged.lines(Level.WARN, "Topic often", "announces", "again")
                            .size());
        }
    }

    private static long missed(Recorder<String> recorder) {
        return recorder.expired().stream()
                .flatMap(expired -> expired.gaps().stream())
                .mapToLong(gap -> Objects.requireNonNull(gap.missed()))
                .sum();
    }

    @Test
    void itIsNotRefusedWhereMessagesAre() {
        Topic<String> topic = Topic.of("full", String.class);
        ActorSystem system = ActorSystem.create("test", TestCluster.config("gapless.max-pending-publishes = 1"));
        try {
            Producer<String> producer = Gapless.get(system).producer(topic);
            CompletionStage<Position> first = producer.publish("waits until its node is up");
            CompletionStage<Position> refused = producer.publish("too many");
            assertInstanceOf(
                    TooManyPending.class,
                    assertThrows(CompletionException.class, () -> get(refused)).getCause());
            CompletionStage<Position> invalid = producer.invalidate("a publish was refused");
            Cluster itself = Cluster.get(system);
            itself.join(itself.selfAddress());
            assertEquals(1, get(invalid).sequence());
            assertEquals(2, get(first).sequence());
        } finally {
            system.terminate();
            get(system.getWhenTerminated());
        }
    }

    @Test
    void aReasonIsNeededAndANodeThatHasLeftTellsNobody() {
        Topic<String> topic = Topic.of("closed", String.class);
        try (TestCluster one = TestCluster.of(1, "")) {
            Producer<String> producer = one.gapless(0).producer(topic);
            assertInstanceOf(
                    IllegalArgumentException.class,
                    assertThrows(CompletionException.class, () -> get(producer.invalidate(null)))
                            .getCause());
            one.leave(0);
            assertInstanceOf(
                    ProducerClosed.class,
                    assertThrows(CompletionException.class, () -> get(producer.invalidate("too late")))
                            .getCause());
        }
    }
}
