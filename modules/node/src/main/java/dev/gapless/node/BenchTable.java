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

    /** All that there are; a table has those of its workload. */
    private static final List<Column> COLUMNS = List.of(
            new Column("thousand/s", Figure.RATE, 1_000, "%.1f"),
            new Column("median us", Figure.LATENCY_MEDIAN, 1, "%.0f"),
            new Column("99th us", Figure.LATENCY_P99, 1, "%.0f"),
            new Column("max us", Figure.LATENCY_MAX, 1, "%.0f"),
            new Column("level ms", Figure.LEVEL, 1, "%.0f"),
            new Column("announced", Figure.ANNOUNCED, 1, "%.0f"),
            new Column("told after kill ms", Figure.TOLD, 1, "%.0f"),
            new Column("told after member ms", Figure.TOLD_AFTER_MEMBER, 1, "%.0f"),
            new Column("caught up ms", Figure.CATCH_UP, 1, "%.0f"),
            new Column("CPU us", Figure.CPU, 1, "%.2f"),
            new Column("CPU us, one stuck", Figure.CPU_ONE_STUCK, 1, "%.2f"),
            new Column("of it free", Figure.CPU_RATIO_ONE_STUCK, 1, "%.2f"),
            new Column("bytes", Figure.ALLOCATED, 1, "%.0f"),
            new Column("peak heap MiB", Figure.PEAK_HEAP, 1 << 20, "%.0f"),
            new Column("heap/topic, unused", Figure.HEAP_UNUSED, 1, "%.0f"),
            new Column("heap/topic, ten messages", Figure.HEAP_USED, 1, "%.0f"),
            new Column("settled s", Figure.SETTLED, 1_000, "%.1f"),
            new Column("idle CPU ms/s", Figure.IDLE_CPU, 1, "%.1f"),
            new Column("unused topics", Figure.IDLE_CPU_UNUSED, 1, "%.1f"),
            new Column("no topics", Figure.IDLE_CPU_EMPTY, 1, "%.1f"));

    private BenchTable() {}

    static List<String> of(Result result) {
        List<String> lines = new ArrayList<>(List.of(
                "Median [lowest highest] of the quiet runs. CPU and bytes allocated are of all processes, for each delivery."
                        + " Ratios are to " + result.plan().baseline()
                        + " (W9: pekko, W10: jackson), within a round."));
        for (Workload workload : result.plan().workloads()) {
            lines.add("");
            lines.add(workload + ": " + workload.description());
            lines.addAll(table(workload, result.of(workload)));
        }
        return lines;
    }

    private static List<String> table(Workload workload, List<Summary> summaries) {
        List<Column> columns = COLUMNS.stream()
                .filter(column ->
                        summaries.stream().anyMatch(summary -> summary.figures().containsKey(column.figure())))
                .filter(column -> column.figure() != Figure.RATE || workload.ratePerSecond() == 0)
                .toList();
        Table table = new Table(2);
        List<String> names = new ArrayList<>(List.of("peer", "quiet runs"));
        columns.forEach(column -> names.add(column.name()));
        boolean compares = summaries.size() > 1;
        if (compares) {
            names.addAll(List.of("CPU ratio", workload.headline() == Figure.RATE ? "rate ratio" : "ratio"));
        }
        table.row(names.toArray(String[]::new));
        List<String> notes = new ArrayList<>();
        for (Summary summary : summaries) {
            List<String> row = new ArrayList<>(List.of(
                    summary.peer(), summary.quiet() + " of " + summary.runs().size()));
            columns.forEach(column -> row.add(column.cell(summary.figures())));
            if (compares) {
                row.add(new Column("", Figure.CPU, 1, "%.2f").cell(summary.ratios()));
                row.add(new Column("", workload.headline(), 1, "%.2f").cell(summary.ratios()));
            }
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
