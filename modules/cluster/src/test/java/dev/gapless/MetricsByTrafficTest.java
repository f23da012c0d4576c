package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.internal.measure.Meters;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever makes up names takes the meters from nobody: those topics have some that have the most traffic. */
class MetricsByTrafficTest {
    private static final int MADE_UP = 1_000;

    private static Set<String> shown(Measured measured) {
        return measured.registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("topic"))
                .filter(topic -> topic != null)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void publish(Gapless gapless, String topic, int messages) {
        Producer<Integer> producer = gapless.producer(Topic.of(topic, Integer.class));
        for (int i = 0; i < messages; i++) {
            get(producer.publish(i));
        }
    }

    private static double published(Measured measured, String topic) {
        return measured.value(topic, "gapless.published.messages");
    }

    private static double delivered(Measured measured, String topic) {
        return measured.value(topic, "gapless.delivered.messages");
    }

    @Test
    void aTopicWithTrafficThatComesBehindMadeUpNamesGetsItsMeters() {
        try (TestCluster cluster = TestCluster.of(1, "gapless.metrics.max-topics = 3");
                Measured measured = new Measured(cluster.gapless(0))) {
            Gapless gapless = cluster.gapless(0);
            for (int i = 0; i < MADE_UP; i++) {
                publish(gapless, "made up " + i, 1);
            }
            await(() -> shown(measured).equals(Set.of("made up 0", "made up 1", "made up 2", "other")));
            Recorder<Integer> recorder = new Recorder<>();
            get(gapless.subscribe(Topic.of("real", Integer.class), StartFrom.latest(), recorder)
                    .ready());
            publish(gapless, "real", 50);
            await(() -> recorder.messages().size() == 50);
            await(() -> shown(measured).contains("real"));
            // the one that it takes the place of goes on another thread
            int meters = 4 * Meters.all().size() + Meters.ofNode().size();
            await(() -> measured.registry.getMeters().size() == meters);
            assertEquals(4, shown(measured).size());
            double ownBefore = published(measured, "real");
            double othersBefore = published(measured, "other");
            double givenBefore = delivered(measured, "real");
            assertTrue(othersBefore >= MADE_UP - 3, "a counter does not fall: " + othersBefore);
            publish(gapless, "real", 50);
            await(() -> recorder.messages().size() == 100);
            assertEquals(50, published(measured, "real") - ownBefore);
            await(() -> delivered(measured, "real") - givenBefore == 50);
            assertEquals(0, published(measured, "other") - othersBefore);
            assertEquals(1, measured.value("real", "gapless.subscriptions", "state", "reading"));
            assertEquals(MADE_UP - 3 + 1, measured.value("other", "gapless.ring.messages", "ring", "log"));
            assertEquals(meters, measured.registry.getMeters().size());
        }
    }
}
