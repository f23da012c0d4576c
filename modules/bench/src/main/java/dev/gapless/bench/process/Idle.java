package dev.gapless.bench.process;

/** What a node used that had nothing to do; of several nodes the sums, and the longest time. */
public record Idle(long heapBytes, long cpuNs, long elapsedNs) {
    private static final int FIELDS = 3;

    /** As a process tells it. */
    public String line() {
        return heapBytes + " " + cpuNs + " " + elapsedNs;
    }

    /** What {@link #line} made. */
    public static Idle parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != FIELDS) {
            throw new IllegalArgumentException("'" + line + "' is not what an idle node used");
        }
        return new Idle(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    /** Of both. */
    public Idle plus(Idle other) {
        return new Idle(heapBytes + other.heapBytes, cpuNs + other.cpuNs, Math.max(elapsedNs, other.elapsedNs));
    }
}
