package dev.gapless.bench;

import dev.gapless.bench.Machine.Ticks;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Latencies;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: starts its processes, lets messages flow, and asks what was measured. All processes measure from the same moment to the
 * same moment; the clock is the machine's. Afterwards every subscriber must have had every message, those of the warm-up included.
 */
final class OneRun {
    /** For a process to start and to connect, and for its answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final double NS_PER_US = 1_000;
    private static final double NS_PER_S = 1_000_000_000;

    private final Plan plan;
    private final Workload workload;
    private final String peer;
    private final Children children;

    OneRun(Plan plan, Workload workload, String peer, Children children) {
        this.plan = plan;
        this.workload = workload;
        this.peer = peer;
        this.children = children;
    }

    /** Runs it; its processes are left to be ended. */
    Run run(int round) throws RunFailure, IOException, InterruptedException {
        Child publisher = children.start(peer, BenchProcess.PUBLISHER, workload.ratePerSecond());
        List<Child> subscribers = new ArrayList<>();
        for (int i = 1; i <= workload.subscribers(); i++) {
            subscribers.add(children.start(peer, "subscriber-" + i, workload.ratePerSecond()));
        }
        List<Child> all = new ArrayList<>(List.of(publisher));
        all.addAll(subscribers);
        connect(all);

        long beginNs = System.nanoTime() + plan.warmUp().toNanos();
        long endNs = beginNs + plan.measure().toNanos();
        for (Child child : all) {
            child.order("run " + beginNs + " " + endNs);
        }
        sleepUntil(beginNs);
        Ticks begin = Machine.now();
        long ownBeginNs = ownCpuNs();
        sleepUntil(endNs);
        Ticks end = Machine.now();
        long ownNs = ownCpuNs() - ownBeginNs;

        String published = publisher.answer("published", PATIENCE);
        List<Usage> used = new ArrayList<>();
        for (Child child : all) {
            used.add(Usage.parse(child.answer("used", PATIENCE)));
        }
        List<Latencies> latencies = check(published, subscribers);
        double cpuNs = used.stream().mapToLong(Usage::cpuNs).sum() + (double) ownNs;
        double processors = Runtime.getRuntime().availableProcessors();
        double others = begin == null || end == null
                ? Double.NaN
                : end.othersSince(begin, cpuNs / (plan.measure().toNanos() * processors));
        return new Run(workload, round, peer, figures(used, latencies), others, "");
    }

    private static void connect(List<Child> all) throws RunFailure, InterruptedException {
        List<String> addresses = new ArrayList<>();
        for (Child child : all) {
            addresses.add(child.answer("listening", PATIENCE));
        }
        for (Child child : all) {
            child.order("connect " + String.join(" ", addresses));
        }
        for (Child child : all) {
            child.answer("ready", PATIENCE);
        }
    }

    private static List<Latencies> check(String published, List<Child> subscribers)
            throws RunFailure, InterruptedException {
        for (Child subscriber : subscribers) {
            subscriber.order("expect " + published);
        }
        List<Latencies> latencies = new ArrayList<>();
        for (Child subscriber : subscribers) {
            String problem = subscriber.answer("checked", PATIENCE);
            if (!problem.isEmpty()) {
                throw new RunFailure(problem);
            }
            latencies.add(Latencies.parse(subscriber.answer("latencies", PATIENCE)));
        }
        return latencies;
    }

    /** @param used by the publisher, and then by the subscribers */
    private Map<Figure, Double> figures(List<Usage> used, List<Latencies> latencies) throws RunFailure {
        List<Usage> receiving = used.subList(1, used.size());
        double deliveries = receiving.stream().mapToLong(Usage::count).sum();
        if (deliveries == 0) {
            throw new RunFailure("no message arrived while it was measured");
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(
                Figure.RATE,
                receiving.stream()
                        .mapToDouble(usage -> usage.count() * NS_PER_S / usage.elapsedNs())
                        .average()
                        .orElseThrow());
        figures.put(Figure.CPU, used.stream().mapToLong(Usage::cpuNs).sum() / NS_PER_US / deliveries);
        figures.put(
                Figure.ALLOCATED, used.stream().mapToLong(Usage::allocatedBytes).sum() / deliveries);
        figures.put(Figure.PEAK_HEAP, (double)
                used.stream().mapToLong(Usage::peakHeapBytes).sum());
        if (workload.isPaced()) {
            Latencies only = latencies.get(0);
            figures.put(Figure.LATENCY_MEDIAN, only.medianNs() / NS_PER_US);
            figures.put(Figure.LATENCY_P99, only.p99Ns() / NS_PER_US);
            figures.put(Figure.LATENCY_MAX, only.maxNs() / NS_PER_US);
        }
        return figures;
    }

    private static long ownCpuNs() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    /** Ends early if the processes were ended, which the next answer tells. */
    private void sleepUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0 && !children.isClosed(); left = ns - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, 100_000_000));
        }
    }
}
