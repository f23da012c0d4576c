package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.core.Epoch;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Report;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A consumer's process stands still for a while, and nobody takes it for dead. */
class PausedConsumerTest {
    private static final int RING = 1_000;
    private static final int WINDOW = 64 << 10;
    private static final int BATCH = 32 << 10;

    private static TestCluster cluster;
    private static TestNode producer;
    private static TestNode healthy;
    private static TestNode frozen;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("PausedConsumer").with("""
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 60s
                        # What is under way fits into the socket's buffers and, at the other end, into the feed.
                        gapless { buffer-messages = 1000, batch-bytes = 32 KiB, window-bytes = 64 KiB, max-message-bytes = 16 KiB }
                        gapless.topics.large.buffer-messages = 10000
                        gapless.topics.waited-for { overflow = backpressure, backpressure-timeout = 8s }
                        gapless.topics.retained.resume-after-expiry = retained
                        """).start(3);
        producer = cluster.node(1);
        healthy = cluster.node(2);
        frozen = cluster.node(3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void nobodyWasTakenForDead() {
        if (frozen.isPaused()) {
            frozen.resume();
        }
        assertEquals(0, producer.members().unreachableEver());
    }

    @Test
    void rowP2_withinTheRingItCatchesUpAndIsToldNothing() {
        TestSubscription s = frozen.subscribeReady("large", "within");
        Expect.accepted(producer.publish("large", 100), 100);
        s.awaitReached(producer, 100);
        frozen.pause();
        Expect.accepted(producer.publish("large", 5_000), 5_000);
        assertTrue(frozen.isPaused());
        assertTrue(producer.cursor("large", frozen).lag() >= 4_000, "it lags behind");
        frozen.resume();
        Report report = s.awaitReached(producer, 5_100);
        Expect.everything(report, producer, 1, 5_100);
    }

    /** Also expiredThenReplayFromZero: the next single message comes alone. */
    @Test
    void rowP3_beyondTheRingEverySubscriptionIsToldOnceAndGoesOnContiguously() {
        TestSubscription one = frozen.subscribeReady("overrun", "overrun-1");
        TestSubscription other = frozen.subscribeReady("overrun", "overrun-2");
        producer.publish("overrun", 100);
        one.awaitReached(producer, 100);
        other.awaitReached(producer, 100);
        frozen.pause();
        overrunOnce("overrun");
        assertTrue(frozen.isPaused());
        Await.until("the ring has overtaken it", () -> isOvertaken("overrun"));
        frozen.resume();
        long head = 100 + RING + RING / 2;
        one.awaitReached(producer, head);
        other.awaitReached(producer, head);
        for (TestSubscription s : new TestSubscription[] {one, other}) {
            Item gap = Expect.onlyGap(s.report(), producer, "OVERRUN");
            assertTrue(gap.first() > 100 && gap.count() >= RING, gap::toString);
            Expect.addsUp(s.report(), producer, head);
            assertEquals(1, s.report().handovers());
        }
        // Twice if its answers of before the pause free the window before it registers anew.
        assertTrue(expiries("overrun") >= 1, "it was the feed that was overtaken");
        long before = one.report().delivered();
        producer.publish("overrun", 1);
        assertEquals(before + 1, one.awaitReached(producer, head + 1).delivered());
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    void ruleP3_ifTheTopicIsSetSoItGoesOnInTheMiddleOfTheRing() {
        TestSubscription s = frozen.subscribeReady("retained", "retained");
        producer.publish("retained", 100);
        s.awaitReached(producer, 100);
        frozen.pause();
        overrunOnce("retained");
        assertTrue(frozen.isPaused());
        frozen.resume();
        long head = 100 + RING + RING / 2;
        Report report = s.awaitReached(producer, head);
        Expect.addsUp(report, producer, head);
        Item gap = Expect.onlyGap(report, producer, "OVERRUN");
        assertTrue(gap.resumesAt() <= head + 1 - RING / 2, "Half of the ring is delivered: " + gap);
    }

    /** slowPeerKillsProducer, oneMuteClientStopsTopic: what happened to the healthy one of two. */
    @Test
    @Tag("thorough")
    @Tag("day0")
    void rowT7_ofTwoConsumersTheFrozenOneDisturbsNobody() {
        TestSubscription unaffected = healthy.subscribeReady("shared", "unaffected");
        TestSubscription overtaken = frozen.subscribeReady("shared", "overtaken");
        producer.publish("shared", 10);
        overtaken.awaitReached(producer, 10);
        Epoch epoch = producer.status("shared").producer().epoch();
        frozen.pause();
        for (int head = 10; head < 20_010; head += 400) {
            Expect.accepted(producer.publish("shared", 400), 400);
            unaffected.awaitReached(producer, head + 400);
        }
        assertTrue(frozen.isPaused());
        Expect.everything(unaffected.report(), producer, 1, 20_010);
        assertEquals(epoch, producer.status("shared").producer().epoch());
        frozen.resume();
        Report report = overtaken.awaitReached(producer, 20_010);
        Expect.addsUp(report, producer, 20_010);
        assertFalse(report.gaps().isEmpty());
    }

    @Test
    void ruleP5_withBackpressureAFrozenConsumerIsWaitedForAWhileAndThenLeftBehindAlone() {
        TestSubscription unaffected = healthy.subscribeReady("waited-for", "unaffected-too");
        TestSubscription left = frozen.subscribeReady("waited-for", "left-behind");
        producer.publish("waited-for", 10);
        left.awaitReached(producer, 10);
        frozen.pause();
        var publishing = producer.publishMeanwhile("waited-for", RING + RING / 2);
        Await.until("the publisher waits", () -> {
            var status = producer.status("waited-for").producer();
            return status.waitingPublishes() > 0 || publishing.isDone();
        });
        assertFalse(publishing.isDone(), "it waited for nobody");
        Expect.accepted(publishing.join(), RING + RING / 2);
        Expect.accepted(producer.publish("waited-for", 3_500), 3_500);
        assertTrue(frozen.isPaused());
        Expect.everything(unaffected.awaitReached(producer, 5_010), producer, 1, 5_010);
        frozen.resume();
        Expect.addsUp(left.awaitReached(producer, 5_010), producer, 5_010);
    }

    /** Once: as long as the window has room, each time that the ring overtakes what was sent is an overrun of its own. */
    private static void overrunOnce(String topic) {
        Expect.accepted(producer.publish(topic, RING - 1), RING - 1);
        Await.until("its window is full", () -> producer.cursor(topic, frozen).bytesInFlight() > WINDOW - BATCH);
        Expect.accepted(producer.publish(topic, RING / 2 + 1), RING / 2 + 1);
    }

    /** Was it told so, or will it be, once it frees its window? */
    private static boolean isOvertaken(String topic) {
        NodeStatus.ProducerStatus status = producer.status(topic).producer();
        return !status.expiries().isEmpty()
                || status.cursors().stream()
                        .anyMatch(c -> c.node().equals(frozen.name()) && c.sent() + 1 < status.oldest());
    }

    private static long expiries(String topic) {
        return producer.status(topic).producer().expiries().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
