package dev.gapless.multijvm;

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
    private static final String TOPIC = "chaos";

    private final Random random = new Random(SEED);
    private final List<String> faults = new ArrayList<>();

    @Test
    void rowP7_whateverHappensOnTheWayEverythingIsDeliveredOrAnnounced() {
        try (TestCluster cluster = TestCluster.named("Chaos").with("""
                        pekko.cluster.failure-detector.acceptable-heartbeat-pause = 60s
                        gapless.buffer-messages = 2000
                        """).start(3)) {
            List<TestNode> nodes = List.of(cluster.node(1), cluster.node(2), cluster.node(3));
            List<TestSubscription> subscriptions =
                    nodes.stream().map(n -> n.subscribeReady(TOPIC, TOPIC)).toList();
            AtomicBoolean enough = new AtomicBoolean();
            List<CompletableFuture<Long>> publishing = nodes.stream()
                    .map(node -> CompletableFuture.supplyAsync(() -> publish(node, enough)))
                    .toList();
            for (int i = 0; i < FAULTS; i++) {
                inject(cluster, nodes);
            }
            enough.set(true);
            for (int producer = 0; producer < nodes.size(); producer++) {
                long last = publishing.get(producer).join();
                for (TestSubscription s : subscriptions) {
                    Expect.addsUp(s.awaitReached(nodes.get(producer), last), nodes.get(producer), last);
                }
            }
            for (TestSubscription s : subscriptions) {
                Report report = s.report();
                System.out.println(s + ": " + report.delivered() + " delivered, "
                        + report.gaps().size() + " gaps");
            }
        } finally {
            System.out.println("Seed " + SEED + ", faults: " + faults);
        }
    }

    private static long publish(TestNode node, AtomicBoolean enough) {
        long last = 0;
        while (!enough.get()) {
            last = node.publish(TOPIC, 50).last();
        }
        return last;
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
                Await.until("others go on", () -> published(from));
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

    /** Has this node published some hundred messages more? */
    private static boolean published(TestNode node) {
        return node.status(TOPIC).producer().head() > 0
                && node.publish(TOPIC, 500).accepted() == 500;
    }
}
