package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * W7: many subscriptions of one topic on one node. It is measured twice: while all of them read, and while the handler of one of them
 * does not return. The rings are small, so that they overtake the one that is stuck.
 */
final class StuckRun extends OneRun {
    /** Between both measurements, for the ring to overtake the subscription that is stuck. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(4);

    /** Two seconds and a half: nobody else may miss anything, and a busy machine may stop a process for more than half a second. */
    private static final int RING = 512;

    StuckRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {"-Dgapless.overflow=expire", ring(RING)};
        Child publisher = FlowRun.startPublisher(this, options);
        Child subscriber = children.start(
                "subscriber", options(options), BenchProcess.STUCK, plan.scale().subscriptions());
        connect(List.of(publisher, subscriber));

        long freeNs = System.nanoTime() + plan.warmUp().toNanos();
        long freeEndNs = freeNs + plan.measure().toNanos();
        long stuckNs = freeEndNs + SETTLE_NS;
        long stuckEndNs = stuckNs + plan.measure().toNanos();
        String windows = freeNs + " " + freeEndNs + " " + stuckNs + " " + stuckEndNs;
        publisher.order("run " + windows);
        subscriber.order("run " + windows);
        sleepUntil(freeNs);
        Observation observation = new Observation(children);
        sleepUntil(stuckEndNs);
        double others = observation.others();

        String published = publisher.answer("published", PATIENCE);
        List<List<Usage>> used = new ArrayList<>();
        for (Child child : List.of(publisher, subscriber)) {
            used.add(List.of(Usage.parse(child.answer("used", PATIENCE)), Usage.parse(child.answer("used", PATIENCE))));
        }
        subscriber.order("expect " + published);
        String problem = subscriber.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        long announced = Long.parseLong(subscriber.answer("announced", PATIENCE));
        if (announced == 0) {
            throw new RunFailure("no subscription was stuck for longer than the ring lasts");
        }
        putUsage(List.of(used.get(0).get(0), used.get(1).get(0)), 1);
        double free = figures.getOrDefault(Figure.CPU, Double.NaN);
        putUsage(List.of(used.get(0).get(1), used.get(1).get(1)), 1);
        double stuck = figures.getOrDefault(Figure.CPU, Double.NaN);
        figures.put(Figure.CPU, free);
        figures.put(Figure.CPU_ONE_STUCK, stuck);
        figures.put(Figure.CPU_RATIO_ONE_STUCK, stuck / free);
        figures.put(Figure.ANNOUNCED, (double) announced);
        return others;
    }
}
