package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.bench.Figure;
import dev.gapless.bench.Plan;
import dev.gapless.bench.Result;
import dev.gapless.bench.Run;
import dev.gapless.bench.Scale;
import dev.gapless.bench.Workload;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCommandTest {
    private static final Plan TWO_RUNS = new Plan(
            List.of(Workload.W1),
            List.of("gapless", "tcp"),
            "tcp",
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Plan.JVM_OPTIONS,
            Scale.FULL);

    @TempDir
    private Path directory;

    private static Run run(String peer, double rate, double others) {
        return new Run(Workload.W1, 1, peer, Map.of(Figure.RATE, rate, Figure.CPU, 2.0), others, "");
    }

    private static Run failed(String peer) {
        return new Run(Workload.W1, 1, peer, Map.of(), Double.NaN, "of 3 messages 1 were lost");
    }

    @Test
    void failsIfARunFailed() {
        Failure failure = assertThrows(
                Failure.class,
                () -> BenchCommand.check(new Result(TWO_RUNS, List.of(run("gapless", 1, 0), failed("tcp")))));
        assertEquals("1 of 2 runs failed; the first, W1 of tcp: of 3 messages 1 were lost", failure.getMessage());
    }

    @Test
    void failsIfItWasInterrupted() {
        Failure failure = assertThrows(
                Failure.class, () -> BenchCommand.check(new Result(TWO_RUNS, List.of(run("gapless", 1, 0)))));
        assertEquals("interrupted after 1 of 2 runs", failure.getMessage());
    }

    @Test
    void doesNotFailForNoise() {
        BenchCommand.check(new Result(TWO_RUNS, List.of(run("gapless", 1, 0.5), run("tcp", 1, 0))));
    }

    @Test
    void theTableSaysWhatIsNotToBeTrusted() {
        String table = String.join(
                "\n",
                BenchTable.of(new Result(TWO_RUNS, List.of(run("gapless", 250_000, 0.5), run("tcp", 1_000_000, 0)))));
        assertAll(
                () -> assertTrue(table.contains("250.0 [250.0 250.0]"), table),
                () -> assertTrue(table.contains("0.25 [0.25 0.25]"), table),
                () -> assertTrue(table.contains("gapless: no run was quiet"), table),
                () -> assertTrue(!table.contains("tcp: "), table));
        String withFailure =
                String.join("\n", BenchTable.of(new Result(TWO_RUNS, List.of(run("gapless", 1, 0), failed("tcp")))));
        assertTrue(withFailure.contains("tcp: 1 failed and have no figures"), withFailure);
    }

    private static Plan plan(String... options) {
        BenchCommand bench = new BenchCommand(new Termination());
        new CommandLine(bench).parseArgs(options);
        return bench.plan();
    }

    @Test
    void ratiosAreToTheBaseline() {
        String[] peers = {"--workloads", "w1", "--rounds", "1", "--peers", "gapless,tcp"};
        List<Run> runs = List.of(run("gapless", 250_000, 0), run("tcp", 1_000_000, 0));
        assertEquals("gapless", plan(peers).baseline(), "the first peer, without batches-128");
        assertEquals("batches-128", plan("--peers", "tcp,batches-128").baseline());
        Plan plan = plan(
                Stream.concat(Stream.of(peers), Stream.of("--baseline", "tcp")).toArray(String[]::new));
        String table = String.join("\n", BenchTable.of(new Result(plan, runs)));
        assertTrue(table.contains("Ratios are to tcp") && table.contains("0.25 [0.25 0.25]"), table);
        assertFalse(table.contains("4.00 [4.00 4.00]"), table);
    }

    @Test
    void printsOneJsonDocumentAndNothingElse() throws Exception {
        try (Program bench = Program.start(
                directory,
                "bench",
                "--json",
                "--workloads",
                "w1",
                "--peers",
                "tcp",
                "--rounds",
                "1",
                "--warm-up",
                "1s",
                "--measure",
                "2s")) {
            assertEquals(0, bench.awaitExit(), bench::toString);
            JsonNode json = PayloadJson.JSON.readTree(String.join("\n", bench.out()));
            assertTrue(json.path("complete").asBoolean(), bench::toString);
            assertEquals("tcp", json.at("/workloads/0/peers/0/peer").asText());
            assertTrue(bench.err().get(0).startsWith("1 runs, each with 1000 ms"), bench::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    @DisabledOnOs(OS.WINDOWS)
    void leavesNoProcessBehind(String signal) throws Exception {
        try (Program bench = Program.start(directory, "bench", "--peers", "tcp", "--warm-up", "10m")) {
            Program.awaitThat("both processes run", () -> bench.descendants().size() == 2);
            List<ProcessHandle> processes = bench.descendants();
            bench.signal(signal);
            int status = bench.awaitExit();
            if (!signal.equals("KILL")) {
                assertEquals(1, status, bench::toString);
                assertEquals(
                        "gapless bench: interrupted after 0 of 9 runs",
                        bench.err().get(1));
            }
            Program.awaitThat("none of them runs", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }
}
