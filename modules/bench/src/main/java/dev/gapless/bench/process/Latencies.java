package dev.gapless.bench.process;

import org.HdrHistogram.Histogram;

/** Latencies of messages that were to be sent while it was measured, in nanoseconds; no messages, no latencies. */
public record Latencies(long count, long medianNs, long p99Ns, long maxNs) {
    private static final int FIELDS = 4;
    private static final double MEDIAN = 50;
    private static final double P99 = 99;

    static Latencies of(Histogram histogram) {
        return new Latencies(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(MEDIAN),
                histogram.getValueAtPercentile(P99),
                histogram.getMaxValue());
    }

    /** As a process tells it. */
    public String line() {
        return count + " " + medianNs + " " + p99Ns + " " + maxNs;
    }

    /** What {@link #line} made. */
    public static Latencies parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != FIELDS) {
            throw new IllegalArgumentException("'" + line + "' are no latencies");
        }
        return new Latencies(
                Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }
}
