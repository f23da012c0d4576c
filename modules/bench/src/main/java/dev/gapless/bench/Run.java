package dev.gapless.bench;

import java.util.Map;

/**
 * What became of one peer in one round.
 *
 * @param round from 1 on
 * @param figures empty if it failed
 * @param others what other processes used of all processors meanwhile, 0 to 1; NaN if that is not known
 * @param problem why there are no figures; empty if there are
 */
public record Run(
        Workload workload, int round, String peer, Map<Figure, Double> figures, double others, String problem) {
    private static final double QUIET = 0.05;

    public Run {
        figures = Map.copyOf(figures);
    }

    /** One that has no figures. */
    static Run failed(Workload workload, int round, String peer, String problem) {
        return new Run(workload, round, peer, Map.of(), Double.NaN, problem);
    }

    /** Was everything checked, and found right? */
    public boolean passed() {
        return problem.isEmpty();
    }

    /** Did others leave the machine to it? What is not known is not quiet. */
    public boolean isQuiet() {
        return others < QUIET;
    }
}
