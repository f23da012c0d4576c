package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.List;

/** W10: what Jackson does by itself, with a thread for each processor and nothing to send. */
final class JacksonRun extends OneRun {
    JacksonRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        Child child = children.start(
                "jackson", options(), BenchProcess.JACKSON, Runtime.getRuntime().availableProcessors());
        long beginNs = System.nanoTime() + plan.warmUp().toNanos();
        long endNs = beginNs + plan.measure().toNanos();
        child.order("run " + beginNs + " " + endNs);
        sleepUntil(beginNs);
        Observation observation = new Observation(children);
        sleepUntil(endNs);
        double others = observation.others();
        putUsage(usedBy(List.of(child)), 0);
        return others;
    }
}
