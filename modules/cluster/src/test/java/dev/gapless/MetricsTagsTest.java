package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.internal.measure.Meters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** However many topics, messages, keys and subscriptions there are, there are only so many meters. */
class MetricsTagsTest {
    private static final int MAX_TOPICS = 3;

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(1, "gapless.metrics.max-topics = " + MAX_TOPICS);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Set<String> topics(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("topic"))
                .filter(Objects::nonNull) // of the node
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void topicsBeyondTheBoundAreCountedTogetherAndNothingElseMakesAMeter() {
        try (Measured measured = new Measured(cluster.gapless(0))) {
            for (int i = 1; i <= 10; i++) {
                Topic<Integer> topic = Topic.of("t" + i, Integer.class);
                for (int j = 0; j < 3; j++) {
                    get(cluster.gapless(0)
                            .subscribe(topic, StartFrom.latest(), new Recorder<>())
                            .ready());
                }
                for (int j = 0; j < 5; j++) {
                    Publication<Integer> message =
                            new Publication<>(i, "key-" + i + "-" + j, Map.of("header-" + j, "value-" + i), null);
                    get(cluster.gapless(0).producer(topic).publish(message));
                }
            }
            await(() -> measured.value("other", "gapless.delivered.messages") == 7 * 3 * 5);
            assertEquals(Set.of("t1", "t2", "t3", "other"), topics(measured.registry));
            assertEquals(5, measured.value("t3", "gapless.published.messages"));
            assertEquals(7 * 5, measured.value("other", "gapless.published.messages"));
            assertEquals(7 * 5, measured.value("other", "gapless.ring.messages", "ring", "log"));
            assertEquals(7 * 65_536, measured.value("other", "gapless.ring.max.messages", "ring", "feed"));
            assertEquals(7, measured.value("other", "gapless.cursors"));
            assertEquals(7 * 3, measured.value("other", "gapless.subscriptions", "state", "reading"));

            List<Meter> meters = measured.registry.getMeters();
            assertEquals(
                    (MAX_TOPICS + 1) * Meters.all().size() + Meters.ofNode().size(), meters.size());
            Map<String, Set<String>> values = new HashMap<>();
            for (Meter meter : meters) {
                for (Tag tag : meter.getId().getTags()) {
                    values.computeIfAbsent(tag.getKey(), key -> new TreeSet<>()).add(tag.getValue());
                }
            }
            assertEquals(Set.of("topic", "ring", "reason", "state"), values.keySet());
            assertEquals(Set.of("log", "feed"), values.get("ring"));
            assertEquals(
                    Set.of("waiting_for_store", "opening", "catching_up", "reading", "waiting", "reloading", "paused"),
                    values.get("state"));
        }
    }

    @Test
    @DisplayName("rowO8: without topics of their own all are counted together")
    void withoutTopicsOfTheirOwnAllAreCountedTogether() {
        try (TestCluster own = TestCluster.of(1, "gapless.metrics.max-topics = 0");
                Measured measured = new Measured(own.gapless(0))) {
            get(own.gapless(0).producer(Topic.of("one", Integer.class)).publish(1));
            get(own.gapless(0).producer(Topic.of("two", Integer.class)).publish(1));
            await(() -> measured.value("other", "gapless.published.messages") == 2);
            assertEquals(Set.of("other"), topics(measured.registry));
        }
    }

    @Test
    void aTopicThatIsNamedOtherHasNoMetersOfItsOwn() {
        try (TestCluster own = TestCluster.of(1, "");
                Measured measured = new Measured(own.gapless(0))) {
            get(own.gapless(0).producer(Topic.of("other", Integer.class)).publish(1));
            get(own.gapless(0).producer(Topic.of("another", Integer.class)).publish(1));
            await(() -> topics(measured.registry).equals(Set.of("another", "other")));
            assertEquals(1, measured.value("other", "gapless.published.messages"));
            assertEquals(1, measured.value("another", "gapless.published.messages"));
        }
    }

    @Test
    void metersComeWithTheirTopicsAndGoWhenTheyAreTakenOff() {
        try (TestCluster own = TestCluster.of(1, "")) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            GaplessMetrics metrics = new GaplessMetrics(own.gapless(0), Tags.of("node", "a"));
            metrics.bindTo(registry);
            metrics.bindTo(registry); // harmless
            assertEquals(Meters.ofNode().size(), registry.getMeters().size());
            Producer<Integer> early = own.gapless(0).producer(Topic.of("early", Integer.class));
            get(early.publish(1));
            await(() -> registry.getMeters().size()
                    == Meters.all().size() + Meters.ofNode().size());
            assertTrue(registry.getMeters().stream()
                    .allMatch(meter -> "a".equals(meter.getId().getTag("node"))));
            metrics.close();
            metrics.close();
            assertEquals(List.of(), registry.getMeters());
            get(own.gapless(0).producer(Topic.of("late", Integer.class)).publish(1));

            SimpleMeterRegistry next = new SimpleMeterRegistry();
            try (GaplessMetrics again = new GaplessMetrics(own.gapless(0))) {
                again.bindTo(next);
                assertEquals(Set.of("early", "late"), topics(next));
                assertEquals(
                        1,
                        next.get("gapless.published.messages")
                                .tag("topic", "early")
                                .functionCounter()
                                .count()); // what was counted while nobody looked
            }
            assertEquals(List.of(), registry.getMeters());
        }
    }

    @Test
    void handlersAreTimedOnlyWhileSomebodyWantsToKnow() {
        try (TestCluster own = TestCluster.of(1, "")) {
            Topic<Integer> topic = Topic.of("timed", Integer.class);
            Recorder<Integer> recorder = new Recorder<>();
            get(own.gapless(0).subscribe(topic, StartFrom.latest(), recorder).ready());
            get(own.gapless(0).producer(topic).publish(1));
            await(() -> recorder.messages().size() == 1);
            try (Measured measured = new Measured(own.gapless(0))) {
                assertEquals(0, measured.value("timed", "gapless.handler.time"));
                get(own.gapless(0).producer(topic).publish(2));
                await(() -> measured.value("timed", "gapless.handler.time") == 1);
            }
            get(own.gapless(0).producer(topic).publish(3));
            await(() -> recorder.messages().size() == 3);
            try (Measured measured = new Measured(own.gapless(0))) {
                get(own.gapless(0).producer(topic).publish(4));
                await(() -> measured.value("timed", "gapless.handler.time") == 2);
                assertEquals(4, measured.value("timed", "gapless.delivered.messages"));
            }
        }
    }

    @Test
    void aFilterThatFailsDisturbsNobody() {
        try (TestCluster own = TestCluster.of(1, "");
                Logged logged = new Logged();
                GaplessMetrics metrics = new GaplessMetrics(own.gapless(0))) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            registry.config().meterFilter(MeterFilter.accept(id -> {
                throw new IllegalStateException("planted");
            }));
            metrics.bindTo(registry);
            get(own.gapless(0).producer(Topic.of("filtered", Integer.class)).publish(1));
            await(() -> logged.lines(ch.qos.logback.classic.Level.ERROR, "Topic filtered", "cannot be registered")
                            .size()
                    == 1);
        }
    }
}
