package dev.gapless.internal;

/** The times that the actors hand to the core, which reads no clock itself. */
final class Clock {
    private Clock() {}

    /** The time of day, in milliseconds since 1970. */
    static long nowMs() {
        return System.currentTimeMillis();
    }

    /** For durations alone: nanoseconds since some moment, never less than before. */
    static long nowNs() {
        return System.nanoTime();
    }
}
