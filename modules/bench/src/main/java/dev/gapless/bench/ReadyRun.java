package dev.gapless.bench;

import dev.gapless.bench.peer.Traffic;
import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** N_READY: all nodes of a cluster subscribe to all topics at once. What do they send to each other until all subscriptions are ready? */
final class ReadyRun extends OneRun {
    /** The nodes share the machine. */
    private static final Duration READY = Duration.ofMinutes(3);

    private static final int TOPICS = 200;

    ReadyRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        int topics = TOPICS / plan.scale().topicsDivisor();
        List<String> options = options(
                Traffic.OPTION,
                "-Xmx3g",
                "-Dgapless.ready-timeout=" + READY.toSeconds() + "s"); // ready() is to wait for each answer
        Child nodes = children.start("nodes", options, BenchProcess.READY_NODES, workload.subscribers(), topics);
        connect(List.of(nodes));
        sleepUntil(System.nanoTime() + plan.warmUp().toNanos());
        Observation observation = new Observation(children);
        nodes.order("subscribe " + READY.toNanos());
        String[] said = nodes.answer("subscribed", READY.multipliedBy(2)).split(" ", -1);
        double others = observation.others();
        figures.put(Figure.READY, Long.parseLong(said[0]) / NS_PER_MS);
        figures.put(Figure.SENT_MESSAGES, Double.parseDouble(said[1]));
        figures.put(Figure.SENT_BYTES, Double.parseDouble(said[2]));
        figures.put(Figure.REGISTERS, Double.parseDouble(said[3]));
        figures.put(Figure.REGISTER_ANSWERS, Double.parseDouble(said[4]));
        figures.put(Figure.ACKS, Double.parseDouble(said[5]));
        figures.put(Figure.HEAP_UNUSED, Double.parseDouble(said[6]) / topics / workload.subscribers());
        nodes.order("publish");
        String problem = nodes.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        figures.put(Figure.DELIVERIES, Double.parseDouble(nodes.answer("delivered", PATIENCE)));
        return others;
    }
}
