package dev.gapless.bench.process;

/** When is measured, as of System.nanoTime(), which is the same clock for all processes of a machine. */
record Window(long beginNs, long endNs) {
    static final Window NONE = new Window(0, 0);

    boolean contains(long ns) {
        return ns - beginNs >= 0 && endNs - ns > 0;
    }
}
