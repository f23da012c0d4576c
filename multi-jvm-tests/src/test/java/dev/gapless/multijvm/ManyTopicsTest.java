package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Published;
import dev.gapless.multijvm.node.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Fifty topics, to each of which every node publishes and subscribes: the rings of half of them are too small for the fault. */
@Tag("thorough")
@Tag("day0")
class ManyTopicsTest {
    private static final int BEFORE = 20;
    private static final int MEANWHILE = 300;
    private static final int BEHIND = 20;
    private static final int ALL = BEFORE + MEANWHILE + BEHIND;
    private static final int SMALL_RING = 100;

    private static final List<String> LARGE = topics("large");
    private static final List<String> SMALL = topics("small");

    private static TestCluster cluster;
    private static List<TestNode> nodes;
    private static TestNode cutOff;

    private static List<String> topics(String kind) {
        return IntStream.rangeClosed(1, 25).mapToObj(i -> kind + "-" + i).toList();
    }

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("ManyTopics")
                .with("""
                        pekko.cluster.split-brain-resolver.stable-after = 60s
                        gapless { reload-interval = 0s, reload-jitter = 0s }
                        """)
                .with(SMALL.stream()
                        .map(topic -> "gapless.topics." + topic + ".buffer-messages = " + SMALL_RING)
                        .collect(Collectors.joining("\n")))
                .start(3);
        nodes = IntStream.rangeClosed(1, 3).mapToObj(cluster::node).toList();
        cutOff = cluster.node(3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @Test
    void rowP7_ofFiftyTopicsEachIsCompleteOrToldWhenANodeWasCutOffInTheMidst() {
        Map<String, List<TestSubscription>> subscriptions = new LinkedHashMap<>();
        for (List<String> topics : List.of(LARGE, SMALL)) {
            topics.forEach(topic -> subscriptions.put(
                    topic, nodes.stream().map(n -> n.subscribe(topic, topic)).toList()));
        }
        subscriptions.values().forEach(its -> its.forEach(TestSubscription::awaitReady));
        publishToAll(BEFORE);
        subscriptions.values().forEach(its -> its.forEach(s -> awaitReached(s, BEFORE)));

        cluster.isolate(cutOff);
        Await.value(
                "the others find it unreachable",
                nodes.get(0)::members,
                m -> m.unreachable().contains(cutOff.address()));
        publishToAll(MEANWHILE);
        for (String topic : LARGE) {
            for (TestNode other : List.of(nodes.get(0), nodes.get(1))) {
                Report report = subscriptions.get(topic).get(2).report();
                assertEquals(BEFORE, report.delivered(other.name()), () -> "it is not cut off: " + report);
                for (TestSubscription s : subscriptions.get(topic).subList(0, 2)) {
                    Expect.everything(s.awaitReached(other, BEFORE + MEANWHILE), other, 1, BEFORE + MEANWHILE);
                }
            }
        }
        cluster.rejoin(cutOff);
        cluster.awaitUp();
        publishToAll(BEHIND);

        for (String topic : LARGE) {
            for (TestSubscription s : subscriptions.get(topic)) {
                awaitReached(s, ALL);
                nodes.forEach(producer -> Expect.everything(s.report(), producer, 1, ALL));
            }
        }
        for (String topic : SMALL) {
            for (TestSubscription s : subscriptions.get(topic)) {
                awaitReached(s, ALL);
                nodes.forEach(producer -> Expect.addsUp(s.report(), producer, ALL));
            }
            for (TestNode producer : List.of(nodes.get(0), nodes.get(1))) {
                wasToldWhatTheRingLost(subscriptions.get(topic).get(2).report(), producer);
            }
        }
    }

    private static void wasToldWhatTheRingLost(Report report, TestNode producer) {
        List<Item> gaps = report.gaps(producer.name());
        assertTrue(
                gaps.stream().anyMatch(gap -> gap.first() == BEFORE + 1 && gap.count() >= MEANWHILE - SMALL_RING),
                report::toString);
        gaps.forEach(gap -> assertEquals("OVERRUN", gap.reason()));
    }

    private static void publishToAll(int count) {
        List<CompletableFuture<Published>> publishing = topics().flatMap(
                        topic -> nodes.stream().map(node -> node.publishMeanwhile(topic, count)))
                .toList();
        publishing.forEach(p -> Expect.accepted(p.join(), count));
    }

    private static Stream<String> topics() {
        return Stream.concat(LARGE.stream(), SMALL.stream());
    }

    private static void awaitReached(TestSubscription s, long sequence) {
        nodes.forEach(producer -> s.awaitReached(producer, sequence));
    }
}
