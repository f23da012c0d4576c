package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Latencies;
import java.io.IOException;
import java.util.List;

/** D: one process stores messages in a database, through Gapless or through a persistent actor alone, with so many of them under way. */
final class DurableRun extends OneRun {
    DurableRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        List<String> options = options();
        options.addAll(durable("store"));
        Child child =
                children.start("store", options, BenchProcess.STORE, peer.name(), workload.messageBytes(), underWay());
        child.answer("ready", PATIENCE);
        double others = observe(List.of(child));
        putLatencies(Latencies.parse(child.answer("latencies", PATIENCE)));
        putUsage(usedBy(List.of(child)), 0);
        return others;
    }

    private int underWay() {
        return switch (workload) {
            case D_8 -> 8;
            case D_64 -> 64;
            case D_1000 -> 1_000;
            case D_20000 -> 20_000;
            default -> 1;
        };
    }
}
