package dev.gapless.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Short runs with real processes. Nothing is asserted of what they took. */
class BenchmarkTest {
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private static final Set<Figure> LATENCIES =
            EnumSet.of(Figure.LATENCY_MEDIAN, Figure.LATENCY_P99, Figure.LATENCY_MAX);

    /** A busy machine may stop a process for longer than half a second: nothing would arrive while it is measured. */
    private static final Duration MEASURE = Duration.ofSeconds(2);

    /** Quick to start. */
    private static final List<String> QUICK = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static Plan plan(List<Workload> workloads, String... peers) {
        return new Plan(workloads, List.of(peers), peers[0], 1, Duration.ofSeconds(1), MEASURE, QUICK);
    }

    private static Result run(Plan plan, String classPath, List<String> progress) throws Exception {
        try (Benchmark benchmark = new Benchmark(plan, classPath, progress::add)) {
            return benchmark.run();
        }
    }

    @Test
    void everyMessageOfGaplessArrives() throws Exception {
        List<String> progress = new ArrayList<>();
        Result result = run(plan(List.of(Workload.values()), "gapless"), CLASS_PATH, progress);
        assertEquals(List.of(), result.failed());
        assertTrue(result.isComplete());
        assertEquals(3, progress.size(), progress::toString);
        for (Run run : result.runs()) {
            Set<Figure> expected = EnumSet.allOf(Figure.class);
            if (!run.workload().isPaced()) {
                expected.removeAll(LATENCIES);
            }
            assertEquals(expected, run.figures().keySet());
            assertTrue(run.figures().values().stream().allMatch(value -> value > 0), run::toString);
        }
        JsonNode json = ResultJson.of(result);
        assertAll(
                () -> assertTrue(json.path("complete").asBoolean()),
                () -> assertEquals(
                        MEASURE.toMillis(), json.at("/settings/measure_ms").asLong()),
                () -> assertEquals("gapless", json.at("/settings/baseline").asText()),
                () -> assertTrue(json.at("/machine/processors").asInt() > 0),
                () -> assertEquals("W3", json.at("/workloads/2/workload").asText()));
        JsonNode peer = json.at("/workloads/2/peers/0");
        assertAll(
                () -> assertEquals("gapless", peer.path("peer").asText()),
                () -> assertEquals(
                        1, peer.path("quiet").asInt() + peer.path("noisy").asInt()),
                () -> assertEquals(0, peer.path("failed").asInt(-1)),
                () -> assertEquals(names(EnumSet.allOf(Figure.class)), names(peer.path("figures"))),
                () -> assertEquals(names(EnumSet.allOf(Figure.class)), names(peer.at("/runs/0/figures"))),
                () -> assertEquals(1, peer.at("/ratios/messages_per_s/median").asDouble()));
    }

    private static Set<String> names(Set<Figure> figures) {
        Set<String> names = new TreeSet<>();
        figures.forEach(figure -> names.add(figure.key()));
        return names;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void aRunWhoseProcessEndsHasNoFiguresAndSaysWhy() throws Exception {
        List<String> progress = new ArrayList<>();
        Result result = run(plan(List.of(Workload.W1), "gapless", "tcp"), "no-such-directory", progress);
        assertEquals(2, result.failed().size());
        for (Run run : result.failed()) {
            assertTrue(run.problem().contains("ended unasked: "), run::problem);
            assertEquals(Set.of(), run.figures().keySet());
        }
        assertTrue(progress.get(0).contains("FAILED"), progress::toString);
        JsonNode peer = ResultJson.of(result).at("/workloads/0/peers/1");
        assertEquals(1, peer.path("failed").asInt());
        assertTrue(peer.path("figures").isEmpty());
        assertTrue(peer.at("/runs/0/problem").asText().contains("ended unasked"), peer::toString);
    }

    @Test
    void nothingRunsOnceItIsClosed() throws Exception {
        Benchmark benchmark = new Benchmark(plan(List.of(Workload.W1), "tcp"), CLASS_PATH, line -> {});
        benchmark.close();
        benchmark.close();
        Result result = benchmark.run();
        assertEquals(List.of(), result.runs());
        assertTrue(!result.isComplete());
    }
}
