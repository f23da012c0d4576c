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
 * @param scale how large the workloads are
 */
public record Plan(
        List<Workload> workloads,
        List<String> peers,
        String baseline,
        int rounds,
        Duration warmUp,
        Duration measure,
        List<String> jvmOptions,
        Scale scale) {
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
        for (Workload workload : workloads) {
            if (workload.peersOf(peers).isEmpty()) {
                throw new IllegalArgumentException("none of the peers takes part in " + workload);
            }
        }
    }

    /** How many runs there are: one for each workload, round and peer that takes part. */
    public int runs() {
        return rounds
                * workloads.stream()
                        .mapToInt(workload -> peersOf(workload).size())
                        .sum();
    }

    /** About how long all of it takes, on a machine with two processors that has nothing else to do. */
    public Duration estimate() {
        Duration all = Duration.ZERO;
        for (Workload workload : workloads) {
            int runs = rounds * peersOf(workload).size();
            all = all.plus(workload.estimate(warmUp, measure, scale).multipliedBy(runs));
        }
        return all;
    }

    /** The peer that ratios are against in a workload: the baseline, if it takes part and the workload has none of its own, or the last. */
    public String baselineOf(Workload workload) {
        List<String> taking = peersOf(workload);
        return taking.contains(baseline) && peers.containsAll(taking) ? baseline : taking.get(taking.size() - 1);
    }

    /** The peers that take part in a workload, in the order in which each round runs them. */
    public List<String> peersOf(Workload workload) {
        return workload.peersOf(peers);
    }
}
