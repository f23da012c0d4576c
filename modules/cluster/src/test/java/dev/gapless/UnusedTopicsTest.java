package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a mistyped subscription leaves behind on every node: an empty log, and after a while nothing. */
class UnusedTopicsTest {
    private static final Topic<String> USED = Topic.of("used", String.class);
    private static final Topic<String> MISTYPED = Topic.of("mistyped", String.class);

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, "gapless { producer-return-timeout = 300ms }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Set<String> topicsOf(String node) {
        return get(cluster.gapless(0).status(Duration.ofSeconds(10))).stream()
                .filter(status -> status.node().equals(node))
                .flatMap(status -> status.topics().stream())
                .map(NodeStatus.TopicStatus::topic)
                .collect(Collectors.toSet());
    }

    private static CursorToken subscribeAndCancel(Topic<String> topic) {
        Subscription subscription = cluster.gapless(0).subscribe(topic, StartFrom.latest(), new Recorder<>());
        get(subscription.ready());
        await(() -> topicsOf(cluster.gapless(1).nodeName()).contains(topic.name()));
        CursorToken token = subscription.token();
        get(subscription.cancel());
        return token;
    }

    private static void awaitGone(Topic<String> topic) {
        for (int i = 0; i < 2; i++) {
            String node = cluster.gapless(i).nodeName();
            await(() -> !topicsOf(node).contains(topic.name()));
        }
    }

    @Test
    void anEmptyLogThatNobodyUsesIsDroppedAndATokenOfItGoesOnAllTheSame() {
        get(cluster.gapless(1).producer(USED).publish("one"));
        CursorToken token = subscribeAndCancel(MISTYPED);
        assertEquals(2, token.positions().size());
        awaitGone(MISTYPED);
        assertTrue(topicsOf(cluster.gapless(1).nodeName()).contains(USED.name()));

        Recorder<String> resumed = new Recorder<>();
        Subscription subscription = cluster.gapless(0).subscribe(MISTYPED, StartFrom.token(token), resumed);
        get(subscription.ready());
        get(cluster.gapless(1).producer(MISTYPED).publish("first"));
        await(() -> resumed.messages().equals(List.of("first")));
        assertEquals(1, resumed.events().size());
        get(subscription.cancel());
    }

    @Test
    void aDroppedLogMakesRoomForAnotherTopic() {
        String room = "gapless { producer-return-timeout = 300ms, max-topics = 1 }";
        try (TestCluster own = TestCluster.of(1, room)) {
            Gapless gapless = own.gapless(0);
            Subscription mistyped = gapless.subscribe(MISTYPED, StartFrom.latest(), new Recorder<>());
            get(mistyped.ready());
            assertThrows(IllegalStateException.class, () -> gapless.producer(USED));
            get(mistyped.cancel());
            await(() ->
                    get(gapless.status(Duration.ofSeconds(10))).get(0).topics().isEmpty());
            get(gapless.producer(USED).publish("one"));
        }
    }
}
