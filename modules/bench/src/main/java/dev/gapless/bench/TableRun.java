package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** T: rows with keys and versions, into a table, or into a handler's map. */
final class TableRun extends OneRun {
    private static final int WARM_UP = 2_000_000;
    private static final Duration FILLING = Duration.ofMinutes(5);

    TableRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        int keys = (workload == Workload.T_1000000 ? 1_000_000 : 10_000)
                / plan.scale().topicsDivisor();
        Child child = children.start(
                "rows",
                options(),
                BenchProcess.TABLE,
                peer.name(),
                keys,
                WARM_UP / plan.scale().topicsDivisor());
        child.answer("ready", FILLING);
        double others = observe(List.of(child));
        putUsage(usedBy(List.of(child)), 0);
        figures.put(Figure.HEAP_KEY, Double.parseDouble(child.answer("heap", PATIENCE)));
        return others;
    }
}
