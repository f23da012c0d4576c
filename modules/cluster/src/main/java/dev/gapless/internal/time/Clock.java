package dev.gapless.internal.time;

/** The times that the shell hands to the core, which reads no clock itself. Thread-safe. */
public interface Clock {
    /** This machine's. */
    Clock SYSTEM = new Clock() {
        @Override
        public long ms() {
            return System.currentTimeMillis();
        }

        @Override
        public long ns() {
            return System.nanoTime();
        }
    };

    /** The time of day, in milliseconds since 1970. */
    long ms();

    /** For durations alone: nanoseconds since some moment, never less than before. */
    long ns();

    /** The time of day by this machine's clock. */
    static long nowMs() {
        return SYSTEM.ms();
    }

    /** For durations alone, by this machine's clock. */
    static long nowNs() {
        return SYSTEM.ns();
    }
}
