package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import java.util.List;
import java.util.Random;

/** Does one fault from its beginning to its end, and returns only if it has taken place. */
final class Faults {
    /** Longer than what the cluster needs to find a node unreachable. */
    private static final int LONGEST_PAUSE_MS = 5_000;

    private static final int BEYOND_RETURN_MS = 1_000;
    private static final int DELAY_MS = 15;

    private final TestCluster cluster;
    private final LinkFaults links;
    private final Population population;
    private final Subscriptions subscriptions;
    private final int returnTimeoutMs;

    Faults(TestCluster cluster, Population population, Subscriptions subscriptions, int returnTimeoutMs) {
        this.cluster = cluster;
        this.links = new LinkFaults(cluster);
        this.population = population;
        this.subscriptions = subscriptions;
        this.returnTimeoutMs = returnTimeoutMs;
    }

    /** Whom it concerns is not concerned by any other fault meanwhile. */
    void inject(Fault fault, List<TestNode> nodes, Random random) {
        switch (fault) {
            case PAUSE -> pause(nodes.get(0), random);
            case KILL_AND_STAY_AWAY -> killAndStayAway(nodes.get(0));
            case KILL_AND_RESTART -> killAndRestart(nodes.get(0));
            case TERMINATE_WHILE_PAUSED -> terminateWhilePaused(nodes.get(0), random);
            case LEAVE -> leave(nodes.get(0), random);
            case KILL_WHILE_IT_LEAVES -> killWhileItLeaves(nodes.get(0));
            case BLACKHOLE -> blackhole(nodes.get(0));
            case JOIN -> join();
            case RESET -> links.reset(nodes, random.nextBoolean() ? Traffic.ALL : Traffic.MESSAGES);
            case CUT_BOTH_WAYS -> links.cutBothWays(nodes, random);
            case CUT_ONE_WAY -> links.cutOneWay(nodes, random);
            case LOSE -> links.lose(nodes);
            case REFUSE -> links.refuse(nodes, random);
            case FREEZE_SUBSCRIPTION -> freeze(subscription(nodes, random), random);
            case SLOW_SUBSCRIPTION -> slow(subscription(nodes, random), random);
            case SUBSCRIBE_LATEST -> subscribe(nodes.get(0), "latest", random);
            case SUBSCRIBE_EARLIEST -> subscribe(nodes.get(0), "earliest", random);
            case SUBSCRIBE_WITH_TOKEN -> subscribeWithToken(nodes.get(0), random);
        }
    }

    // ------------------------------------------------------------------------------------------ processes

    private static void pause(TestNode node, Random random) {
        node.pause();
        Lasting.last(random, LONGEST_PAUSE_MS);
        assertTrue(node.isPaused());
        node.resume();
    }

    private void kill(TestNode node) {
        node.kill();
        assertFalse(node.isAlive());
        population.killed(node);
    }

    private void killAndStayAway(TestNode node) {
        kill(node);
        Await.until(node + " is no member any more", () -> population.anybodySees(m -> isGone(node, m.all())));
        Lasting.sleep(returnTimeoutMs + BEYOND_RETURN_MS);
        comeBack(node);
    }

    private void killAndRestart(TestNode node) {
        long pid = node.pid();
        String address = node.address();
        kill(node);
        comeBack(node);
        if (population.isRegular(node)) {
            assertNotEquals(pid, node.pid());
            assertTrue(node.address().equals(address));
        }
    }

    private void terminateWhilePaused(TestNode node, Random random) {
        node.pause();
        node.terminate();
        Lasting.last(random, LONGEST_PAUSE_MS / 2);
        assertTrue(node.isPaused());
        node.resume();
        node.awaitEnd();
        population.ended(node);
        comeBack(node);
    }

    private void leave(TestNode node, Random random) {
        String reason = node.leave();
        population.ended(node);
        if (!reason.equals("ClusterLeavingReason$")) {
            comeBack(node);
            throw new Lasting.Interrupted(node + " was downed while it left");
        }
        Lasting.last(random, 2 * returnTimeoutMs);
        comeBack(node);
    }

    private void killWhileItLeaves(TestNode node) {
        node.call("leave", Arguments.none());
        Await.until(node + " is leaving", () -> !node.isAlive() || population.anybodySees(m -> isGone(node, m.up())));
        if (node.isAlive()) {
            node.kill();
            assertFalse(node.isAlive());
            population.ended(node); // some may have had its farewell
            comeBack(node);
        } else {
            population.ended(node);
            comeBack(node);
            throw new Lasting.Interrupted(node + " had left before it could be killed");
        }
    }

    /** Seen by a member: to others nobody is one. */
    private static boolean isGone(TestNode node, List<String> members) {
        return !members.isEmpty() && !members.contains(node.address());
    }

    private void blackhole(TestNode node) {
        Lasting.until(
                node + " is a member",
                List.of(node),
                () -> population.anybodySees(m -> m.up().contains(node.address())));
        cluster.isolate(node);
        try {
            Lasting.until(
                    node + " is unreachable",
                    List.of(node),
                    () -> population.anybodySees(m -> m.unreachable().contains(node.address())));
        } finally {
            cluster.rejoin(node);
        }
    }

    private void join() {
        TestNode guest = population.join();
        try {
            Lasting.until(
                    guest + " is a member",
                    List.of(guest),
                    () -> population.anybodySees(m -> m.up().contains(guest.address())));
        } finally {
            population.giveBack(List.of(guest));
        }
    }

    /** Only the regular ones do: guests stay away until another one is wanted. */
    private void comeBack(TestNode node) {
        if (population.isRegular(node)) {
            population.comeBack(node);
        }
    }

    // ------------------------------------------------------------------------------------------ subscriptions

    private Subscriptions.Entry subscription(List<TestNode> nodes, Random random) {
        List<Subscriptions.Entry> living = subscriptions.living(nodes);
        return living.get(random.nextInt(living.size()));
    }

    private static void freeze(Subscriptions.Entry subscription, Random random) {
        TestNode node = subscription.node;
        Arguments id = Arguments.of("id", subscription.id);
        node.call("freeze", id);
        try {
            Lasting.until(
                    "a message waits",
                    List.of(node),
                    () -> node.call("frozen", id).equals("true"));
            Lasting.last(random, LONGEST_PAUSE_MS);
        } finally {
            node.call("thaw", id);
        }
    }

    private static void slow(Subscriptions.Entry subscription, Random random) {
        TestNode node = subscription.node;
        Arguments delay = Arguments.of("id", subscription.id).and("ms", DELAY_MS);
        long before = Long.parseLong(node.call("delay", delay));
        try {
            Lasting.last(random, LONGEST_PAUSE_MS);
            Lasting.until("it is slow", List.of(node), () -> Long.parseLong(node.call("delay", delay)) > before);
        } finally {
            node.call("delay", Arguments.of("id", subscription.id).and("ms", 0));
        }
    }

    private void subscribe(TestNode node, String from, Random random) {
        String topic = Population.TOPICS.get(random.nextInt(Population.TOPICS.size()));
        subscriptions.subscribeFurther(node, topic, from);
        subscriptions.cancelOneOf(List.of(node), random);
    }

    private void subscribeWithToken(TestNode node, Random random) {
        Subscriptions.Token token = null;
        while (token == null || token.source().node == node) {
            token = subscriptions.anyToken(random);
        }
        subscriptions.resume(node, token, true);
        subscriptions.cancelOneOf(List.of(node), random);
    }
}
