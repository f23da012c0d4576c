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
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Short runs with real processes. Nothing is asserted of what they took. */
@Tag("thorough")
@Tag("day2")
class BenchmarkTest {
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private static final Set<Figure> LATENCIES =
            EnumSet.of(Figure.LATENCY_MEDIAN, Figure.LATENCY_P99, Figure.LATENCY_MAX);

    /** A busy machine may stop a process for half a second: nothing would arrive while it is measured. */
    private static final Duration MEASURE = Duration.ofSeconds(1);

    private static final Set<Figure> COSTS = EnumSet.of(Figure.RATE, Figure.CPU, Figure.ALLOCATED, Figure.PEAK_HEAP);

    private static final Set<Figure> RETURNS =
            EnumSet.of(Figure.LEVEL, Figure.ANNOUNCED, Figure.READS, Figure.READ_BEGAN, Figure.READ_TIME);

    /** Quick to start. */
    private static final List<String> QUICK = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote");

    private static final Scale SMALL = new Scale(Duration.ofMillis(2_500), 20, 50, 1, 50);

    private static Plan plan(List<Workload> workloads, String... peers) {
        return new Plan(workloads, List.of(peers), peers[0], 1, Duration.ofMillis(300), MEASURE, QUICK, SMALL);
    }

    private static Result run(Plan plan, String classPath, List<String> progress) throws Exception {
        try (Benchmark benchmark = new Benchmark(plan, classPath, progress::add)) {
            return benchmark.run();
        }
    }

    @Test
    void everyMessageOfGaplessArrives() throws Exception {
        List<String> progress = new ArrayList<>();
        Result result = run(plan(List.of(Workload.W1, Workload.W2, Workload.W3), "gapless"), CLASS_PATH, progress);
        assertEquals(List.of(), result.failed());
        assertTrue(result.isComplete());
        assertEquals(3, progress.size(), progress::toString);
        for (Run run : result.runs()) {
            Set<Figure> expected = EnumSet.copyOf(COSTS);
            if (run.workload().isPaced()) {
                expected.addAll(LATENCIES);
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
        Set<Figure> ofW3 = EnumSet.copyOf(COSTS);
        ofW3.addAll(LATENCIES);
        assertAll(
                () -> assertEquals("gapless", peer.path("peer").asText()),
                () -> assertEquals(
                        1, peer.path("quiet").asInt() + peer.path("noisy").asInt()),
                () -> assertEquals(0, peer.path("failed").asInt(-1)),
                () -> assertEquals(names(ofW3), names(peer.path("figures"))),
                () -> assertEquals(names(ofW3), names(peer.at("/runs/0/figures"))),
                () -> assertEquals(1, peer.at("/ratios/messages_per_s/median").asDouble()));
    }

    /** Of the others: those that differ from what the runs above show. -Dbench.all runs each of them. */
    @Test
    void whatGoesWrongIsToldExactly() throws Exception {
        List<Workload> workloads = Boolean.getBoolean("bench.all")
                ? Stream.of(Workload.values())
                        .filter(workload -> workload.compareTo(Workload.W3) > 0)
                        .toList()
                : List.of(
                        Workload.W4B,
                        Workload.W7,
                        Workload.W9_1000,
                        Workload.T_10000,
                        Workload.G_SYSTEMS_3,
                        Workload.G_SUBSCRIPTIONS_10,
                        Workload.G_TOPICS_10,
                        Workload.G_BACKLOG_1000);
        List<String> progress = new ArrayList<>();
        Result result = run(plan(workloads, "gapless"), CLASS_PATH, progress);
        assertEquals(List.of(), result.failed());
        assertTrue(result.isComplete(), progress::toString);
        for (Run run : result.runs()) {
            assertTrue(run.figures().containsKey(run.workload().headline()), run::toString);
        }
        assertTrue(figure(result, Workload.W4B, Figure.ANNOUNCED) > 0);
        assertTrue(figure(result, Workload.W7, Figure.ANNOUNCED) > 0);
        assertEquals(List.of("gapless", "pekko"), result.plan().peersOf(Workload.W9_1000));
    }

    @Test
    void durableTopicsAreMeasuredBesideTheirDatabase() throws Exception {
        List<Workload> loops = List.of(Workload.D_WAITING, Workload.D_1000, Workload.D_DELIVERY);
        List<Workload> workloads = new ArrayList<>(loops);
        workloads.addAll(List.of(Workload.D_OPENING_64, Workload.D_REST));
        Result result = run(plan(workloads, "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertTrue(result.isComplete());
        assertEquals(List.of("gapless", "pekko-persistence"), result.plan().peersOf(Workload.D_1000));
        for (Run run : result.runs()) {
            assertTrue(run.figures().containsKey(run.workload().headline()), run::toString);
            if (loops.contains(run.workload())) {
                assertTrue(run.figures().keySet().containsAll(COSTS), run::toString);
                assertTrue(run.figures().keySet().containsAll(LATENCIES), run::toString);
            }
        }
    }

    @Test
    void aReceiptIsMeasuredBesideTellsThatAreAnswered() throws Exception {
        Result result = run(plan(List.of(Workload.R_RECEIPT), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertEquals(List.of("gapless", "tell"), result.plan().peersOf(Workload.R_RECEIPT));
        for (Run run : result.runs()) {
            assertTrue(run.figures().keySet().containsAll(LATENCIES), run::toString);
            assertTrue(run.figures().keySet().containsAll(COSTS), run::toString);
        }
    }

    @Test
    void aReceiptIsMeasuredBesideASubscriptionThatIsPaused() throws Exception {
        Result result = run(plan(List.of(Workload.R_PAUSED), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertTrue(figure(result, Workload.R_PAUSED, Figure.RECEIPTS) > 0);
        assertTrue(figure(result, Workload.R_PAUSED, Figure.LATENCY_MEDIAN) > 0);
        assertTrue(figure(result, Workload.R_PAUSED, Figure.LATENCY_OF_FREE) > 0);
    }

    @Test
    void whoReturnsToRowsReadsThemAgain() throws Exception {
        Result result = run(plan(List.of(Workload.T_RETURN), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertEquals(List.of("table", "handler"), result.plan().peersOf(Workload.T_RETURN));
        for (Run run : result.runs()) {
            assertTrue(run.figures().keySet().containsAll(RETURNS), run::toString);
            assertTrue(RETURNS.stream().allMatch(figure -> run.figures().get(figure) > 0), run::toString);
        }
    }

    @Test
    void whoWantsAStateReturnsToAnotherGateway() throws Exception {
        Result result = run(plan(List.of(Workload.C_STATE_RETURN), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertEquals(List.of("gapless", "gapless-events"), result.plan().peersOf(Workload.C_STATE_RETURN));
        Run ofState = result.runs().get(0);
        assertEquals(Set.of(Figure.LEVEL, Figure.READS), ofState.figures().keySet());
    }

    @Test
    void whatNodesSendUntilTheyAreReadyIsCounted() throws Exception {
        Result result = run(plan(List.of(Workload.N_READY_8), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        int topics = 4;
        assertEquals(8 * topics, figure(result, Workload.N_READY_8, Figure.DELIVERIES));
        double registers = figure(result, Workload.N_READY_8, Figure.REGISTERS);
        assertTrue(registers >= 8 * 7 * topics, () -> "each node asks each other one for each topic: " + registers);
        assertTrue(figure(result, Workload.N_READY_8, Figure.SENT_MESSAGES) > registers);
        assertTrue(result.runs().get(0).figures().containsKey(Figure.HEAP_UNUSED));
    }

    @Test
    void slowSubscriptionsAreToldWhatTheyMissAndAFastOneMissesNothing() throws Exception {
        Result result =
                run(plan(List.of(Workload.S_BESIDE_1, Workload.S_ALL), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        for (Run run : result.runs()) {
            assertTrue(run.figures().get(Figure.LOSSES) > 0, run::toString);
            assertTrue(run.figures().get(Figure.ANNOUNCED) > 0, run::toString);
            assertTrue(run.figures().get(Figure.SENT_OF_PUBLISHED) > 0, run::toString);
            assertTrue(run.figures().get(Figure.SENT_OF_READ) > 0, run::toString);
        }
        assertTrue(figure(result, Workload.S_BESIDE_1, Figure.FAST_OF_ALONE) > 0);
        assertTrue(figure(result, Workload.S_BESIDE_1, Figure.CPU_OF_ALONE) > 0);
    }

    @Test
    void whatIsToldWhileNodesAreRestartedOneAfterTheOtherIsCountedByReason() throws Exception {
        Result result = run(plan(List.of(Workload.N_ROLLING), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        double told = 0;
        for (Figure reason : List.of(Figure.OVERRUN, Figure.RESTARTED, Figure.LOST, Figure.UNKNOWN)) {
            told += figure(result, Workload.N_ROLLING, reason);
        }
        assertEquals(figure(result, Workload.N_ROLLING, Figure.LOSSES), told);
        assertTrue(figure(result, Workload.N_ROLLING, Figure.DELIVERIES) > 0);
        assertTrue(figure(result, Workload.N_ROLLING, Figure.LEFT) > 0);
    }

    @Test
    void clientsThatLackMoreThanTheFeedHoldsReturnToAnotherGateway() throws Exception {
        Result result = run(plan(List.of(Workload.C_RETURN_FAR), "gapless"), CLASS_PATH, new ArrayList<>());
        assertEquals(List.of(), result.failed());
        assertTrue(figure(result, Workload.C_RETURN_FAR, Figure.LEVEL) > 0);
        assertTrue(figure(result, Workload.C_RETURN_FAR, Figure.LACKED) > 1_000);
        assertTrue(figure(result, Workload.C_RETURN_FAR, Figure.SENT_OF_LACKED) >= 1, "each message is sent once");
    }

    private static double figure(Result result, Workload workload, Figure figure) {
        return result.of(workload).get(0).figures().get(figure).median();
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
