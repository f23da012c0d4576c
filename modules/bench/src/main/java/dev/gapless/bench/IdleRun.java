package dev.gapless.bench;

import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Idle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * W9, D_REST: nodes with nothing to do. Each has a subscription of every topic, and the first one a producer of every topic. It is measured
 * without topics, with topics that were never used, and with topics that hold ten messages.
 */
final class IdleRun extends OneRun {
    /** For many subscriptions to be ready, and for their nodes to have nothing left to do. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int LEFT = 10;

    IdleRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        List<Child> nodes = new ArrayList<>();
        int count = workload == Workload.D_REST ? 1 : plan.scale().idleNodes();
        for (int i = 1; i <= count; i++) {
            List<String> options = options();
            if (peer.name().equals(Peers.DURABLE)) {
                options.addAll(durable("node-" + i));
            }
            nodes.add(children.start("node-" + i, options, BenchProcess.IDLE, peer.name()));
        }
        connect(nodes);
        sleepUntil(System.nanoTime() + plan.warmUp().toNanos());
        Observation observation = new Observation(children);
        Idle empty = idle(nodes);
        figures.put(Figure.IDLE_CPU, cpuMsPerS(empty));
        if (!peer.name().equals(Peers.PEKKO)) {
            int topics = (workload == Workload.W9_10000 ? 10_000 : 1_000)
                    / plan.scale().topicsDivisor();
            long beginNs = System.nanoTime();
            for (Child node : nodes) {
                node.order("topics " + topics);
            }
            for (Child node : nodes) {
                node.answer("made", PATIENCE);
            }
            settle(nodes);
            figures.put(Figure.SETTLED, (System.nanoTime() - beginNs) / NS_PER_MS);
            Idle unused = idle(nodes);
            nodes.get(0).order("publish " + LEFT);
            nodes.get(0).answer("published", PATIENCE);
            for (Child node : nodes) {
                node.order("await " + (long) topics * LEFT);
            }
            for (Child node : nodes) {
                node.answer("got", PATIENCE);
            }
            settle(nodes);
            Idle used = idle(nodes);
            double all = (double) topics * nodes.size();
            figures.put(Figure.HEAP_UNUSED, (unused.heapBytes() - empty.heapBytes()) / all);
            figures.put(Figure.HEAP_USED, (used.heapBytes() - empty.heapBytes()) / all);
            figures.put(Figure.IDLE_CPU, cpuMsPerS(used));
            figures.put(Figure.IDLE_CPU_UNUSED, cpuMsPerS(unused));
            figures.put(Figure.IDLE_CPU_EMPTY, cpuMsPerS(empty));
        }
        return observation.others();
    }

    /** Waits until none of them has anything left to do. */
    private static void settle(List<Child> nodes) throws RunFailure, InterruptedException {
        for (Child node : nodes) {
            node.order("settle " + PATIENCE.toNanos());
        }
        for (Child node : nodes) {
            node.answer("settled", PATIENCE.multipliedBy(2));
        }
    }

    /** All nodes together, while nothing happens. */
    private Idle idle(List<Child> nodes) throws RunFailure, InterruptedException {
        for (Child node : nodes) {
            node.order("idle " + plan.measure().toNanos());
        }
        Idle sum = new Idle(0, 0, 0);
        for (Child node : nodes) {
            sum = sum.plus(Idle.parse(node.answer("idle", PATIENCE)));
        }
        return sum;
    }

    private static double cpuMsPerS(Idle idle) {
        return idle.cpuNs() / NS_PER_MS / (idle.elapsedNs() / NS_PER_S);
    }
}
