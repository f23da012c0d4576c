package dev.gapless.bench;

import java.time.Duration;
import java.util.List;

/**
 * What is measured.
 *
 * @param workloads in this order
 * @param peers in the order in which each round runs them
 * @param baseline one of the peers; ratios are against it
 * @param rounds how often each peer runs with each workload
 * @param warmUp how long messages flow before it is measured
 * @param measure how long it is measured
 * @param jvmOptions of every process
 */
public record Plan(
        List<Workload> workloads,
        List<String> peers,
        String baseline,
        int rounds,
        Duration warmUp,
        Duration measure,
        List<String> jvmOptions) {
    /** A heap that does not grow while it is measured, and the same collector on small machines and large ones. */
    public static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");

    public Plan {
        jvmOptions = List.copyOf(jvmOptions);
        workloads = List.copyOf(workloads);
        peers = List.copyOf(peers);
        if (workloads.isEmpty() || peers.isEmpty() || rounds < 1 || !peers.contains(baseline)) {
            throw new IllegalArgumentException(
                    "at least a workload, a peer and a round, and a baseline among the peers");
        }
    }

    /** How many runs there are: one for each workload, round and peer. */
    public int runs() {
        return workloads.size() * rounds * peers.size();
    }
}
