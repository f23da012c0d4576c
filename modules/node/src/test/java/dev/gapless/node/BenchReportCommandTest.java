package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.bench.Figure;
import dev.gapless.bench.Plan;
import dev.gapless.bench.Result;
import dev.gapless.bench.ResultJson;
import dev.gapless.bench.Run;
import dev.gapless.bench.Scale;
import dev.gapless.bench.Workload;
import dev.gapless.bench.report.Section;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportCommandTest {
    private static final String PAGE = "before\n" + Section.BEGIN + "\n" + Section.END + "\nafter\n";

    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();

    private int report(Path results, Path into, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("bench-report", results.toString(), "--into", into.toString()));
        arguments.addAll(List.of(more));
        return GaplessCommand.commandLine(new Termination())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    private Path results() throws IOException {
        Plan plan = new Plan(
                List.of(Workload.G_RING_100),
                List.of("gapless"),
                "gapless",
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Plan.JVM_OPTIONS,
                Scale.FULL);
        Run run = new Run(Workload.G_RING_100, 1, "gapless", Map.of(Figure.RATE, 1e6, Figure.CPU, 2.5), 0, "");
        return Files.writeString(
                directory.resolve("results.json"),
                ResultJson.of(new Result(plan, List.of(run))).toPrettyString());
    }

    @Test
    void writesTheTablesIntoTheDocumentAndTheChartsBesideIt() throws IOException {
        Path page = Files.writeString(directory.resolve("page.md"), PAGE);
        assertEquals(0, report(results(), page), err::toString);
        String written = Files.readString(page);
        Path chart = directory.resolve("page").resolve("g-ring-cpu-us-per-delivery.svg");
        assertAll(
                () -> assertTrue(written.startsWith("before\n" + Section.BEGIN + "\n"), written),
                () -> assertTrue(written.endsWith(Section.END + "\nafter\n"), written),
                () -> assertTrue(written.contains("| 100 | `gapless` | 1 of 1 | 1000.0 "), written),
                () -> assertTrue(written.contains("](page/" + chart.getFileName() + ")"), written),
                () -> assertTrue(Files.readString(chart).startsWith("<svg "), written));
        assertEquals(0, report(results(), page), err::toString);
        assertEquals(
                written.replaceAll("Measured at .*", ""), Files.readString(page).replaceAll("Measured at .*", ""));
    }

    @Test
    void writesByDefaultIntoADocumentThatHasAPlaceForItAndTheChartsThatItShows() throws IOException {
        String name = GaplessCommand.commandLine(new Termination())
                .getSubcommands()
                .get("bench-report")
                .getCommandSpec()
                .findOption("--into")
                .defaultValue();
        Path document = Path.of("../..").resolve(name);
        List<String> charts = Pattern.compile("]\\(([^)]*\\.svg)\\)")
                .matcher(Section.without(Set.of(), Files.readString(document)))
                .results()
                .map(chart -> chart.group(1))
                .toList();
        assertFalse(charts.isEmpty(), name);
        for (String chart : charts) {
            assertTrue(Files.exists(document.resolveSibling(chart)), chart);
        }
    }

    @Test
    void keepsWhatTheDocumentShowsOfOtherWorkloads() throws IOException {
        String other = "### Measured at 1\n\nquick\n\n#### W1\n\none\n";
        Path page = Files.writeString(
                directory.resolve("page.md"), Section.BEGIN + "\n\n" + other + "\n" + Section.END + "\n");
        assertEquals(0, report(results(), page, "--keep"), err::toString);
        assertTrue(Files.readString(page).startsWith(Section.BEGIN + "\n\n" + other + "\n### Measured at 2"));
        assertEquals(0, report(results(), page), err::toString);
        assertFalse(Files.readString(page).contains("#### W1"));
    }

    @Test
    void leavesEverythingAsItIsIfTheDocumentHasNoPlaceForIt() throws IOException {
        Path page = Files.writeString(directory.resolve("page.md"), "before\nafter\n");
        assertEquals(2, report(results(), page));
        assertTrue(err.toString().contains("page.md: it needs the lines <!-- "), err::toString);
        assertEquals("before\nafter\n", Files.readString(page));
        assertFalse(Files.exists(directory.resolve("page")));
    }

    @Test
    void saysWhichFileIsWrong() throws IOException {
        Path page = Files.writeString(directory.resolve("page.md"), PAGE);
        assertEquals(2, report(page, page));
        assertEquals(2, report(directory.resolve("none.json"), page));
        assertEquals(2, report(results(), directory.resolve("page.txt")));
        assertEquals(2, report(results(), directory.resolve("none.md")));
        List<String> said = err.toString().lines().toList();
        assertAll(
                () -> assertEquals(4, said.size(), said::toString),
                () -> assertTrue(said.get(0).contains("page.md is no JSON of `gapless bench --json`"), said::toString),
                () -> assertTrue(said.get(1).contains("none.json: no such file"), said::toString),
                () -> assertTrue(said.get(2).contains("page.txt does not end with .md"), said::toString),
                () -> assertTrue(said.get(3).contains("none.md: no such file"), said::toString));
        assertEquals(PAGE, Files.readString(page));
    }
}
