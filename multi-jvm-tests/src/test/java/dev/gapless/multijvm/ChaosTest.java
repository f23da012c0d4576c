package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Expect;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.TestSubscription;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * One fault after another, drawn at random, while everybody publishes: what was delivered and announced adds up all the
 * same. {@code -Dmultijvm.chaos.faults=500} makes it longer, {@code -Dmultijvm.chaos.seed} another one.
 */
class ChaosTest {
    private static final int FAULTS = Integer.getInteger("multijvm.chaos.faults", 12);
    private static final long SEED = Long.getLong("multijvm.chaos.seed", 1);
    private static final String EXPIRING = "expiring";
    private static final String WAITING = "waiting";

    private final Random random = new Random(SEED);
    private final List<String> faults = new ArrayList<>();

    @Test
    void rowP7_whateverHappensOnTheWayEverythingIsDeliveredOrAnnounced() {
        try (TestCluster cluster = TestCluster.named("Chaos").with("""
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 60s
                        gapless.buffer-messages = 2000
                        gapless.topics.waiting { overflow = backpressure, backpressure-timeout = 60s }
                        """).start(3)) {
            List<TestNode> nodes = List.of(cluster.node(1), cluster.node(2), cluster.node(3));
            List<TestSubscription> expiring = subscribe(nodes, EXPIRING);
            List<TestSubscription> waiting = subscribe(nodes, WAITING);
            AtomicBoolean enough = new AtomicBoolean();
            List<CompletableFuture<Void>> publishing = publish(nodes, EXPIRING, enough);
            List<CompletableFuture<Void>> publishingToo = publish(nodes, WAITING, enough);
            for (int i = 0; i < FAULTS; i++) {
                inject(cluster, nodes);
            }
            enough.set(true);
            publishing.forEach(CompletableFuture::join);
            publishingToo.forEach(CompletableFuture::join);
            for (TestNode producer : nodes) {
                addsUp(expiring, producer, producer.publish(EXPIRING, 1).last());
                addsUp(waiting, producer, producer.publish(WAITING, 1).last());
            }
            waiting.forEach(s -> assertEquals(List.of(), s.report().gaps(), "Whoever is waited for misses nothing"));
            expiring.forEach(ChaosTest::print);
            waiting.forEach(ChaosTest::print);
        } finally {
            System.out.println("Seed " + SEED + ", faults: " + faults);
        }
    }

    private static List<TestSubscription> subscribe(List<TestNode> nodes, String topic) {
        return nodes.stream().map(node -> node.subscribeReady(topic, topic)).toList();
    }

    private static void addsUp(List<TestSubscription> subscriptions, TestNode producer, long last) {
        subscriptions.forEach(s -> Expect.addsUp(s.awaitReached(producer, last), producer, last));
    }

    private static void print(TestSubscription s) {
        Report report = s.report();
        System.out.println(
                s + ": " + report.delivered() + " delivered, " + report.gaps().size() + " gaps");
    }

    private static List<CompletableFuture<Void>> publish(List<TestNode> nodes, String topic, AtomicBoolean enough) {
        return nodes.stream()
                .map(node -> CompletableFuture.runAsync(
                        () -> {
                            while (!enough.get()) {
                                Expect.accepted(node.publish(topic, 50), 50);
                            }
                        },
                        task -> new Thread(task, "publishes").start()))
                .toList();
    }

    /** Does something to a link or a node, waits until it has taken place, and ends it. */
    private void inject(TestCluster cluster, List<TestNode> nodes) {
        TestNode from = nodes.get(random.nextInt(nodes.size()));
        TestNode to = nodes.get((nodes.indexOf(from) + 1 + random.nextInt(nodes.size() - 1)) % nodes.size());
        Link link = cluster.link(from, to);
        int kind = random.nextInt(5);
        faults.add(List.of("pause ", "reset ", "hold ", "swallow ", "refuse ").get(kind) + from + "→" + to);
        switch (kind) {
            case 0 -> {
                to.pause();
                Expect.accepted(from.publish(EXPIRING, 3_000), 3_000);
                to.resume();
            }
            case 1 -> {
                Await.until("the link carries", () -> link.messageConnections() > 0);
                link.reset(Traffic.MESSAGES);
            }
            case 2 -> {
                link.hold(Traffic.MESSAGES);
                Await.until("it holds something", () -> link.heldBytes() > 0);
                link.heal();
            }
            case 3 -> {
                long before = link.swallowedBytes();
                link.swallow(Traffic.MESSAGES);
                Await.until("something is lost", () -> link.swallowedBytes() > before + random.nextInt(100_000));
                link.reset(Traffic.MESSAGES);
                link.heal();
            }
            default -> {
                long before = link.refusals();
                Await.until("the link carries", () -> link.messageConnections() > 0);
                link.refuse(Traffic.MESSAGES);
                Await.until("it tries in vain", () -> link.refusals() > before);
                link.heal();
            }
        }
    }
}
