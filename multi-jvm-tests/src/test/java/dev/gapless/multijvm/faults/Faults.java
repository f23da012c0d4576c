package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import dev.gapless.multijvm.node.Arguments;
import java.io.UncheckedIOException;
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
    private final ToolFaults tools;
    private final Population population;
    private final Subscriptions subscriptions;
    private final int returnTimeoutMs;

    Faults(TestCluster cluster, Population population, Subscriptions subscriptions, Tools tools, int returnTimeoutMs) {
        this.cluster = cluster;
        this.links = new LinkFaults(cluster);
        this.tools = new ToolFaults(cluster, tools, subscriptions);
        this.population = population;
        this.subscriptions = subscriptions;
        this.returnTimeoutMs = returnTimeoutMs;
    }

    /** Whom it concerns is not concerned by any other fault meanwhile. */
    void inject(Fault fault, List<TestNode> nodes, Bystanders others, Random random) {
        switch (fault) {
            case PAUSE -> pause(nodes.get(0), random);
            case KILL_AND_STAY_AWAY -> killAndStayAway(nodes.get(0), others);
            case KILL_AND_RESTART -> killAndRestart(nodes.get(0));
            case TERMINATE_WHILE_PAUSED -> terminateWhilePaused(nodes.get(0), random);
            case LEAVE -> leave(nodes.get(0), random);
            case KILL_WHILE_IT_LEAVES -> killWhileItLeaves(nodes.get(0), others);
            case BLACKHOLE -> blackhole(nodes.get(0), others);
            case TWO_CLUSTERS -> twoClusters(nodes.get(0), others, random);
            case JOIN -> join(others);
            case TOOL_LEAVES -> tools.leaves(others, random);
            case TOOL_IS_KILLED -> tools.isKilled(others, random);
            case TOOL_BEHIND_A_TOKEN -> tools.behindAToken(nodes.get(0), others, random);
            case TOOL_BEHIND_A_CUT -> tools.behindACut(nodes.get(0), others, random);
            case RESET -> links.reset(nodes, random.nextBoolean() ? Traffic.ALL : Traffic.MESSAGES);
            case CUT_ALL_TRAFFIC -> links.cutAllTraffic(nodes, random);
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

    /** May a fault of this kind begin right now? To be followed by {@link #giveBack}. */
    boolean mayTake(Fault fault) {
        return fault == Fault.JOIN ? population.mayTakeGuest() : !fault.isOfTool() || tools.mayTake();
    }

    void giveBack(Fault fault) {
        if (fault.isOfTool()) {
            tools.giveBack();
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
        if (!node.wasKilled()) {
            throw new Lasting.Interrupted(node + " had ended before it could be killed");
        }
        population.ended(node);
    }

    private void killAndStayAway(TestNode node, Bystanders others) {
        kill(node);
        Lasting.until(
                node + " is no member any more",
                others::areGone,
                () -> others.see(m -> !m.all().contains(node.address())));
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

    private void killWhileItLeaves(TestNode node, Bystanders others) {
        node.call("leave", Arguments.none());
        Lasting.until(
                node + " is leaving",
                () -> !node.isAlive() || others.areGone(),
                () -> others.see(m -> !m.up().contains(node.address())));
        node.kill();
        population.ended(node);
        boolean wasKilled = node.wasKilled();
        comeBack(node);
        if (!wasKilled) {
            throw new Lasting.Interrupted(node + " had left before it could be killed");
        }
    }

    private void blackhole(TestNode node, Bystanders others) {
        cluster.isolate(node);
        try {
            Lasting.until(
                    node + " is unreachable",
                    () -> !node.isAlive() || others.areGone(),
                    () -> others.see(m -> m.unreachable().contains(node.address())));
        } finally {
            cluster.rejoin(node);
        }
    }

    /** It forms a cluster of its own and publishes there, until it hears of the other one and gives way. */
    private void twoClusters(TestNode node, Bystanders others, Random random) {
        kill(node);
        cluster.isolate(node);
        try {
            String its = population.comeBackAlone(node);
            Lasting.until(
                    node + " has formed a cluster",
                    List.of(node),
                    () -> node.members().up().contains(node.address()));
            for (String topic : Population.TOPICS) {
                Lasting.until(
                        node + " has published",
                        List.of(node),
                        () -> Tools.hasPublished(subscriptions.publisherJournal(topic, node, its)));
            }
            Lasting.last(random, LONGEST_PAUSE_MS);
        } finally {
            cluster.rejoin(node);
        }
        boolean gaveWay = gaveWay(node, others);
        population.ended(node);
        comeBack(node);
        if (!gaveWay) {
            throw new Lasting.Interrupted("Nobody was left to whom " + node + " could give way");
        }
    }

    /** Its process is over when this returns. */
    private static boolean gaveWay(TestNode node, Bystanders others) {
        try {
            Lasting.until(node + " gives way", others::areGone, () -> !node.isAlive());
        } catch (Lasting.Interrupted e) {
            node.kill();
        }
        return node.awaitEnd().equals("GaveWay");
    }

    private void join(Bystanders others) {
        TestNode guest = population.takeGuest();
        try {
            population.startGuest(guest);
            Bystanders itself = new Bystanders(List.of(guest)); // others may take an incarnation before for this one
            Lasting.until(
                    guest + " is a member",
                    () -> itself.areGone() || others.areGone(),
                    () -> itself.see(m -> m.up().contains(guest.address()))
                            && others.see(m -> m.up().contains(guest.address())));
        } catch (IllegalStateException | UncheckedIOException e) {
            throw Lasting.isEndOf(List.of(guest), e) ? new Lasting.Interrupted(guest + " was downed") : e;
        } finally {
            population.giveBack(guest);
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
        if (living.isEmpty()) {
            throw new Lasting.Interrupted(nodes + " has ended, and its subscriptions with it");
        }
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
        subscriptions.resume(node, subscriptions.awaitToken(node, random), true);
        subscriptions.cancelOneOf(List.of(node), random);
    }
}
