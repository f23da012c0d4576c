package dev.gapless.bench.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.bench.Figure;
import dev.gapless.bench.Plan;
import dev.gapless.bench.Result;
import dev.gapless.bench.ResultJson;
import dev.gapless.bench.Run;
import dev.gapless.bench.Scale;
import dev.gapless.bench.Workload;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
    private static final double QUIET = 0.01;
    private static final double NOISY = 0.2;

    @TempDir
    private Path directory;

    private static Run run(Workload workload, int round, String peer, double rate, double cpu, double others) {
        return new Run(workload, round, peer, Map.of(Figure.RATE, rate, Figure.CPU, cpu), others, "");
    }

    private static Result result(int rounds, List<String> peers, List<Run> runs) {
        return new Result(
                new Plan(
                        runs.stream().map(Run::workload).distinct().toList(),
                        peers,
                        peers.get(peers.size() - 1),
                        rounds,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(500),
                        Plan.JVM_OPTIONS,
                        Scale.FULL),
                runs);
    }

    /** Of three peers: one with a noisy round, one with a failed run, one that was never quiet. */
    private static Result threePeers() {
        List<Run> runs = new ArrayList<>();
        for (int round = 1; round <= 4; round++) {
            runs.add(run(Workload.W1, round, "gapless", round * 100_000, 2, round == 4 ? NOISY : QUIET));
            runs.add(run(Workload.W1, round, "tell", 7_777_000, 7, NOISY));
            runs.add(
                    round == 3
                            ? new Run(Workload.W1, round, "tcp", Map.of(), Double.NaN, "of 3 messages 1 were lost")
                            : run(Workload.W1, round, "tcp", 400_000, 1, QUIET));
        }
        return result(4, List.of("gapless", "tell", "tcp"), runs);
    }

    private static Result series() {
        List<Run> runs = new ArrayList<>();
        for (Workload workload : List.of(Workload.G_NODES_1, Workload.G_NODES_2, Workload.G_NODES_4)) {
            for (int round = 1; round <= 3; round++) {
                double others = workload == Workload.G_NODES_4 ? NOISY : QUIET;
                runs.add(run(workload, round, "gapless", 1_000, workload.amount() + round / 10.0, QUIET));
                runs.add(run(workload, round, "batches-128", 2_000, 2, others));
            }
        }
        return result(3, List.of("gapless", "batches-128"), runs);
    }

    private static ObjectNode json(Result result) {
        ObjectNode json = ResultJson.of(result);
        json.put("at", "2026-01-31T12:00:00Z");
        json.putObject("machine")
                .put("processors", 2)
                .put("processor", "Some <fast> one")
                .put("os", "Linux 6")
                .put("arch", "amd64")
                .put("java", "17.0.1")
                .put("jvm", "HotSpot");
        return json;
    }

    private static Report report(Result... results) {
        return new Report(
                IntStream.range(0, results.length)
                        .mapToObj(i -> Document.of("results-" + i + ".json", json(results[i])))
                        .toList(),
                "performance");
    }

    @Test
    void readsWhatWasWritten() {
        Result result = threePeers();
        Result read = ResultJson.read(ResultJson.of(result));
        assertEquals(result.plan(), read.plan());
        assertEquals(result.of(Workload.W1), read.of(Workload.W1));
    }

    @Test
    void aTableHasMediansOfQuietRoundsAndRatiosWithinARound() {
        assertEquals("""
                ### Measured at 2026-01-31T12:00:00Z

                Some <fast> one, 2 processors; Linux 6, amd64; Java 17.0.1, HotSpot.
                4 rounds; each run has 10 s of warm-up and 500 ms of measuring; JVM options `-Xms1g -Xmx1g -XX:+UseG1GC`.

                #### W1

                One publisher to one subscriber, as fast as it can.

                ![W1: thousand messages/s](performance/w1-messages-per-s.svg)

                ![W1: CPU time per delivery (µs)](performance/w1-cpu-us-per-delivery.svg)

                | peer | quiet rounds | thousand messages/s | CPU time per delivery (µs) | ratio: thousand messages/s | ratio: CPU time per delivery |
                | --- | --- | --- | --- | --- | --- |
                | `gapless` | 3 of 4 | 200.0 (100.0 to 300.0) | 2.00 (2.00 to 2.00) | 0.38 (0.25 to 0.50) | 2.00 (2.00 to 2.00) |
                | `tell` | 0 of 4 | – | – | – | – |
                | `tcp` | 3 of 4 | 400.0 (400.0 to 400.0) | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) |

                - Ratios are to `tcp`.
                - `gapless`: 1 noisy round is left out.
                - `tell`: no round was quiet, so no figures are shown.
                - `tcp`: 1 run failed.
                """, report(threePeers()).section());
    }

    @Test
    void aSeriesHasOneTableAndOneChart() {
        Report report = report(series());
        assertEquals(
                List.of("g-nodes-cpu-us-per-delivery.svg"),
                List.copyOf(report.charts().keySet()));
        String section = report.section();
        assertAll(
                () -> assertTrue(section.contains("| consumer nodes | peer | quiet rounds |"), section),
                () -> assertTrue(
                        section.contains("| 2 | `gapless` | 3 of 3 | 1.0 (1.0 to 1.0) | 2.20 (2.10 to 2.30) |"),
                        section),
                () -> assertTrue(section.contains("| 4 | `batches-128` | 0 of 3 | – | – | – | – |"), section),
                () -> assertTrue(section.contains("`batches-128` at 4: no round was quiet"), section));
    }

    @Test
    void aChartShowsEachPeer() throws Exception {
        Element svg = parsed(report(threePeers()).charts().get("w1-messages-per-s.svg"));
        List<Element> bars = ofClass(svg, "bar");
        assertEquals(
                List.of("gapless 200.0 (100.0 to 300.0)", "tcp 400.0 (400.0 to 400.0)"),
                bars.stream().map(ReportTest::titleOf).toList());
        assertEquals(2.0, width(bars.get(1)) / width(bars.get(0)), 0.01);
        assertEquals(2, ofClass(svg, "spread").size());
        String text = svg.getTextContent();
        assertTrue(text.contains("no quiet round") && text.contains("thousand messages/s"), text);
        assertEquals("W1: thousand messages/s", titleOf(svg));
        assertTrue(svg.getElementsByTagName("desc").item(0).getTextContent().contains("tell –; tcp 400.0"));
    }

    @Test
    void aChartOfASeriesShowsEachPoint() throws Exception {
        Element svg = parsed(report(series()).charts().get("g-nodes-cpu-us-per-delivery.svg"));
        List<Element> points = ofClass(svg, "mark").stream()
                .filter(mark -> titleOf(mark).contains(": "))
                .toList();
        assertEquals(
                List.of(
                        "gapless, consumer nodes 1: 1.20 (1.10 to 1.30)",
                        "gapless, consumer nodes 2: 2.20 (2.10 to 2.30)",
                        "gapless, consumer nodes 4: 4.20 (4.10 to 4.30)",
                        "batches-128, consumer nodes 1: 2.00 (2.00 to 2.00)",
                        "batches-128, consumer nodes 2: 2.00 (2.00 to 2.00)"),
                points.stream().map(ReportTest::titleOf).toList());
        List<Double> heights = points.stream()
                .filter(point -> point.hasAttribute("cy"))
                .map(point -> Double.valueOf(point.getAttribute("cy")))
                .toList();
        assertEquals(2.0, (heights.get(1) - heights.get(2)) / (heights.get(0) - heights.get(1)), 0.01);
        assertEquals(5, ofClass(svg, "spread").size());
        assertEquals(3, ofClass(svg, "line").size(), "none leads to the point that is missing");
        assertTrue(svg.getTextContent().contains("consumer nodes"));
    }

    private static Element parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
    }

    private static List<Element> ofClass(Element svg, String name) {
        NodeList all = svg.getElementsByTagName("*");
        return IntStream.range(0, all.getLength())
                .mapToObj(i -> (Element) all.item(i))
                .filter(element ->
                        List.of(element.getAttribute("class").split(" ", -1)).contains(name))
                .toList();
    }

    private static String titleOf(Element element) {
        return element.getElementsByTagName("title").item(0).getTextContent();
    }

    private static double width(Element bar) {
        return Double.parseDouble(bar.getAttribute("width"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 0.0123, 1, 6, 6.01, 99, 100, 12_345, 7e9})
    void anAxisEndsAtARoundNumberThatIsHighEnough(double highest) {
        Axis axis = Axis.to(highest);
        List<Double> ticks = axis.ticks();
        assertTrue(ticks.size() >= 3 && ticks.size() <= 7, ticks::toString);
        assertTrue(axis.at(highest) <= 1 + 1e-9 && (highest == 0 || axis.at(highest) > 0.5), axis::toString);
        assertEquals(
                ticks.size(),
                ticks.stream().map(axis::said).distinct().count(),
                ticks.stream().map(axis::said).toList()::toString);
    }

    @Test
    void anAxisOfPointsIsLogarithmicIfTheyDifferMuch() {
        assertEquals(Axis.to(50), Axis.of(1, 50));
        assertEquals(Axis.to(51), Axis.of(0, 51));
        Axis axis = Axis.of(0.5, 430);
        assertEquals(
                List.of("0.1", "1", "10", "100", "1,000"),
                axis.ticks().stream().map(axis::said).toList());
        assertEquals(0.25, axis.at(1), 1e-9);
        assertEquals(0.75, axis.at(100), 1e-9);
    }

    @Test
    void aSpreadOfOneValueHasItsEnds() {
        Svg svg = new Svg(100, 100, "title", "description");
        svg.spreadAlong(7, 7, 20);
        svg.spreadUp(7, 20, 20);
        String drawn = svg.end();
        assertTrue(drawn.contains("M7.0 20.0 H7.0 M7.0 16.0 v8 M7.0 16.0 v8"), drawn);
        assertTrue(drawn.contains("M7.0 20.0 V20.0 M3.0 20.0 h8 M3.0 20.0 h8"), drawn);
    }

    @Test
    void theSameResultsGiveTheSameBytes() {
        assertEquals(
                report(threePeers(), series()).section(),
                report(threePeers(), series()).section());
        assertEquals(
                report(threePeers(), series()).charts(),
                report(threePeers(), series()).charts());
    }

    @Test
    void oneWorkloadIsInOneDocument() {
        assertEquals(
                "W1 is in results-0.json and in results-2.json",
                assertThrows(IllegalArgumentException.class, () -> report(threePeers(), series(), threePeers()))
                        .getMessage());
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Result whole = threePeers();
        Result interrupted = new Result(whole.plan(), whole.runs().subList(0, 5));
        ObjectNode unknown = json(whole);
        ((ObjectNode) unknown.at("/workloads/0")).put("workload", "W99");
        ObjectNode older = json(whole);
        ((ObjectNode) older.path("settings")).remove("peers");
        ObjectNode strange = json(whole);
        ((ObjectNode) strange.at("/workloads/0/peers/0/runs/0/figures")).put("luck", 1);
        assertAll(
                () -> wrong("{", "is no JSON of `gapless bench --json`"),
                () -> wrong("", "is no JSON of `gapless bench --json`"),
                () -> wrong("[1]", "is no JSON of `gapless bench --json`"),
                () -> wrong("{\"a\": 1}", "'at'"),
                () -> wrong(json(interrupted).toString(), "5 of 12 runs: the benchmark was interrupted"),
                () -> wrong(unknown.toString(), "there is no workload 'W99'"),
                () -> wrong(older.toString(), "'peers'"),
                () -> wrong(strange.toString(), "luck"));
        Path file = directory.resolve("right.json");
        Files.writeString(
                file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json(whole)));
        assertEquals(whole.of(Workload.W1), Document.read(file).result().of(Workload.W1));
    }

    private void wrong(String text, String said) throws Exception {
        Path file = directory.resolve("wrong.json");
        Files.writeString(file, text);
        String message = assertThrows(IllegalArgumentException.class, () -> Document.read(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(said), message);
    }

    @Test
    void replacesWhatStandsBetweenTheLinesAndNothingElse() {
        String before = "# T\n\n" + Section.BEGIN + "\nold\n" + Section.END + "\nafter $1 \\";
        String after = Section.replaced(before, "new $2\n");
        assertEquals("# T\n\n" + Section.BEGIN + "\n\nnew $2\n\n" + Section.END + "\nafter $1 \\", after);
        assertEquals(after, Section.replaced(after, "new $2\n"));
    }

    @Test
    void keepsWhatIsShownOfOtherWorkloads() {
        String first = "### Measured at 1\n\nquick\n\n#### W1\n\none\n\n#### W2\n\ntwo\n";
        String second = "### Measured at 2\n\nslow\n\n#### W3\n\nthree\n";
        String document = Section.BEGIN + "\n\n" + first + "\n" + second + "\n" + Section.END;
        assertEquals(first + "\n" + second, Section.without(Set.of("W4"), document));
        assertEquals("### Measured at 1\n\nquick\n\n#### W2\n\ntwo\n", Section.without(Set.of("W1", "W3"), document));
        assertEquals("", Section.without(Set.of("W1", "W2", "W3"), document));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "E", "E\nB\n", "B\nE\nE", "B\nB\nE", "B E"})
    void needsBothLinesOnce(String document) {
        String text = document.replace("B", Section.BEGIN).replace("E", Section.END);
        assertThrows(IllegalArgumentException.class, () -> Section.replaced(text, "new"));
    }
}
