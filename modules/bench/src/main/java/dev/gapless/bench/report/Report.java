package dev.gapless.bench.report;

import dev.gapless.bench.Column;
import dev.gapless.bench.Figure;
import dev.gapless.bench.Growth;
import dev.gapless.bench.Plan;
import dev.gapless.bench.Result;
import dev.gapless.bench.Summary;
import dev.gapless.bench.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a document shows of results: a table for each workload or series, and charts of those that compare. */
public final class Report {
    /** With fewer peers the table says it all. */
    private static final int FEWEST_BARS = 3;

    private final StringBuilder section = new StringBuilder();
    private final Map<String, String> charts = new TreeMap<>();
    private final Map<String, String> seenIn = new HashMap<>();
    private final String directory;

    /**
     * Of all these documents, one after the other.
     *
     * @param directory of the charts, as links name it
     * @throws IllegalArgumentException if two documents have the same workload or series
     */
    public Report(List<Document> documents, String directory) {
        this.directory = directory;
        documents.forEach(this::add);
    }

    /** What it shows, by name. */
    public Set<String> workloads() {
        return Set.copyOf(seenIn.keySet());
    }

    /** The tables, in Markdown. */
    public String section() {
        return section.toString();
    }

    /** By file name. */
    public Map<String, String> charts() {
        return Map.copyOf(charts);
    }

    private void add(Document document) {
        Result result = document.result();
        Plan plan = result.plan();
        section.append(section.length() == 0 ? "" : "\n")
                .append("### Measured at ")
                .append(document.at())
                .append("\n\n");
        section.append(document.machine()).append(".\n");
        section.append(String.format(
                Locale.ROOT,
                "%d %s; each run has %s of warm-up and %s of measuring; JVM options `%s`.\n",
                plan.rounds(),
                plan.rounds() == 1 ? "round" : "rounds",
                seconds(plan.warmUp().toMillis()),
                seconds(plan.measure().toMillis()),
                String.join(" ", plan.jvmOptions())));
        Set<Growth> series = new LinkedHashSet<>();
        for (Workload workload : plan.workloads()) {
            Growth growth = workload.growth();
            if (growth == null) {
                claim(workload.name(), document);
                ordinary(workload, result);
            } else if (series.add(growth)) {
                claim("G_" + growth, document);
                series(growth, result);
            }
        }
    }

    private void claim(String what, Document document) {
        String other = seenIn.put(what, document.name());
        if (other != null) {
            throw new IllegalArgumentException(what + " is in " + other + " and in " + document.name());
        }
    }

    private void ordinary(Workload workload, Result result) {
        List<Summary> summaries = result.of(workload);
        heading(workload.name(), workload.description());
        if (summaries.size() >= FEWEST_BARS) {
            for (Figure figure : new LinkedHashSet<>(List.of(workload.headline(), Figure.CPU))) {
                Column column = Column.of(figure);
                String title = workload + ": " + column.title();
                chart(workload.name(), column, title, BarChart.of(title, column, summaries));
            }
        }
        table(summaries, Column.of(workload, summaries), "");
        notes(summaries, result.plan());
    }

    private void series(Growth growth, Result result) {
        List<Workload> workloads = result.plan().workloads().stream()
                .filter(workload -> workload.growth() == growth)
                .toList();
        List<Summary> summaries = workloads.stream()
                .flatMap(workload -> result.of(workload).stream())
                .toList();
        heading("G_" + growth, growth.otherwise() + "; more and more " + growth.counted());
        Column cpu = Column.of(Figure.CPU);
        String title = "G_" + growth + ": " + cpu.title();
        chart("g-" + growth, cpu, title, LineChart.of(title, cpu, growth, summaries));
        table(summaries, Column.of(workloads.get(0), summaries), growth.counted());
        notes(summaries, result.plan());
    }

    private void heading(String name, String description) {
        section.append("\n#### ").append(name).append("\n\n");
        section.append(description.substring(0, 1).toUpperCase(Locale.ROOT))
                .append(description.substring(1))
                .append(".\n\n");
    }

    private void chart(String name, Column column, String title, String svg) {
        String file = (name + "-" + column.figure().key() + ".svg")
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
        charts.put(file, svg);
        section.append("![")
                .append(title)
                .append("](")
                .append(directory)
                .append('/')
                .append(file)
                .append(")\n\n");
    }

    /** @param counted what the workloads have different numbers of; empty if there is but one */
    private void table(List<Summary> summaries, List<Column> columns, String counted) {
        List<Column> compared = new ArrayList<>();
        for (Figure figure :
                new LinkedHashSet<>(List.of(summaries.get(0).workload().headline(), Figure.CPU))) {
            if (summaries.stream().map(Summary::peer).distinct().count() > 1
                    && summaries.stream().anyMatch(summary -> summary.ratios().containsKey(figure))) {
                compared.add(Column.of(figure));
            }
        }
        List<String> names = new ArrayList<>();
        if (!counted.isEmpty()) {
            names.add(counted);
        }
        names.addAll(List.of("peer", "quiet rounds"));
        columns.forEach(column -> names.add(column.title()));
        compared.forEach(column -> names.add("ratio: " + column.title().replaceFirst(" \\(.*", "")));
        row(names);
        row(names.stream().map(name -> "---").toList());
        for (Summary summary : summaries) {
            List<String> cells = new ArrayList<>();
            if (!counted.isEmpty()) {
                cells.add(String.format(Locale.ROOT, "%,d", summary.workload().amount()));
            }
            cells.add("`" + summary.peer() + "`");
            cells.add(summary.quiet() + " of " + summary.runs().size());
            columns.forEach(column -> cells.add(Cells.of(summary, column)));
            compared.forEach(column -> cells.add(Cells.ratio(summary, column)));
            row(cells);
        }
    }

    private void row(List<String> cells) {
        section.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** What must be known beside the figures. */
    private void notes(List<Summary> summaries, Plan plan) {
        List<String> notes = new ArrayList<>();
        Workload first = summaries.get(0).workload();
        if (plan.peersOf(first).size() > 1) {
            notes.add("Ratios are to `" + plan.baselineOf(first) + "`.");
        }
        for (Summary summary : summaries) {
            String who = "`" + summary.peer() + "`"
                    + (first.growth() == null
                            ? ""
                            : String.format(
                                    Locale.ROOT, " at %,d", summary.workload().amount()));
            List<String> what = new ArrayList<>();
            if (summary.noisyFigures()) {
                what.add("no round was quiet, so no figures are shown");
            } else if (summary.noisy() > 0) {
                what.add(count(summary.noisy(), "noisy round is", "noisy rounds are") + " left out");
            }
            if (summary.failed() > 0) {
                what.add(count(summary.failed(), "run", "runs") + " failed");
            }
            if (!what.isEmpty()) {
                notes.add(who + ": " + String.join("; ", what) + ".");
            }
        }
        if (!notes.isEmpty()) {
            section.append('\n')
                    .append(notes.stream().map(note -> "- " + note + "\n").collect(Collectors.joining()));
        }
    }

    private static String count(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private static String seconds(long ms) {
        return ms % 1_000 == 0 ? ms / 1_000 + " s" : ms + " ms";
    }
}
