package dev.gapless.bench.process;

/** What one process of a run does. */
@FunctionalInterface
interface Job {
    /** Does it, as it is ordered; the process ends afterwards. */
    void run(Dialogue dialogue) throws Exception;
}
