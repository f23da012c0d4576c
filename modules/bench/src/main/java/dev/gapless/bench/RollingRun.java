package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.List;

/**
 * N_ROLLING: three publishing nodes are restarted in good order, one after the other, while one subscription of another node takes a fifth of what
 * they publish, and one takes it all. What are both told?
 */
final class RollingRun extends OneRun {
    private static final int PUBLISHERS = 3;
    private static final int FEED = 500;

    RollingRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        Child nodes = children.start(
                "nodes",
                options("-Dgapless.overflow=expire", cache(FEED)),
                BenchProcess.ROLLING_NODES,
                PUBLISHERS,
                workload.messageBytes(),
                workload.ratePerSecond() / PUBLISHERS,
                workload.ratePerSecond() / 5.0);
        connect(List.of(nodes));
        nodes.order("publish");
        nodes.answer("publishing", PATIENCE);
        sleepUntil(System.nanoTime() + plan.warmUp().toNanos());
        Observation observation = new Observation(children);
        nodes.order("roll");
        figures.put(Figure.ROLLED, Long.parseLong(nodes.answer("rolled", PATIENCE.multipliedBy(3))) / NS_PER_MS);
        sleepUntil(System.nanoTime() + plan.measure().toNanos());
        double others = observation.others();
        nodes.order("stop");
        String problem = nodes.answer("checked", PATIENCE.multipliedBy(2));
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        String[] fast = nodes.answer("fast", PATIENCE).split(" ", -1);
        String[] slow = nodes.answer("slow", PATIENCE).split(" ", -1);
        figures.put(Figure.DELIVERIES, number(fast, 0) + number(slow, 0));
        figures.put(Figure.ANNOUNCED, number(slow, 1));
        figures.put(Figure.ANNOUNCED_TO_FAST, number(fast, 1));
        figures.put(Figure.LEFT, number(fast, 2) + number(slow, 2));
        figures.put(Figure.LOSSES, of(slow));
        figures.put(Figure.LOSSES_OF_FAST, of(fast));
        figures.put(Figure.OVERRUN, number(slow, 3));
        figures.put(Figure.RESTARTED, number(slow, 4));
        figures.put(Figure.LOST, number(slow, 5));
        figures.put(Figure.UNKNOWN, number(slow, 6));
        return others;
    }

    private static double of(String[] told) {
        double sum = 0;
        for (int i = 3; i < told.length; i++) {
            sum += number(told, i);
        }
        return sum;
    }

    private static double number(String[] words, int index) {
        return Double.parseDouble(words[index]);
    }
}
