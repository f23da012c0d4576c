package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Report;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Much, to three others. */
class MillionMessagesTest {
    private static final long MIB = 1024 * 1024;

    private static TestCluster cluster;
    private static TestNode producer;
    private static List<TestNode> consumers;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("MillionMessages").with("""
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 60s
                        gapless.topics {
                          all { overflow = backpressure, backpressure-timeout = 60s }
                          expiring.buffer-messages = 20000
                        }
                        """).start(4);
        producer = cluster.node(1);
        consumers = List.of(cluster.node(2), cluster.node(3), cluster.node(4));
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /** Rings and feeds are full long before the first measurement: from then on nothing may be kept. */
    @Test
    void withBackpressureEachOfThreeGetsAllOfAMillionInOrderAndNoHeapGrows() {
        List<TestSubscription> all =
                consumers.stream().map(n -> n.subscribeReady("all", "all")).toList();
        Expect.accepted(producer.publish("all", 200_000), 200_000);
        all.forEach(s -> s.awaitReached(producer, 200_000));
        List<Long> before = liveHeaps();
        for (int part = 0; part < 4; part++) {
            Expect.accepted(producer.publish("all", 200_000), 200_000);
        }
        all.forEach(s -> Expect.everything(s.awaitReached(producer, 1_000_000), producer, 1, 1_000_000));
        List<Long> after = liveHeaps();
        System.out.println("Live heaps in bytes after 200,000 messages: " + before + ", after 1,000,000: " + after);
        for (int i = 0; i < before.size(); i++) {
            long grown = after.get(i) - before.get(i);
            String node = "n" + (i + 1);
            assertTrue(grown < 4 * MIB, () -> node + " kept " + grown + " of 80 MB: " + before + " " + after);
            assertTrue(after.get(i) < 100 * MIB, () -> node + " has more than its configuration allows: " + after);
        }
    }

    @Test
    void rowT7_withExpireAndOneStoppedForAWhileDeliveredAndAnnouncedAreWhatWasPublished() {
        List<TestSubscription> all = consumers.stream()
                .map(n -> n.subscribeReady("expiring", "expiring"))
                .toList();
        Expect.accepted(producer.publish("expiring", 20_000), 20_000);
        all.forEach(s -> s.awaitReached(producer, 20_000));
        TestNode stopped = consumers.get(2);
        stopped.pause();
        Expect.accepted(producer.publish("expiring", 200_000), 200_000);
        assertTrue(stopped.isPaused());
        stopped.resume();
        Expect.accepted(producer.publish("expiring", 30_000), 30_000);
        all.forEach(s -> Expect.addsUp(s.awaitReached(producer, 250_000), producer, 250_000));
        Report told = all.get(2).report();
        assertTrue(told.announced(producer.name()) > 100_000, told::toString);
        told.gaps().forEach(gap -> assertEquals("OVERRUN", gap.reason()));
    }

    private static List<Long> liveHeaps() {
        return IntStream.rangeClosed(1, 4)
                .mapToObj(i -> cluster.node(i).liveHeapBytes())
                .toList();
    }
}
