package dev.gapless.bench.report;

import dev.gapless.bench.Column;
import dev.gapless.bench.Spread;
import dev.gapless.bench.Summary;
import java.util.List;
import java.util.stream.Collectors;

/** A bar for each peer, with the median, the lowest and the highest of a figure. */
final class BarChart {
    private static final int WIDTH = 760;
    private static final int LEFT = 130;
    private static final int RIGHT = 90;
    private static final int TOP = 44;
    private static final int ROW = 28;
    private static final int BAR = 16;
    private static final int BOTTOM = 50;

    private BarChart() {}

    static String of(String title, Column column, List<Summary> summaries) {
        String said = summaries.stream()
                .map(summary -> summary.peer() + " " + Cells.of(summary, column))
                .collect(Collectors.joining("; "));
        int height = TOP + ROW * summaries.size() + BOTTOM;
        Svg svg = new Svg(WIDTH, height, title, said);
        Axis axis = Axis.to(summaries.stream()
                .flatMap(summary -> Cells.spread(summary, column).stream())
                .mapToDouble(spread -> spread.max() / column.unit())
                .max()
                .orElse(1));
        double bottom = TOP + ROW * summaries.size();
        for (double tick : axis.ticks()) {
            double x = x(axis, tick);
            svg.line(tick == 0 ? "axis" : "grid", x, TOP, x, bottom);
            svg.text("soft", x, bottom + 18, Svg.MIDDLE, axis.said(tick));
        }
        svg.text("soft", (LEFT + WIDTH - RIGHT) / 2.0, bottom + 38, Svg.MIDDLE, column.title());
        double y = TOP + (ROW - BAR) / 2.0;
        for (Summary summary : summaries) {
            boolean own = summary.peer().equals(Cells.OWN);
            svg.text("text", LEFT - 10, y + 13, Svg.END, summary.peer());
            Spread spread = Cells.spread(summary, column).orElse(null);
            if (spread == null) {
                svg.text("soft", LEFT + 8, y + 13, Svg.START, Cells.NONE_QUIET);
            } else {
                double middle = y + BAR / 2.0;
                double median = x(axis, spread.median() / column.unit());
                double highest = x(axis, spread.max() / column.unit());
                svg.bar(own, LEFT, y, median - LEFT, BAR, summary.peer() + " " + Cells.of(summary, column));
                svg.spreadAlong(x(axis, spread.min() / column.unit()), highest, middle);
                svg.text("text", highest + 8, y + 13, Svg.START, column.said(spread.median()));
            }
            y += ROW;
        }
        return svg.end();
    }

    private static double x(Axis axis, double value) {
        return LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT);
    }
}
