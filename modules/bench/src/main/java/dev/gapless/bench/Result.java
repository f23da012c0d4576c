package dev.gapless.bench;

import java.util.List;

/**
 * What was measured.
 *
 * @param runs in the order in which they took place; fewer than planned if the benchmark was interrupted
 */
public record Result(Plan plan, List<Run> runs) {
    public Result {
        runs = List.copyOf(runs);
    }

    /** Of each peer with this workload, in the plan's order. */
    public List<Summary> of(Workload workload) {
        return plan.peersOf(workload).stream()
                .map(peer -> Summary.of(workload, peer, plan.baselineOf(workload), runs))
                .toList();
    }

    /** The runs without figures. */
    public List<Run> failed() {
        return runs.stream().filter(run -> !run.passed()).toList();
    }

    public boolean isComplete() {
        return runs.size() == plan.runs();
    }
}
