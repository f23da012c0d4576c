package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.Await;
import dev.gapless.multijvm.bench.Link;
import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Does one fault from its beginning to its end, and returns only if it has taken place. */
final class Faults {
    /** Longer than what the cluster needs to find a node unreachable. */
    private static final int LONGEST_PAUSE_MS = 5_000;

    private static final int LONGEST_CUT_MS = 4_000;
    /** The failure detector is not to notice these, or it would remove both ends. */
    private static final int LONGEST_UNNOTICED_MS = 1_200;

    private static final int BEYOND_RETURN_MS = 1_000;
    private static final int DELAY_MS = 15;
    private static final Set<String> REASONS_TO_LEAVE = Set.of("ClusterLeavingReason$", "JvmExitReason$");

    private final TestCluster cluster;
    private final Population population;
    private final Subscriptions subscriptions;
    private final int returnTimeoutMs;

    /** The fault could not be completed, since the cluster had removed a node that it concerns. */
    static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted(String what) {
            super(what);
        }
    }

    Faults(TestCluster cluster, Population population, Subscriptions subscriptions, int returnTimeoutMs) {
        this.cluster = cluster;
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
            case RESET -> reset(nodes, random.nextBoolean() ? Traffic.ALL : Traffic.MESSAGES);
            case CUT_BOTH_WAYS -> cutBothWays(nodes, random);
            case CUT_ONE_WAY -> cutOneWay(nodes, random);
            case LOSE -> lose(nodes);
            case REFUSE -> refuse(nodes, random);
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
        last(random, LONGEST_PAUSE_MS);
        assertTrue(node.isPaused());
        node.resume();
    }

    private void kill(TestNode node) {
        node.kill();
        assertFalse(node.isAlive());
        population.ended(node);
    }

    private void killAndStayAway(TestNode node) {
        kill(node);
        Await.until(
                node + " is no member any more",
                () -> population.anybodySees(m -> !m.all().contains(node.address())));
        sleep(returnTimeoutMs + BEYOND_RETURN_MS);
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
        last(random, LONGEST_PAUSE_MS / 2);
        assertTrue(node.isPaused());
        node.resume();
        ended(node, node.awaitEnd());
        comeBack(node);
    }

    private void leave(TestNode node, Random random) {
        if (!ended(node, node.leave())) {
            comeBack(node);
            throw new Interrupted(node + " was downed while it left");
        }
        last(random, 2 * returnTimeoutMs);
        comeBack(node);
    }

    private void killWhileItLeaves(TestNode node) {
        node.call("leave", Arguments.none());
        Await.until(
                node + " is leaving",
                () -> !node.isAlive() || population.anybodySees(m -> !m.up().contains(node.address())));
        if (node.isAlive()) {
            node.kill();
            assertFalse(node.isAlive());
            population.left(node);
            comeBack(node);
        } else {
            ended(node, node.awaitEnd());
            comeBack(node);
            throw new Interrupted(node + " had left before it could be killed");
        }
    }

    /** Its process has ended by itself; did it leave in good order? */
    private boolean ended(TestNode node, String reason) {
        boolean left = REASONS_TO_LEAVE.contains(reason);
        if (left) {
            population.left(node);
        } else {
            population.ended(node);
        }
        return left;
    }

    private void blackhole(TestNode node) {
        until(node + " is a member", List.of(node), () -> population.anybodySees(m -> m.up().contains(node.address())));
        cluster.isolate(node);
        try {
            until(
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
            until(
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

    // ------------------------------------------------------------------------------------------ links

    private void reset(List<TestNode> nodes, Traffic traffic) {
        Link link = connected(nodes);
        long before = link.resets();
        link.reset(traffic);
        assertTrue(link.resets() > before, link::toString);
    }

    private void cutBothWays(List<TestNode> nodes, Random random) {
        Traffic traffic = random.nextBoolean() ? Traffic.ALL : Traffic.MESSAGES;
        Link link = connected(nodes);
        Link back = cluster.link(nodes.get(1), nodes.get(0));
        link.hold(traffic);
        back.hold(traffic);
        try {
            until("both hold something", nodes, () -> link.heldBytes() > 0 && back.heldBytes() > 0);
            last(random, traffic == Traffic.ALL ? LONGEST_UNNOTICED_MS : LONGEST_CUT_MS);
        } finally {
            link.heal();
            back.heal();
        }
    }

    private void cutOneWay(List<TestNode> nodes, Random random) {
        Link link = connected(nodes);
        link.hold(Traffic.MESSAGES);
        try {
            until("it holds something", nodes, () -> link.heldBytes() > 0);
            last(random, LONGEST_CUT_MS);
        } finally {
            link.heal();
        }
    }

    private void lose(List<TestNode> nodes) {
        Link link = connected(nodes);
        long before = link.swallowedBytes();
        link.swallow(Traffic.MESSAGES);
        try {
            until("something is lost", nodes, () -> link.swallowedBytes() > before);
        } finally {
            link.reset(Traffic.MESSAGES);
            link.heal();
        }
    }

    private void refuse(List<TestNode> nodes, Random random) {
        Link link = connected(nodes);
        long before = link.refusals();
        link.refuse(Traffic.MESSAGES);
        try {
            until("it tries in vain", nodes, () -> link.refusals() > before);
            last(random, LONGEST_CUT_MS);
        } finally {
            link.heal();
        }
    }

    private Link connected(List<TestNode> nodes) {
        Link link = cluster.link(nodes.get(0), nodes.get(1));
        until("the link carries messages", nodes, () -> link.messageConnections() > 0);
        return link;
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
            until(
                    "a message waits",
                    List.of(node),
                    () -> node.call("frozen", id).equals("true"));
            last(random, LONGEST_PAUSE_MS);
        } finally {
            node.call("thaw", id);
        }
    }

    private static void slow(Subscriptions.Entry subscription, Random random) {
        TestNode node = subscription.node;
        Arguments delay = Arguments.of("id", subscription.id).and("ms", DELAY_MS);
        long before = Long.parseLong(node.call("delay", delay));
        try {
            last(random, LONGEST_PAUSE_MS);
            until("it is slow", List.of(node), () -> Long.parseLong(node.call("delay", delay)) > before);
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

    // ------------------------------------------------------------------------------------------

    private static void until(String what, List<TestNode> nodes, Callable<Boolean> condition) {
        Await.until(what, () -> isOver(nodes) || condition.call());
        if (isOver(nodes)) {
            throw new Interrupted(what + ", but one of " + nodes + " has ended");
        }
    }

    private static boolean isOver(List<TestNode> nodes) {
        return nodes.stream().anyMatch(n -> !n.isAlive());
    }

    /** The fault lasts for a while. */
    private static void last(Random random, int longestMs) {
        sleep(random.nextInt(longestMs));
    }

    private static void sleep(int ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }
}
