package dev.gapless.bench.report;

import dev.gapless.bench.Column;
import dev.gapless.bench.Growth;
import dev.gapless.bench.Spread;
import dev.gapless.bench.Summary;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** A figure over the workloads of a series, with a line for each peer. The workloads stand at even distances. */
final class LineChart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;
    private static final int LEFT = 80;
    private static final int RIGHT = 40;
    private static final int TOP = 74;
    private static final int BOTTOM = 60;
    private static final int LEGEND = 48;

    private LineChart() {}

    /** @param summaries of all peers, in the order of their workloads */
    static String of(String title, Column column, Growth growth, List<Summary> summaries) {
        String said =
                summaries.stream().map(summary -> said(growth, summary, column)).collect(Collectors.joining("; "));
        Svg svg = new Svg(WIDTH, HEIGHT, title, said);
        List<Spread> spreads = summaries.stream()
                .flatMap(summary -> Cells.spread(summary, column).stream())
                .toList();
        Axis axis = Axis.of(
                spreads.stream().mapToDouble(Spread::min).min().orElse(0) / column.unit(),
                spreads.stream().mapToDouble(Spread::max).max().orElse(0) / column.unit());
        double lowest = axis.ticks().get(0);
        for (double tick : axis.ticks()) {
            double y = y(axis, tick);
            svg.line(tick == lowest ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
            svg.text("soft", LEFT - 8, y + 4, Svg.END, axis.said(tick));
        }
        List<Integer> amounts =
                summaries.stream().map(LineChart::amount).distinct().toList();
        for (int i = 0; i < amounts.size(); i++) {
            String amount = String.format(Locale.ROOT, "%,d", amounts.get(i));
            svg.text("soft", x(i, amounts.size()), HEIGHT - BOTTOM + 20, Svg.MIDDLE, amount);
        }
        svg.text("soft", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16, Svg.MIDDLE, growth.counted());
        svg.text("soft", 16, LEGEND + 4, Svg.START, column.title() + (axis.logarithmic() ? ", logarithmic" : ""));
        double legend = WIDTH - RIGHT - 330;
        for (String peer : summaries.stream().map(Summary::peer).distinct().toList()) {
            legend += 120;
            svg.mark(peer.equals(Cells.OWN), legend, LEGEND, peer);
            svg.text("text", legend + 12, LEGEND + 4, Svg.START, peer);
            line(
                    svg,
                    axis,
                    column,
                    growth,
                    amounts,
                    summaries.stream()
                            .filter(summary -> summary.peer().equals(peer))
                            .toList());
        }
        return svg.end();
    }

    private static void line(
            Svg svg, Axis axis, Column column, Growth growth, List<Integer> amounts, List<Summary> ofPeer) {
        String style = ofPeer.get(0).peer().equals(Cells.OWN) ? "line own" : "line";
        double lastX = Double.NaN;
        double lastY = Double.NaN;
        for (Summary summary : ofPeer) {
            double x = x(amounts.indexOf(amount(summary)), amounts.size());
            double y = Cells.spread(summary, column)
                    .map(spread -> y(axis, spread.median() / column.unit()))
                    .orElse(Double.NaN);
            if (!Double.isNaN(lastY + y)) {
                svg.line(style, lastX, lastY, x, y);
            }
            lastX = x;
            lastY = y;
        }
        for (Summary summary : ofPeer) {
            Spread spread = Cells.spread(summary, column).orElse(null);
            if (spread != null) {
                boolean own = summary.peer().equals(Cells.OWN);
                double x = x(amounts.indexOf(amount(summary)), amounts.size());
                double y = y(axis, spread.median() / column.unit());
                svg.spreadUp(x, y(axis, spread.min() / column.unit()), y(axis, spread.max() / column.unit()));
                svg.mark(own, x, y, said(growth, summary, column));
                svg.text(
                        "text value",
                        x + (own ? 10 : -10),
                        y - 8,
                        own ? Svg.START : Svg.END,
                        column.said(spread.median()));
            }
        }
    }

    private static String said(Growth growth, Summary summary, Column column) {
        return String.format(
                Locale.ROOT,
                "%s, %s %,d: %s",
                summary.peer(),
                growth.counted(),
                amount(summary),
                Cells.of(summary, column));
    }

    private static int amount(Summary summary) {
        Objects.requireNonNull(summary.workload().growth());
        return summary.workload().amount();
    }

    private static double x(int index, int of) {
        return LEFT + (index + 0.5) * (WIDTH - LEFT - RIGHT) / of;
    }

    private static double y(Axis axis, double value) {
        return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - BOTTOM - TOP);
    }
}
