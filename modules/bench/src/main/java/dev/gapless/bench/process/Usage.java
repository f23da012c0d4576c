package dev.gapless.bench.process;

/**
 * What a process did and used while it was measured.
 *
 * @param elapsedNs how long that was
 * @param count messages published or received
 * @param cpuNs CPU time of all threads, those of the JVM included
 * @param allocatedBytes by all threads that still lived at the end
 * @param peakHeapBytes the peaks of the heap's parts, summed up
 * @param sentBytes to other nodes, if the process counts that ({@link dev.gapless.bench.peer.Traffic#OPTION})
 */
public record Usage(long elapsedNs, long count, long cpuNs, long allocatedBytes, long peakHeapBytes, long sentBytes) {
    private static final int FIELDS = 6;

    /** As a process tells it. */
    public String line() {
        return elapsedNs + " " + count + " " + cpuNs + " " + allocatedBytes + " " + peakHeapBytes + " " + sentBytes;
    }

    /** What {@link #line} made. */
    public static Usage parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != FIELDS) {
            throw new IllegalArgumentException("'" + line + "' is not what a process used");
        }
        return new Usage(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
    }
}
