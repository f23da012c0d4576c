package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Item;
import dev.gapless.multijvm.node.Report;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A handler that does not come back, and a reload that takes its time. */
class SlowSubscriptionTest {
    private static final int RING = 1_000;
    private static final long MIB = 1024 * 1024;

    private static TestCluster cluster;
    private static TestNode producer;
    private static TestNode consumer;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("SlowSubscription")
                .with("gapless.buffer-messages = " + RING)
                .start(2);
        producer = cluster.node(1);
        consumer = cluster.node(2);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /**
     * slowSubscriberMailbox: 100,324 messages in its mailbox. lagIsSilent: the lag became nothing on the way.
     * emitBlocksOnSlowest: one full queue held up the live tail.
     */
    @Test
    void rowT7_aSubscriptionThatDoesNotReadIsLeftBehindAloneAndCostsNoMemory() {
        TestSubscription quick = consumer.subscribeReady("slow", "quick");
        TestSubscription slow = consumer.subscribeReady("slow", "slow");
        publishPaced("slow", 0, 2_000, quick);
        slow.awaitReached(producer, 2_000);
        long heapBefore = consumer.liveHeapBytes();
        slow.closeGate();
        publishPaced("slow", 2_000, 50_000, quick);
        awaitHeld(slow);
        Expect.everything(quick.report(), producer, 1, 52_000);
        long grown = consumer.liveHeapBytes() - heapBefore;
        assertTrue(grown < 8 * MIB, () -> "50 MB passed it, and the heap grew by " + grown);
        slow.openGate();
        Report report = slow.awaitReached(producer, 52_000);
        Expect.addsUp(report, producer, 52_000);
        Item gap = Expect.onlyGap(report, producer, "OVERRUN");
        assertTrue(gap.first() > 2_000 && gap.count() > 50_000 - 2 * RING, gap::toString);
    }

    /** snapshotThenLag: the live ring overflows while the snapshot is read. */
    @Test
    void rowO3_whatIsMissedDuringAReloadNeedsAnotherOneAndOneAtATime() {
        TestSubscription quick = consumer.subscribeReady("reload", "quick-too");
        TestSubscription s = consumer.subscribe(
                        "reload", "reloads", Arguments.of("hold-reloads", true).and("gate-closed", true))
                .awaitReady();
        assertEquals(0, s.report().handovers(), "none on a first connect");
        publishPaced("reload", 0, 5_000, quick);
        awaitHeld(s);
        s.openGate();
        Report reloading = Await.value("it reloads", s::report, r -> r.handovers() == 1);
        assertEquals(0, reloading.reloads());
        publishPaced("reload", 5_000, 5_000, quick);
        assertEquals(1, s.report().handovers(), "one at a time");
        assertEquals(reloading.delivered(), s.report().delivered(), "nothing comes meanwhile");
        s.releaseReloads();
        Report report = s.awaitReached(producer, 10_000);
        Expect.addsUp(report, producer, 10_000);
        assertEquals(2, report.handovers());
        assertEquals(2, report.gaps(producer.name()).size(), report::toString);
    }

    @Test
    void ruleS2_aReloadThatFailsIsTriedAgainWithTheSameGap() {
        TestSubscription quick = consumer.subscribeReady("fails", "quick-as-well");
        TestSubscription s = consumer.subscribe(
                        "fails", "fails", Arguments.of("failed-reloads", 2).and("gate-closed", true))
                .awaitReady();
        publishPaced("fails", 0, 5_000, quick);
        awaitHeld(s);
        String before = s.token();
        s.openGate();
        Report report = s.awaitReached(producer, 5_000);
        Expect.addsUp(report, producer, 5_000);
        Expect.onlyGap(report, producer, "OVERRUN");
        assertEquals(3, report.handovers());
        assertEquals(1, report.reloads());
        assertTrue(Cursors.sequence(before, producer.name()) < Cursors.sequence(s.token(), producer.name()));
    }

    private static void awaitHeld(TestSubscription s) {
        Await.until(s + " is held", () -> s.report().inHandler());
    }

    /** No faster than the quick one takes them, so that it misses nothing. */
    private static void publishPaced(String topic, long head, int count, TestSubscription quick) {
        int step = RING / 4;
        for (int i = step; i <= count; i += step) {
            Expect.accepted(
                    producer.publish(
                            Arguments.of("topic", topic).and("count", step).and("size", 1_000)),
                    step);
            quick.awaitReached(producer, head + i);
        }
    }
}
