package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.NodeStatus;
import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Published;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What happens on the way between a producer and a consumer, both of which live on. */
class LinkFaultsTest {
    private static TestCluster cluster;
    private static TestNode producer;
    private static TestNode consumer;
    private static TestNode third;

    @BeforeAll
    static void start() {
        cluster = TestCluster.named("LinkFaults").with("""
                        pekko.cluster.split-brain-resolver.stable-after = 60s
                        # Long enough for a reset not to be noticed by silence, or by heartbeats where it is to be found otherwise.
                        gapless.pulse-interval = 1s
                        gapless.topics.reset.heartbeat-interval = 60s
                        gapless.topics.way-back {
                          overflow = backpressure, backpressure-timeout = 60s, buffer-messages = 1000
                        }
                        """).start(3);
        third = cluster.node(1);
        producer = cluster.node(2);
        consumer = cluster.node(3);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.rejoin(consumer);
        cluster.awaitUp();
    }

    @Test
    void ruleC4_aResetThatLosesMessagesIsMadeGoodThoughNobodyIsUnreachable() {
        TestSubscription s = begun("reset");
        long unreachableBefore = unreachableEver();
        Link link = cluster.link(producer, consumer);
        long lostBefore = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        producer.publish("reset", 500);
        Await.until("they are lost on their way", () -> link.swallowedBytes() > lostBefore + 10_000);
        link.reset(Traffic.MESSAGES);
        link.heal();
        producer.publish("reset", 500);
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
        assertEquals(unreachableBefore, unreachableEver());
    }

    @Test
    void ruleP6_theLastMessagesAreLostAndArriveWithNothingPublishedAfterThem() {
        TestSubscription s = begun("tail");
        Link link = cluster.link(producer, consumer);
        long lostBefore = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        producer.publish("tail", 100);
        Await.until("they are lost", () -> link.swallowedBytes() > lostBefore + 10_000);
        assertEquals(1, s.report().delivered());
        link.reset(Traffic.MESSAGES);
        link.heal();
        Expect.everything(s.awaitReached(producer, 101), producer, 1, 101);
    }

    @Test
    void rowO1_aLinkIsCutInBothDirectionsAndHealed() {
        TestSubscription s = begun("cut");
        cluster.cut(producer, consumer);
        producer.publish("cut", 1_000);
        Await.until(
                "the consumer notices the silence",
                () -> registration("cut").state().equalsIgnoreCase("registering"));
        assertTrue(cluster.link(producer, consumer).heldBytes() > 0);
        assertEquals(1, s.report().delivered());
        cluster.heal(producer, consumer);
        Expect.everything(s.awaitReached(producer, 1_001), producer, 1, 1_001);
    }

    @Test
    void rowP2_aNodeThatIsCutOffUntilItIsUnreachableMissesNothingThatTheRingHolds() {
        TestSubscription s = begun("unreachable");
        cluster.isolate(consumer);
        producer.publish("unreachable", 10_000);
        Await.value(
                "the producer finds it unreachable",
                producer::members,
                m -> m.unreachable().contains(consumer.address()));
        assertEquals(1, s.report().delivered());
        cluster.rejoin(consumer);
        Expect.everything(s.awaitReached(producer, 10_001), producer, 1, 10_001);
    }

    @Test
    void shortCutLosesEverything_fiveShortCutsLoseNothing() {
        TestSubscription s = begun("short-cuts");
        Link link = cluster.link(producer, consumer);
        long resetsBefore = link.resets();
        CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 140; i++) {
                Expect.accepted(producer.publish("short-cuts", 100), 100);
            }
        });
        for (int cut = 1; cut <= 5; cut++) {
            Await.until("the link carries", () -> link.messageConnections() > 0);
            long resets = link.resets();
            link.refuse(Traffic.MESSAGES);
            Await.until("the link is cut", () -> link.resets() > resets);
            link.heal();
        }
        publishing.join();
        assertTrue(link.resets() >= resetsBefore + 5);
        Expect.everything(s.awaitReached(producer, 14_001), producer, 1, 14_001);
    }

    /** publishOnlyOutageNeverFlushed: only the way out is broken, all others work. */
    @Test
    void rowO5_whatIsPublishedWhileOnlyTheWayOutIsCutArrivesAfterwards() {
        TestSubscription s = begun("way-out");
        Link wayOut = cluster.link(producer, consumer);
        long refusalsBefore = wayOut.refusals();
        wayOut.refuse(Traffic.MESSAGES);
        producer.publish("way-out", 5);
        Await.until("the producer tries in vain", () -> wayOut.refusals() > refusalsBefore);
        assertEquals(1, s.report().delivered());
        wayOut.heal();
        Expect.everything(s.awaitReached(producer, 6), producer, 1, 6);
    }

    /** What the consumer says is lost, what the producer says is not: it must not take the one for the other's end. */
    @Test
    void ruleC4_withBackpressureNothingIsMissedWhileOnlyTheWayBackIsCut() {
        TestSubscription s = begun("way-back");
        Link wayBack = cluster.link(consumer, producer);
        CompletableFuture<Published> publishing = producer.publishMeanwhile("way-back", 20_000);
        for (int cut = 1; cut <= 2; cut++) {
            Await.until("the link carries", () -> wayBack.messageConnections() > 0);
            wayBack.refuse(Traffic.MESSAGES);
            Await.until(
                    "the consumer registers again",
                    () -> registration("way-back").state().equalsIgnoreCase("registering"));
            wayBack.heal();
            Await.until("it is heard", () -> registration("way-back").state().equalsIgnoreCase("live"));
        }
        Expect.accepted(publishing.join(), 20_000);
        Expect.everything(s.awaitReached(producer, 20_001), producer, 1, 20_001);
    }

    /** A subscription of the consumer that has got the first message. */
    private static TestSubscription begun(String topic) {
        TestSubscription s = consumer.subscribeReady(topic, topic);
        producer.publish(topic, 1);
        s.awaitReached(producer, 1);
        return s;
    }

    private static NodeStatus.RegistrationStatus registration(String topic) {
        return consumer.status(topic).consumer().registrations().stream()
                .filter(r -> r.node().equals(producer.name()))
                .findFirst()
                .orElseThrow();
    }

    private static long unreachableEver() {
        return third.members().unreachableEver()
                + producer.members().unreachableEver()
                + consumer.members().unreachableEver();
    }
}
