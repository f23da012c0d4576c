package dev.gapless.node;

import dev.gapless.bench.Column;
import dev.gapless.bench.Figure;
import dev.gapless.bench.Result;
import dev.gapless.bench.Spread;
import dev.gapless.bench.Summary;
import dev.gapless.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was measured, for people: a table for each workload. */
final class BenchTable {
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
        List<Column> columns = Column.of(workload, summaries);
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
            columns.forEach(column -> row.add(cell(summary.figures(), column)));
            if (compares) {
                row.add(cell(summary.ratios(), Column.ratio(Figure.CPU)));
                row.add(cell(summary.ratios(), Column.ratio(workload.headline())));
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

    private static String cell(Map<Figure, Spread> figures, Column column) {
        Spread spread = figures.get(column.figure());
        return spread == null
                ? "-"
                : column.said(spread.median()) + " [" + column.said(spread.min()) + " " + column.said(spread.max())
                        + "]";
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
