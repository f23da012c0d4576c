package dev.gapless.stress;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a run of all tests may cost, as arguments for jcstress. Each test runs in {@code forks} JVMs of its own, each for
 * {@link #ITERATIONS} times {@code iterationMs}; several at once where there are more than two CPUs.
 *
 * @param split each pair of the interpreter and the two compilers runs each test, and not only the two in turn
 * @param forks JVMs for each test, or for each pair
 * @param iterationMs how long one iteration takes
 */
record Budget(boolean split, int forks, int iterationMs) {
    private static final int ITERATIONS = 4;
    private static final int PAIRS = 9;

    /** What a JVM costs beside its iterations, and what jcstress costs before the first. */
    private static final Duration JVM = Duration.ofSeconds(1);

    private static final Duration START = Duration.ofSeconds(8);

    /**
     * What fits.
     *
     * @param total for everything
     * @param variants in how many ways jcstress runs each: places for two threads on the CPUs, kinds of locks
     */
    static Budget of(Duration total, int tests, int variants, int cpus) {
        int atOnce = Math.max(1, cpus / 2);
        long eachMs = total.minus(START).toMillis() * atOnce / Math.max(1, tests * variants);
        boolean split = eachMs >= 2 * PAIRS * JVM.toMillis();
        long perPair = split ? eachMs / PAIRS : eachMs;
        int forks = (int) Math.max(1, Math.min(20, perPair / (5 * JVM.toMillis())));
        long iterationMs = (perPair / forks - JVM.toMillis()) / ITERATIONS;
        return new Budget(split, forks, (int) Math.max(20, Math.min(5_000, iterationMs)));
    }

    /** What so many runs of a test take, each with all of its forks and pairs. */
    Duration cost(int runs, int cpus) {
        long jvms = (long) runs * forks * (split ? PAIRS : 1);
        long jvmMs = JVM.toMillis() + (long) ITERATIONS * iterationMs;
        return START.plusMillis(jvms * jvmMs / Math.max(1, cpus / 2));
    }

    List<String> arguments() {
        return List.of(
                "-sc", Boolean.toString(split),
                "-f", Integer.toString(forks),
                "-iters", Integer.toString(ITERATIONS),
                "-time", Integer.toString(iterationMs));
    }

    /** Reads {@code 90s}, {@code 10m}, {@code 2h}. */
    static Duration parse(String text) {
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
}
