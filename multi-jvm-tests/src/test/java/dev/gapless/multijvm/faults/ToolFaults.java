package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestCluster;
import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.bench.Traffic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Short lives: one joins, publishes, and leaves or is killed. */
final class ToolFaults {
    private static final int LONGEST_LIFE_MS = 1_000;

    private final TestCluster cluster;
    private final Tools tools;
    private final Subscriptions subscriptions;

    ToolFaults(TestCluster cluster, Tools tools, Subscriptions subscriptions) {
        this.cluster = cluster;
        this.tools = tools;
        this.subscriptions = subscriptions;
    }

    boolean mayTake() {
        return tools.mayTake();
    }

    void giveBack() {
        tools.giveBack();
    }

    void leaves(Bystanders others, Random random) {
        live(others, random, tools::leave);
    }

    void isKilled(Bystanders others, Random random) {
        live(others, random, tools::kill);
    }

    /** How an incarnation ends. */
    private interface End {
        void of(TestNode tool);
    }

    private End anyEnd(Random random) {
        return random.nextBoolean() ? tools::leave : tools::kill;
    }

    private TestNode live(Bystanders others, Random random, End end) {
        TestNode tool = tools.begin();
        try {
            tools.awaitUp(tool, others);
            tools.publish(tool, topics(random));
            Lasting.last(random, LONGEST_LIFE_MS);
            end.of(tool);
        } catch (RuntimeException e) {
            throw interruptedOr(tool, e);
        } finally {
            tools.end(tool);
        }
        return tool;
    }

    /** A token is older than the tool, and is resumed when the tool is no member any more. */
    void behindAToken(TestNode node, Bystanders others, Random random) {
        Subscriptions.Token token = subscriptions.awaitToken(node, random);
        TestNode tool = live(others, random, anyEnd(random));
        Bystanders itself = new Bystanders(List.of(node));
        Lasting.until(
                tool + " is no member any more",
                itself::areGone,
                () -> itself.see(m -> !m.all().contains(tool.address())));
        subscriptions.resume(node, token, true);
        subscriptions.cancelOneOf(List.of(node), random);
    }

    /** This node hears nothing of what the tool publishes, and does not hear its farewell. */
    void behindACut(TestNode node, Bystanders others, Random random) {
        TestNode tool = tools.begin();
        try {
            tools.awaitUp(tool, others);
            cluster.link(tool, node).hold(Traffic.MESSAGES);
            cluster.link(node, tool).hold(Traffic.MESSAGES);
            tools.publish(tool, topics(random));
            Lasting.until(
                    "the link holds something",
                    List.of(tool, node),
                    () -> cluster.link(tool, node).heldBytes() > 0
                            || cluster.link(node, tool).heldBytes() > 0);
            anyEnd(random).of(tool);
            Lasting.until(
                    tool + " is no member any more",
                    others::areGone,
                    () -> others.see(m -> !m.all().contains(tool.address())));
        } catch (RuntimeException e) {
            throw interruptedOr(tool, e);
        } finally {
            tools.end(tool);
            cluster.heal(tool, node);
        }
    }

    private static List<String> topics(Random random) {
        List<String> topics = new ArrayList<>(Population.TOPICS);
        Collections.shuffle(topics, random);
        return topics.subList(0, 1 + random.nextInt(topics.size()));
    }

    /** The cluster may have downed it. */
    private static RuntimeException interruptedOr(TestNode tool, RuntimeException e) {
        return !(e instanceof Lasting.Interrupted) && Lasting.isEndOf(List.of(tool), e)
                ? new Lasting.Interrupted(tool + " was downed")
                : e;
    }
}
