package dev.gapless.node;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** One line on a terminal's standard error that counts; nothing at all where no terminal is. */
final class Progress {
    private static final long INTERVAL_NS = Duration.ofMillis(200).toNanos();
    private static final String CLEAR_LINE = "\r\033[2K";

    private final PrintWriter err;
    private final String what;
    private final boolean shown;
    private long startNs = System.nanoTime();
    private long lastNs = startNs;

    /** @param what what is counted, in the plural */
    Progress(PrintWriter err, String what, boolean shown) {
        this.err = err;
        this.what = what;
        this.shown = shown;
    }

    /** From now on it counts. */
    void begin() {
        startNs = System.nanoTime();
        lastNs = startNs;
    }

    void update(long count) {
        if (!shown) {
            return;
        }
        long nowNs = System.nanoTime();
        if (nowNs - lastNs >= INTERVAL_NS) {
            lastNs = nowNs;
            double seconds = (nowNs - startNs) / 1e9;
            print(String.format(Locale.ROOT, "%,d %s, %,.0f/s", count, what, count / seconds));
        }
    }

    /** Shows this until something else is. */
    void print(String line) {
        if (shown) {
            err.print(CLEAR_LINE + line);
            err.flush();
        }
    }

    /** Clears the line. */
    void end() {
        if (shown) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    /** The time since it began. */
    String elapsed() {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startNs) / 1e9);
    }
}
