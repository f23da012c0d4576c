package dev.gapless.bench.report;

import dev.gapless.bench.Column;
import dev.gapless.bench.Spread;
import dev.gapless.bench.Summary;
import java.util.Optional;

/** What is written of a summary. Figures of noisy runs are not to be quoted, so they are left out here. */
final class Cells {
    /** The peer that stands out. */
    static final String OWN = "gapless";

    static final String NONE_QUIET = "no quiet round";
    private static final String NOTHING = "–";

    private Cells() {}

    static Optional<Spread> spread(Summary summary, Column column) {
        return summary.noisyFigures()
                ? Optional.empty()
                : Optional.ofNullable(summary.figures().get(column.figure()));
    }

    /** A figure: the median, the lowest and the highest. */
    static String of(Summary summary, Column column) {
        return said(spread(summary, column), column);
    }

    /** The ratio of a figure. */
    static String ratio(Summary summary, Column column) {
        return said(
                summary.noisyRatios()
                        ? Optional.empty()
                        : Optional.ofNullable(summary.ratios().get(column.figure())),
                Column.ratio(column.figure()));
    }

    private static String said(Optional<Spread> spread, Column column) {
        return spread.map(of ->
                        column.said(of.median()) + " (" + column.said(of.min()) + " to " + column.said(of.max()) + ")")
                .orElse(NOTHING);
    }
}
