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
        double others = observe(List.of(child));
        putUsage(usedBy(List.of(child)), 0);
        return others;
    }
}
