package dev.gapless.node;

import dev.gapless.bench.Figure;
import dev.gapless.bench.Result;
import dev.gapless.bench.Spread;
import dev.gapless.bench.Summary;
import dev.gapless.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured, for people: a table for each workload. */
final class BenchTable {
    /** A column: what it is called, and how a value is written. */
    private record Column(String name, Figure figure, double unit, String format) {
        String cell(Map<Figure, Spread> figures) {
            Spread spread = figures.get(figure);
            return spread == null
                    ? "-"
                    : String.format(
                            Locale.ROOT,
                            format + " [" + format + " " + format + "]",
                            spread.median() / unit,
                            spread.min() / unit,
                            spread.max() / unit);
        }
    }

    private static final List<Column> COSTS = List.of(
            new Column("CPU us", Figure.CPU, 1, "%.2f"),
            new Column("bytes", Figure.ALLOCATED, 1, "%.0f"),
            new Column("peak heap MiB", Figure.PEAK_HEAP, 1 << 20, "%.0f"));
    private static final Column RATE = new Column("thousand/s", Figure.RATE, 1_000, "%.1f");
    private static final List<Column> LATENCIES = List.of(
            new Column("median us", Figure.LATENCY_MEDIAN, 1, "%.0f"),
            new Column("99th us", Figure.LATENCY_P99, 1, "%.0f"),
            new Column("max us", Figure.LATENCY_MAX, 1, "%.0f"));

    private BenchTable() {}

    static List<String> of(Result result) {
        List<String> lines = new ArrayList<>(List.of(
                "Median [lowest highest] of the quiet runs. CPU and bytes allocated are of all processes, for each delivery."
                        + " Ratios are to " + result.plan().baseline() + ", within a round."));
        for (Workload workload : result.plan().workloads()) {
            lines.add("");
            lines.add(workload + ": " + workload.description());
            lines.addAll(table(workload, result.of(workload)));
        }
        return lines;
    }

    private static List<String> table(Workload workload, List<Summary> summaries) {
        List<Column> columns = new ArrayList<>(workload.isPaced() ? LATENCIES : List.of(RATE));
        columns.addAll(COSTS);
        Column first = columns.get(0);
        Table table = new Table(2);
        List<String> names = new ArrayList<>(List.of("peer", "quiet runs"));
        columns.forEach(column -> names.add(column.name()));
        names.add("CPU ratio");
        names.add((workload.isPaced() ? "median" : "rate") + " ratio");
        table.row(names.toArray(String[]::new));
        List<String> notes = new ArrayList<>();
        for (Summary summary : summaries) {
            List<String> row = new ArrayList<>(List.of(
                    summary.peer(), summary.quiet() + " of " + summary.runs().size()));
            columns.forEach(column -> row.add(column.cell(summary.figures())));
            row.add(new Column("", Figure.CPU, 1, "%.2f").cell(summary.ratios()));
            row.add(new Column("", first.figure(), 1, "%.2f").cell(summary.ratios()));
            table.row(row.toArray(String[]::new));
            String note = note(summary);
            if (note != null) {
                notes.add(note);
            }
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.addAll(notes);
        return lines;
    }

    /** What must be known beside the figures. */
    private static @Nullable String note(Summary summary) {
        List<String> said = new ArrayList<>();
        if (summary.failed() > 0) {
            said.add(summary.failed() + " failed and have no figures");
        }
        if (summary.noisyFigures()) {
            said.add("no run was quiet, so these figures are those of " + summary.noisy() + " NOISY runs");
        } else if (summary.noisy() > 0) {
            said.add(summary.noisy() + " were noisy and are left out");
        }
        if (summary.noisyRatios() && !summary.noisyFigures()) {
            said.add("in no round this peer and the baseline were both quiet, so the ratios are those of NOISY runs");
        }
        return said.isEmpty() ? null : "  " + summary.peer() + ": " + String.join("; ", said);
    }
}
