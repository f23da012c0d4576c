package dev.gapless.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One peer with one workload, over all rounds.
 *
 * @param runs all of them, in order
 * @param noisyFigures are the figures those of noisy runs, since no run was quiet?
 * @param figures of the quiet runs
 * @param noisyRatios are the ratios those of noisy runs, since in no round this peer and the baseline were both quiet?
 * @param ratios to the baseline, each within one round in which both were quiet
 */
public record Summary(
        Workload workload,
        String peer,
        List<Run> runs,
        boolean noisyFigures,
        Map<Figure, Spread> figures,
        boolean noisyRatios,
        Map<Figure, Spread> ratios) {

    /** Of these runs, of all peers, those of this peer and workload. */
    static Summary of(Workload workload, String peer, String baseline, List<Run> all) {
        List<Run> own = of(workload, peer, all);
        List<Run> passed = own.stream().filter(Run::passed).toList();
        List<Run> quiet = passed.stream().filter(Run::isQuiet).toList();
        List<Pair> pairs = pairs(passed, of(workload, baseline, all));
        List<Pair> quietPairs = pairs.stream().filter(Pair::isQuiet).toList();
        Map<Figure, Spread> figures = new EnumMap<>(Figure.class);
        Map<Figure, Spread> ratios = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            put(
                    figures,
                    figure,
                    (quiet.isEmpty() ? passed : quiet)
                            .stream()
                                    .flatMap(run ->
                                            Optional.ofNullable(run.figures().get(figure)).stream())
                                    .toList());
            put(
                    ratios,
                    figure,
                    (quietPairs.isEmpty() ? pairs : quietPairs)
                            .stream()
                                    .flatMap(pair -> pair.ratio(figure).stream())
                                    .toList());
        }
        return new Summary(
                workload,
                peer,
                own,
                quiet.isEmpty() && !passed.isEmpty(),
                figures,
                quietPairs.isEmpty() && !pairs.isEmpty(),
                ratios);
    }

    /** Runs of one round. */
    private record Pair(Run own, Run baseline) {
        boolean isQuiet() {
            return own.isQuiet() && baseline.isQuiet();
        }

        Optional<Double> ratio(Figure figure) {
            Double value = own.figures().get(figure);
            Double of = baseline.figures().get(figure);
            return value == null || of == null || of == 0 ? Optional.empty() : Optional.of(value / of);
        }
    }

    private static List<Pair> pairs(List<Run> passed, List<Run> baselines) {
        return passed.stream()
                .flatMap(run -> baselines.stream()
                        .filter(baseline -> baseline.passed() && baseline.round() == run.round())
                        .map(baseline -> new Pair(run, baseline)))
                .toList();
    }

    private static List<Run> of(Workload workload, String peer, List<Run> all) {
        return all.stream()
                .filter(run -> run.workload() == workload && run.peer().equals(peer))
                .toList();
    }

    private static void put(Map<Figure, Spread> to, Figure figure, List<Double> values) {
        if (!values.isEmpty()) {
            to.put(figure, Spread.of(values));
        }
    }

    /** How many runs have figures, and the machine to themselves. */
    public long quiet() {
        return runs.stream().filter(run -> run.passed() && run.isQuiet()).count();
    }

    /** How many have figures, and do not count unless none was quiet. */
    public long noisy() {
        return runs.stream().filter(run -> run.passed() && !run.isQuiet()).count();
    }

    /** How many have no figures. */
    public long failed() {
        return runs.stream().filter(run -> !run.passed()).count();
    }
}
