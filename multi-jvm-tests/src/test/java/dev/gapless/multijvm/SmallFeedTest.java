package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.node.Report;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A feed through which the backlog of three producers comes, and which is as large as the ring of one. */
@Tag("thorough")
@Tag("day2")
class SmallFeedTest {
    private static final int RING = 4_000;
    private static final int BACKLOG = 3_900;

    private static TestCluster cluster;
    private static List<TestNode> producers;
    private static TestNode consumer;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("SmallFeed").with("""
                        pekko.cluster.split-brain-resolver.stable-after = 60s
                        gapless.buffer-messages = %d
                        """.formatted(RING)).start(4);
        producers = List.of(cluster.node(1), cluster.node(2), cluster.node(3));
        consumer = cluster.node(4);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static void begin(String topic, TestSubscription s) {
        for (TestNode producer : producers) {
            Expect.accepted(producer.publish(topic, 1), 1);
            s.awaitReached(producer, 1);
        }
    }

    private static void publishBehindACut(String topic) {
        cluster.isolate(consumer);
        for (TestNode producer : producers) {
            Expect.accepted(producer.publish(topic, BACKLOG), BACKLOG);
        }
        cluster.rejoin(consumer);
    }

    private static void isGivenEverything(TestSubscription s) {
        for (TestNode producer : producers) {
            Report report = s.awaitReached(producer, 1 + BACKLOG);
            Expect.everything(report, producer, 1, 1 + BACKLOG);
        }
    }

    @Test
    void rowO1_aCutThatEveryRingSurvivesTellsASubscriptionNothing() {
        TestSubscription s = consumer.subscribeReady("cut", "cut");
        begin("cut", s);
        publishBehindACut("cut");
        isGivenEverything(s);
    }

    @Test
    void rowO1_whatTheFeedHasDroppedOfASubscriptionThatStoodStillComesFromTheRings() {
        TestSubscription quick = consumer.subscribeReady("stood-still", "quick");
        TestSubscription s = consumer.subscribeReady("stood-still", "stands-still");
        begin("stood-still", s);
        s.closeGate();
        publishBehindACut("stood-still");
        for (TestNode producer : producers) {
            quick.awaitReached(producer, 1 + BACKLOG);
        }
        assertTrue(s.report().delivered() < 2 * RING, "the feed has gone on past it");
        Await.until("it stands still", () -> s.report().inHandler());
        s.openGate();
        isGivenEverything(s);
    }
}
