package dev.gapless.internal;

import org.slf4j.Logger;

/** Tells the operator of losses, at most so many lines in a while; how many were left out is told with the next. */
final class LossLog {
    private static final int LINES = 10;
    private static final long WHILE_NS = 60_000_000_000L;

    private final Logger log;
    private long sinceNs = System.nanoTime();
    private int lines;
    private long leftOut;

    LossLog(Logger log) {
        this.log = log;
    }

    void log(String line, Object... arguments) {
        long nowNs = System.nanoTime();
        if (nowNs - sinceNs > WHILE_NS) {
            sinceNs = nowNs;
            lines = 0;
        }
        if (lines >= LINES) {
            leftOut++;
            return;
        }
        lines++;
        if (leftOut > 0) {
            log.warn("{} lines like the following were left out", leftOut);
            leftOut = 0;
        }
        log.warn(line, arguments);
    }
}
