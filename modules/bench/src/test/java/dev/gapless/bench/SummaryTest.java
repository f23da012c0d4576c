package dev.gapless.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.Machine.Ticks;
import dev.gapless.bench.peer.Peers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final double QUIET = 0.01;
    private static final double NOISY = 0.05;

    private static Run run(int round, String peer, double rate, double others) {
        return new Run(Workload.W1, round, peer, Map.of(Figure.RATE, rate), others, "");
    }

    private static Summary own(Run... runs) {
        return Summary.of(Workload.W1, "own", "base", List.of(runs));
    }

    @Test
    void isTheMedianWithTheLowestAndTheHighest() {
        assertEquals(new Spread(2, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0)));
        assertEquals(new Spread(2.5, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0, 3.0)));
        assertEquals(new Spread(7, 7, 7), Spread.of(List.of(7.0)));
    }

    @Test
    void leavesOutAndCountsNoisyRuns() {
        Summary summary = own(
                run(1, "own", 10, QUIET), run(2, "own", 99, NOISY), run(3, "own", 30, QUIET), run(4, "own", 20, QUIET));
        assertEquals(Map.of(Figure.RATE, new Spread(20, 10, 30)), summary.figures());
        assertFalse(summary.noisyFigures());
        assertEquals(List.of(3L, 1L, 0L), List.of(summary.quiet(), summary.noisy(), summary.failed()));
    }

    @Test
    void reportsNoisyRunsAsSuchIfNoneIsQuiet() {
        Summary summary = own(run(1, "own", 10, NOISY), run(2, "own", 20, 0.9), run(1, "base", 10, QUIET));
        assertEquals(Map.of(Figure.RATE, new Spread(15, 10, 20)), summary.figures());
        assertTrue(summary.noisyFigures());
        assertEquals(Map.of(Figure.RATE, new Spread(1, 1, 1)), summary.ratios());
        assertTrue(summary.noisyRatios());
    }

    @Test
    void whatIsNotKnownIsNotQuiet() {
        assertFalse(run(1, "own", 10, Double.NaN).isQuiet());
        assertTrue(run(1, "own", 10, 0).isQuiet());
    }

    @Test
    void dividesWithinARoundAlone() {
        Summary summary = own(
                run(1, "own", 10, QUIET),
                run(1, "base", 20, QUIET),
                run(2, "own", 40, QUIET),
                run(2, "base", 50, QUIET),
                run(3, "own", 90, QUIET),
                run(3, "base", 1, NOISY),
                run(4, "own", 1, NOISY),
                run(4, "base", 1, QUIET));
        Spread ratio = summary.ratios().get(Figure.RATE);
        assertEquals(0.65, ratio.median(), 1e-9); // of the medians it would be 40 / 20
        assertEquals(0.5, ratio.min(), 1e-9);
        assertEquals(0.8, ratio.max(), 1e-9);
        assertFalse(summary.noisyRatios());
    }

    @Test
    void aFailedRunHasNoFiguresAndNoRatio() {
        Summary summary = own(
                Run.failed(Workload.W1, 1, "own", "1 lost"),
                run(1, "base", 20, QUIET),
                run(2, "own", 30, QUIET),
                Run.failed(Workload.W1, 2, "base", "1 lost"));
        assertEquals(Map.of(Figure.RATE, new Spread(30, 30, 30)), summary.figures());
        assertEquals(Map.of(), summary.ratios());
        assertEquals(1, summary.failed());
        assertFalse(summary.noisyRatios());
    }

    @Test
    void aWorkloadWithAPeerOfItsOwnComparesWithThatOne() {
        Plan plan = new Plan(
                List.of(Workload.W1, Workload.W4, Workload.W8_1K, Workload.W9_1000, Workload.W10),
                List.of("tell", "gapless"),
                "gapless",
                3,
                Duration.ofSeconds(10),
                Duration.ofSeconds(6),
                Plan.JVM_OPTIONS,
                Scale.FULL);
        assertEquals(
                List.of("gapless", "gapless", "gapless", "pekko", "jackson"),
                plan.workloads().stream().map(plan::baselineOf).toList());
        assertEquals(3 * (2 + 1 + 1 + 2 + 2), plan.runs());
        assertTrue(plan.estimate().compareTo(Duration.ofSeconds(plan.runs() * 16L)) > 0);
    }

    @Test
    void aWholeBenchmarkWithAllPeersTakesLessThanAnHour() {
        List<String> peers = Stream.concat(Peers.usual().stream(), Peers.missing().keySet().stream())
                .filter(peer -> !peer.equals(Peers.EXPERIMENT))
                .toList();
        assertEquals(11, peers.size());
        Duration estimate = withDefaults(Workload.ordinary(), peers).estimate();
        assertTrue(estimate.compareTo(Duration.ofHours(1)) < 0, estimate::toString);
    }

    @Test
    void theSeriesRunOnlyIfTheyAreNamedAndTakeLessThanAnHour() {
        List<Workload> series =
                Stream.of(Workload.values()).filter(one -> one.growth() != null).toList();
        assertEquals(26, series.size());
        assertTrue(Workload.ordinary().stream().noneMatch(series::contains));
        Plan plan = withDefaults(series, List.of("gapless", "batches-128"));
        assertEquals(3 * (2 * 4 + 3 + 4 + 4 + 4 + 2 * 4 + 3), plan.runs());
        assertTrue(plan.estimate().compareTo(Duration.ofHours(1)) < 0, plan.estimate()::toString);
    }

    @Test
    void aSeriesHasMoreAndMoreOfOneThing() {
        for (Growth growth : Growth.values()) {
            List<Workload> series = Stream.of(Workload.values())
                    .filter(one -> one.growth() == growth)
                    .toList();
            assertTrue(series.size() >= 3, growth::toString);
            for (Workload one : series) {
                assertEquals("G_" + growth + "_" + one.amount(), one.name());
                assertEquals(growth == Growth.NODES ? one.amount() : 1, one.subscribers(), one::name);
                assertEquals(growth == Growth.PAYLOAD ? one.amount() : 100, one.messageBytes(), one::name);
                assertEquals(growth == Growth.BACKLOG ? one.amount() : 0, one.ratePerSecond(), one::name);
            }
            assertEquals(
                    series.stream().map(Workload::amount).sorted().distinct().toList(),
                    series.stream().map(Workload::amount).toList());
        }
    }

    private static Plan withDefaults(List<Workload> workloads, List<String> peers) {
        return new Plan(
                workloads,
                peers,
                "batches-128",
                3,
                Duration.ofSeconds(10),
                Duration.ofSeconds(6),
                Plan.JVM_OPTIONS,
                Scale.FULL);
    }

    @Test
    void keepsWorkloadsApart() {
        Summary summary =
                own(run(1, "own", 10, QUIET), new Run(Workload.W2, 1, "own", Map.of(Figure.RATE, 77.0), QUIET, ""));
        assertEquals(Map.of(Figure.RATE, new Spread(10, 10, 10)), summary.figures());
    }

    @Test
    void tellsWhatOthersUsedOfTheMachine() {
        Ticks begin = Machine.parse("cpu  100 20 30 1000 7 5 9 3 50 0");
        Ticks end = Machine.parse("cpu  160 30 50 1090 17 10 14 13 90 0");
        assertEquals(new Ticks(153, 1174), begin);
        assertEquals(new Ticks(253, 1384), end);
        assertEquals(100.0 / 210 - 0.4, end.othersSince(begin, 0.4), 1e-9);
        assertEquals(0, end.othersSince(begin, 0.6), 1e-9);
    }
}
