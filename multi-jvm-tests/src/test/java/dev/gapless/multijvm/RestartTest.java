package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Processes are killed, and come back at the same port, or do not. */
class RestartTest {
    private static TestCluster cluster;
    private static TestNode seed;
    private static TestNode producer;
    private static TestNode consumer;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("Restart").with("""
                        # Who was killed stays a member until it is back, however long its process takes to start.
                        pekko.cluster.split-brain-resolver.stable-after = 60s
                        gapless.topics.lost.producer-return-timeout = 1s
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
        cluster.heal(producer, consumer); // should the test before have failed
        cluster.awaitUp();
    }

    /** sequenceReuseAfterCrash: the new incarnation begins at 1 again, and says so by another epoch. */
    @Test
    void rowP5_theProducerRestartsDuringACutAndItsNewIncarnationTellsTheConsumer() {
        TestSubscription s = consumer.subscribeReady("restarted", "restarted");
        TestSubscription unaffected = seed.subscribeReady("restarted", "unaffected");
        producer.publish("restarted", 100);
        s.awaitReached(producer, 100);
        cluster.cut(producer, consumer);
        producer.publish("restarted", 20);
        unaffected.awaitReached(producer, 120);
        long pid = producer.pid();
        producer.kill();
        producer.restart();
        assertNotEquals(pid, producer.pid());
        producer.publish("restarted", 10);
        Await.value("the new incarnation is up", producer::members, m -> m.up().contains(producer.address()));
        assertEquals(100, s.report().delivered());
        cluster.heal(producer, consumer);

        Report report = Await.value("it goes on", s::report, r -> r.delivered() >= 110);
        Item gap = Expect.onlyGap(report, producer, "PRODUCER_RESTARTED");
        assertEquals(101, gap.first());
        assertNull(gap.count());
        assertEquals(1, gap.resumesAt());
        Item before = report.of(producer.name()).get(0);
        Item behind = report.of(producer.name()).get(2);
        assertEquals(100, before.last());
        assertNotEquals(before.epoch(), behind.epoch());
        assertEquals(gap.resumesEpoch(), behind.epoch());
        assertEquals(1, behind.first());
        assertEquals(10, behind.last());
        Report other = Await.value("the other one too", unaffected::report, r -> r.delivered() >= 130);
        assertEquals(121, Expect.onlyGap(other, producer, "PRODUCER_RESTARTED").first());
    }

    /** bothSidesRestartSilent: 20 messages lost, and no notice. */
    @Test
    void rowP6_bothSidesRestartAndWhoeverResumesByTokenIsTold() {
        TestSubscription s = consumer.subscribeReady("both", "both");
        producer.publish("both", 100);
        s.awaitReached(producer, 100);
        String token = s.token();
        cluster.cut(producer, consumer);
        producer.publish("both", 20);
        assertEquals(100, s.report().delivered());
        producer.kill();
        consumer.kill();
        cluster.heal(producer, consumer);
        producer.restart();
        consumer.restart();
        cluster.awaitUp();
        producer.publish("both", 10);

        TestSubscription resumed = consumer.subscribe("both", "resumed", Arguments.of("from", token));
        Report report = Await.value("it goes on", resumed::report, r -> r.delivered() >= 10);
        Item gap = Expect.onlyGap(report, producer, "PRODUCER_RESTARTED");
        assertEquals(101, gap.first());
        assertEquals(gap, report.of(producer.name()).get(0), "the notice comes first");
        Item behind = report.of(producer.name()).get(1);
        assertEquals(1, behind.first());
        assertEquals(10, behind.last());
    }

    @Test
    void ruleT1_aTokenResumesOnAnotherNodeWithNothingMissedAndNothingTwice() {
        TestSubscription s = consumer.subscribeReady("token", "token");
        producer.publish("token", 100);
        s.awaitReached(producer, 100);
        String token = s.token();
        consumer.kill();
        producer.publish("token", 100);
        TestSubscription resumed = seed.subscribe("token", "resumed", Arguments.of("from", token));
        Expect.everything(resumed.awaitReached(producer, 200), producer, 101, 200);
        consumer.restart();
        cluster.awaitUp();
    }

    @Test
    void carriedIntoNextLife_whatWasMeantForADeadConsumerIsNotTakenByItsSuccessor() {
        TestSubscription s = consumer.subscribeReady("carried", "carried");
        producer.publish("carried", 10);
        s.awaitReached(producer, 10);
        Link link = cluster.link(producer, consumer);
        // The consumer must not register again meanwhile: it would be sent less each time (P13).
        cluster.link(consumer, producer).refuse(Traffic.MESSAGES);
        link.store();
        producer.publish("carried", 1_000);
        Await.until("much is under way", link::toString, () -> link.storedBytes() > 100_000);
        consumer.kill();
        consumer.restart();
        TestSubscription successor = consumer.subscribe("carried", "successor");
        cluster.awaitUp();
        long passedBefore = link.passedMessageBytes();
        link.heal();
        Await.until(
                "it reaches the successor", link::toString, () -> link.passedMessageBytes() > passedBefore + 100_000);
        cluster.heal(producer, consumer);
        successor.awaitReady();
        producer.publish("carried", 10);
        Expect.everything(successor.awaitReached(producer, 1_020), producer, 1_011, 1_020);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    void ruleC7_aProducerThatDoesNotComeBackIsAnnouncedAsLost() {
        TestSubscription s = consumer.subscribeReady("lost", "lost");
        producer.publish("lost", 10);
        s.awaitReached(producer, 10);
        producer.kill();
        assertFalse(producer.isAlive());
        seed.down(producer.address());
        Item gap = Expect.onlyGap(s.awaitGaps(producer, 1), producer, "PRODUCER_LOST");
        assertEquals(11, gap.first());
        assertNull(gap.count());
        assertNull(gap.resumesAt());
        producer.restart();
        cluster.awaitUp();
        producer.publish("lost", 5);
        Report report = Await.value("its next incarnation is heard", s::report, r -> r.delivered() == 15);
        Expect.onlyGap(report, producer, "PRODUCER_LOST");
    }
}
