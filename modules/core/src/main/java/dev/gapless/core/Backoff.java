package dev.gapless.core;

/**
 * How long to wait before something is tried again: at first {@code minNs}, then twice as long each time, up to
 * {@code maxNs}.
 */
public record Backoff(long minNs, long maxNs) {

    /** The wait after so many attempts in a row, the first of which is number 0. */
    public long waitNs(int attempt) {
        long wait = minNs;
        for (int i = 0; i < attempt && wait < maxNs; i++) {
            wait *= 2;
        }
        return Math.min(wait, maxNs);
    }
}
