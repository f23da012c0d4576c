package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nodes that only subscribe, and have not said so. */
class NeverPublishedTest {
    private static final Topic<String> TOPIC = Topic.of("never-published", String.class);
    private static final Topic<String> OTHER = Topic.of("never-published-either", String.class);
    private static final String SOON = "gapless.never-published-warning = 50ms\n";

    private static List<String> warnings(Logged logged) {
        return logged.lines(Level.WARN, "gapless.never-published-warning");
    }

    @Test
    @DisplayName(
            "a node that has published nothing, and is read by another, warns once: not one that publishes, is off, or reads itself")
    void aNodeThatNeverPublishesAndIsReadWarnsOnce() {
        try (Logged logged = new Logged();
                TestCluster cluster = TestCluster.of(1, SOON)) {
            get(cluster.gapless(0).producer(TOPIC).publish("one"));
            cluster.join(SOON);
            cluster.awaitUp(2);
            cluster.subscribe(1, TOPIC);
            cluster.subscribe(1, OTHER);
            cluster.join(SOON + "gapless.publishing = off");
            cluster.awaitUp(3);
            assertEquals(List.of(), warnings(logged), "only one that has published is read by another");

            cluster.subscribe(0, TOPIC);
            Recorder<String> last = cluster.subscribe(2, TOPIC);
            await(() -> !warnings(logged).isEmpty());
            get(cluster.gapless(0).producer(TOPIC).publish("two"));
            await(() -> last.messages().equals(List.of("two")));
            cluster.leave(2); // which takes longer than a look
            assertEquals(1, warnings(logged).size(), () -> warnings(logged).toString());
            String warning = warnings(logged).get(0);
            assertTrue(warning.contains("Node " + cluster.gapless(1).nodeName() + " has published nothing"), warning);
            assertTrue(warning.contains("topic never-published of it"), warning);
            assertTrue(warning.contains("gapless.publishing = off"), warning);
        }
    }

    @Test
    void withoutATimeNobodyIsWarned() {
        String off = "gapless.never-published-warning = 0s";
        try (Logged logged = new Logged();
                TestCluster cluster = TestCluster.of(2, off)) {
            Recorder<String> reader = cluster.subscribe(1, TOPIC);
            get(cluster.gapless(0).producer(TOPIC).publish("one"));
            await(() -> reader.messages().equals(List.of("one")));
            cluster.subscribe(0, TOPIC); // and that one reads it, which has published nothing
            assertEquals(List.of(), warnings(logged));
        }
    }
}
