package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Report;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nodes are killed and come back under their names at other addresses, as containers do, while the members that they were before
 * cannot be reached and are not removed yet.
 */
@Tag("thorough")
@Tag("day0")
class RestartElsewhereTest {
    private static TestCluster cluster;
    private static TestNode seed;
    private static TestNode producer;
    private static TestNode consumer;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("RestartElsewhere").with("""
                        pekko.cluster.downing-provider-class = "" # a dead member stays until the test has it removed
                        pekko.cluster.allow-weakly-up-members = 1s
                        """).start(3);
        seed = cluster.node(1);
        producer = cluster.node(2);
        consumer = cluster.node(3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void all() {
        cluster.awaitUp();
    }

    @Test
    void rowP5_aProducerThatIsBackElsewhereTellsWhatItLostAndIsHeardFromItsFirstMessage() {
        TestSubscription s = consumer.subscribeReady("producer", "producer");
        TestSubscription unaffected = seed.subscribeReady("producer", "unaffected");
        producer.publish("producer", 100);
        s.awaitReached(producer, 100);
        Link link = cluster.link(producer, consumer);
        link.hold(Traffic.MESSAGES);
        producer.publish("producer", 20);
        unaffected.awaitReached(producer, 120);
        String before = producer.address();
        producer.kill();
        link.reset(Traffic.MESSAGES);
        link.heal();
        restartElsewhere(producer, before);
        awaitBeside(before, producer, List.of(seed, consumer));
        for (TestSubscription waits : List.of(s, unaffected)) {
            assertEquals(0, waits.report().handovers(), "Whoever was there may come back");
        }
        seed.down(before);
        cluster.awaitUp(); // before that nothing is accepted from it (rule P14)
        producer.publish("producer", 20);

        assertGoesOnFromTheFirst(s, 100);
        assertGoesOnFromTheFirst(unaffected, 120);
    }

    private static void assertGoesOnFromTheFirst(TestSubscription s, long lastOfBefore) {
        Report report = Await.value("it goes on", s::report, r -> r.delivered() >= lastOfBefore + 20);
        Item gap = Expect.onlyGap(report, producer, "PRODUCER_RESTARTED");
        assertEquals(lastOfBefore + 1, gap.first());
        assertNull(gap.count());
        assertEquals(1, report.handovers());
        List<Item> items = report.of(producer.name());
        assertEquals(3, items.size(), report::toString);
        assertEquals(lastOfBefore, items.get(0).last());
        assertEquals(gap, items.get(1));
        assertNotEquals(items.get(0).epoch(), items.get(2).epoch());
        assertEquals(1, items.get(2).first());
        assertEquals(20, items.get(2).last());
    }

    @Test
    void ruleT1_aTokenResumesElsewhereWithNothingMissedAndNothingTwice() {
        TestSubscription s = consumer.subscribeReady("consumer", "consumer");
        producer.publish("consumer", 100);
        s.awaitReached(producer, 100);
        String token = s.token();
        String before = consumer.address();
        consumer.kill();
        producer.publish("consumer", 100);
        restartElsewhere(consumer, before);
        TestSubscription resumed = consumer.subscribe("consumer", "resumed", Arguments.of("from", token));
        awaitBeside(before, consumer, List.of(seed, producer));
        producer.publish("consumer", 100);
        assertFalse(resumed.report().ready());
        seed.down(before);
        cluster.awaitUp();
        resumed.awaitReady();
        producer.publish("consumer", 100);
        Report report = resumed.awaitReached(producer, 400);
        Expect.sound(report);
        List<Item> items = report.of(producer.name());
        assertEquals(1, items.size(), report::toString);
        assertTrue(items.get(0).isDelivered(), report::toString);
        assertEquals(101, items.get(0).first());
        assertEquals(400, items.get(0).last());
        assertTellsOnlyOf(report, List.of(consumer.name(), before));
        Await.value(
                producer + " keeps nothing of the incarnation before",
                () -> producer.cursors("consumer").stream()
                        .map(NodeStatus.CursorStatus::node)
                        .toList(),
                List.of(consumer.name())::equals);
    }

    /** Its own incarnation before may have published, and under which name the dead member went no new process can know. */
    private static void assertTellsOnlyOf(Report report, List<String> itself) {
        Set<String> told = new HashSet<>(report.streams().keySet());
        told.remove(producer.name());
        assertTrue(itself.containsAll(told), report::toString);
    }

    private static void restartElsewhere(TestNode node, String before) {
        assertTrue(node.wasKilled());
        node.restartElsewhere();
        assertNotEquals(before, node.address());
    }

    /** The cluster has let the new incarnation in as far as it does while it waits for the one before. */
    private static void awaitBeside(String before, TestNode node, List<TestNode> others) {
        for (TestNode other : others) {
            Await.value(
                    other + " sees " + node + " beside the member at " + before,
                    other::members,
                    m -> m.unreachable().equals(List.of(before))
                            && m.all().contains(before)
                            && m.weaklyUp().equals(List.of(node.address())));
        }
    }
}
