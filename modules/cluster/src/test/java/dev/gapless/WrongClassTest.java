package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Publishers and subscribers that do not agree on a topic's class. */
class WrongClassTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless.loss-log-interval = 1h");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aSubscriptionLeavesOutWhatIsOfAnotherClassCountsItLogsItsPublisherAndGoesOn() {
        Topic<String> topic = Topic.of("texts", String.class);
        try (Logged logged = new Logged();
                Measured measured = new Measured(cluster.gapless(0))) {
            Recorder<String> recorder = new Recorder<>();
            Subscription subscription = cluster.gapless(0).subscribe(topic, StartFrom.latest(), recorder);
            get(subscription.ready());
            Producer<Integer> other = cluster.gapless(1).producer(Topic.of("texts", Integer.class));
            for (int i = 0; i < 100; i++) {
                get(other.publish(i));
            }
            get(cluster.gapless(0).producer(topic).publish("text"));
            await(() -> wrongClasses() == 100);
            await(() -> recorder.events().size() == 1);
            assertEquals(List.of("text"), recorder.messages());
            await(() -> measured.value("texts", "gapless.wrong.class.messages") == 100);
            assertEquals(0, measured.value("texts", "gapless.undecodable.messages"));
            await(() -> !logged.lines(
                            Level.WARN, "Topic texts", cluster.gapless(1).nodeName(), "java.lang.Integer")
                    .isEmpty());
            assertEquals(
                    1, logged.lines(Level.WARN, "Topic texts", "of producer").size());
            assertEquals(
                    100,
                    subscription
                            .token()
                            .positions()
                            .get(cluster.gapless(1).nodeName())
                            .sequence());
            get(subscription.cancel());
        }
    }

    private static long wrongClasses() {
        return get(cluster.gapless(0).status(Duration.ofSeconds(5))).stream()
                .filter(status -> status.node().equals(cluster.gapless(0).nodeName()))
                .flatMap(status -> status.topics().stream())
                .filter(topic -> topic.topic().equals("texts") && topic.consumer() != null)
                .flatMap(topic -> topic.consumer().subscriptions().stream())
                .mapToLong(NodeStatus.SubscriptionStatus::wrongClass)
                .sum();
    }

    private static void failsNaming(CompletionStage<?> stage) {
        Throwable failure =
                assertThrows(CompletionException.class, () -> get(stage)).getCause();
        assertInstanceOf(IllegalArgumentException.class, failure);
        String told = failure.getMessage();
        assertTrue(told.contains("java.lang.String") && told.contains("java.lang.Integer"), told);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void whatARawTypeLetsThroughIsRefusedWhenItIsPublished() {
        Producer producer = cluster.gapless(0).producer(Topic.of("raw", String.class));
        failsNaming(producer.publish(7));
        failsNaming(producer.publish("key", 7));
        failsNaming(producer.publish(Publication.of(7)));
        failsNaming(producer.publishAll(List.of("fine", 7)));
        assertEquals(1, get(((Producer<String>) producer).publish("fine")).sequence());
    }

    @Test
    void aNodeKnowsATopicByOneClassAndByPayload() {
        Gapless gapless = cluster.gapless(0);
        Topic<Integer> other = Topic.of("one", Integer.class);
        gapless.producer(Topic.of("one", String.class));
        for (Executable use : List.<Executable>of(
                () -> gapless.producer(other),
                () -> gapless.sink(other),
                () -> gapless.source(other, StartFrom.latest()),
                () -> gapless.subscribe(other, StartFrom.latest(), new Recorder<>()))) {
            String told = assertThrows(IllegalArgumentException.class, use).getMessage();
            assertTrue(told.contains("Topic one") && told.contains("String") && told.contains("Integer"), told);
        }
        gapless.producer(Topic.of("one", Payload.class));
        gapless.producer(Topic.of("one", String.class));
    }
}
