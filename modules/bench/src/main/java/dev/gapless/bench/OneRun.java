package dev.gapless.bench;

import dev.gapless.bench.peer.PeerKind;
import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.Latencies;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: starts its processes, lets messages flow, and asks what was measured. All processes measure from the same moment to the
 * same moment; the clock is the machine's. Afterwards every subscriber must have had every message, those of the warm-up included.
 */
abstract sealed class OneRun
        permits CatchUpRun,
                ClientsRun,
                DurableRun,
                FarReturnRun,
                FlowRun,
                IdleClientsRun,
                IdleRun,
                JacksonRun,
                ManyTopicsRun,
                OpeningRun,
                PausedRun,
                ReadyRun,
                RestartRun,
                ReturnRun,
                RollingRun,
                SlowRun,
                StopRun,
                StuckRun,
                TableReturnRun,
                TableRun {
    /** For a process to start and to connect, and for its answers. */
    static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Thirty nodes of one process take a while. */
    private static final Duration CONNECTING = Duration.ofMinutes(5);

    static final double NS_PER_US = 1_000;
    static final double NS_PER_MS = 1_000_000;
    static final double NS_PER_S = 1_000_000_000;

    final Plan plan;
    final Workload workload;
    final PeerKind peer;
    final Children children;
    final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

    OneRun(Plan plan, Workload workload, String peer, Children children) {
        this.plan = plan;
        this.workload = workload;
        this.peer = Peers.of(peer);
        this.children = children;
    }

    static OneRun of(Plan plan, Workload workload, String peer, Children children) {
        return switch (workload) {
            case W1, W2, W3, W8_16B, W8_1K, W8_16K, D_DELIVERY, R_RECEIPT ->
                new FlowRun(plan, workload, peer, children);
            case W4, W4B, W4B_RETAINED -> new StopRun(plan, workload, peer, children);
            case W5 -> new RestartRun(plan, workload, peer, children);
            case W9_1000, W9_10000, D_REST -> new IdleRun(plan, workload, peer, children);
            case N_READY_8, N_READY_16 -> new ReadyRun(plan, workload, peer, children);
            case S_BESIDE_1, S_BESIDE_10, S_BESIDE_50, S_ALL, S_RATES -> new SlowRun(plan, workload, peer, children);
            case W6 -> new ManyTopicsRun(plan, workload, peer, children);
            case W10 ->
                peer.equals(Peers.JACKSON)
                        ? new JacksonRun(plan, workload, peer, children)
                        : new FlowRun(plan, workload, peer, children);
            case W11 -> new CatchUpRun(plan, workload, peer, children);
            case D_WAITING, D_8, D_64, D_1000, D_20000 -> new DurableRun(plan, workload, peer, children);
            case D_OPENING_1, D_OPENING_64 -> new OpeningRun(plan, workload, peer, children);
            case C_SOCKETS, C_SOCKETS_3, C_SOCKETS_12, C_MUTE, C_INGEST ->
                new ClientsRun(plan, workload, peer, children);
            case C_IDLE -> new IdleClientsRun(plan, workload, peer, children);
            case C_RETURN, C_STATE_RETURN -> new ReturnRun(plan, workload, peer, children);
            case C_RETURN_FAR -> new FarReturnRun(plan, workload, peer, children);
            case R_PAUSED -> new PausedRun(plan, workload, peer, children);
            case N_ROLLING -> new RollingRun(plan, workload, peer, children);
            case T_RETURN -> new TableReturnRun(plan, workload, peer, children);
            case T_10000, T_1000000 -> new TableRun(plan, workload, peer, children);
            case W7 -> new StuckRun(plan, workload, peer, children);
            default ->
                switch (Objects.requireNonNull(workload.growth())) {
                    case NODES, SYSTEMS, SUBSCRIPTIONS, RING, PAYLOAD -> new FlowRun(plan, workload, peer, children);
                    case TOPICS -> new ManyTopicsRun(plan, workload, peer, children);
                    case BACKLOG -> new CatchUpRun(plan, workload, peer, children);
                };
        };
    }

    /** Runs it; its processes are left to be ended. */
    final Run run(int round) throws RunFailure, IOException, InterruptedException {
        double others = measure();
        return new Run(workload, round, peer.name(), figures, others, "");
    }

    /** Puts the figures where they belong; returns what others used of the machine meanwhile. */
    abstract double measure() throws RunFailure, IOException, InterruptedException;

    /** The JVM options of a process. */
    final List<String> options(String... more) {
        List<String> options = new ArrayList<>(peer.jvmOptions());
        options.addAll(List.of(more));
        return options;
    }

    /**
     * The JVM options of a node with durable topics, in a directory of its own; or in the database that system properties of this process
     * name (-Dgapless.journal.database and others).
     */
    final List<String> durable(String node) throws IOException {
        Path directory = children.directory();
        List<String> options = new ArrayList<>(List.of(
                "-Dgapless.durability=journal",
                "-Dgapless.max-pending-publishes=100000",
                "-Dgapless.node-name=" + node + "-" + directory.getFileName(),
                "-Dgapless.journal.sync=off",
                "-Dgapless.journal.directory=" + directory));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("gapless.journal."))
                .sorted()
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .forEach(options::add);
        return options;
    }

    final void putLatencies(Latencies latencies) {
        figures.put(Figure.LATENCY_MEDIAN, latencies.medianNs() / NS_PER_US);
        figures.put(Figure.LATENCY_P99, latencies.p99Ns() / NS_PER_US);
        figures.put(Figure.LATENCY_MAX, latencies.maxNs() / NS_PER_US);
    }

    /** The JVM option for rings of so many messages. */
    static String ring(long messages) {
        return "-Dgapless.buffer-messages=" + messages;
    }

    /** The JVM option for a node that keeps so many messages of a topic for its subscriptions. */
    static String cache(long messages) {
        return "-Dgapless.feed-messages=" + messages;
    }

    /** Tells all processes the addresses of all, in this order, and waits until they are connected; the addresses. */
    static List<String> connect(List<Child> all) throws RunFailure, InterruptedException {
        List<String> addresses = new ArrayList<>();
        for (Child child : all) {
            addresses.add(child.answer("listening", PATIENCE));
        }
        for (Child child : all) {
            child.order("connect " + String.join(" ", addresses));
        }
        for (Child child : all) {
            child.answer("ready", CONNECTING);
        }
        return addresses;
    }

    static List<Usage> usedBy(List<Child> children) throws RunFailure, InterruptedException {
        List<Usage> used = new ArrayList<>();
        for (Child child : children) {
            used.add(Usage.parse(child.answer("used", PATIENCE)));
        }
        return used;
    }

    /**
     * What all workloads with a flow of messages tell.
     *
     * @param used by the publishers, and then by the subscribers
     * @param publishers how many publishers there are
     */
    final void putUsage(List<Usage> used, int publishers) throws RunFailure {
        List<Usage> receiving = used.subList(publishers, used.size());
        double deliveries = receiving.stream().mapToLong(Usage::count).sum();
        if (deliveries == 0) {
            throw new RunFailure("no message arrived while it was measured");
        }
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
    }

    /** Has all of them run, and waits until they have measured; what others used of the machine meanwhile. */
    final double observe(List<Child> all) {
        long beginNs = System.nanoTime() + plan.warmUp().toNanos();
        long endNs = beginNs + plan.measure().toNanos();
        for (Child child : all) {
            child.order("run " + beginNs + " " + endNs);
        }
        sleepUntil(beginNs);
        Observation observation = new Observation(children);
        sleepUntil(endNs);
        return observation.others();
    }

    /** Ends early if the processes were ended, which the next answer tells. */
    final void sleepUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0 && !children.isClosed(); left = ns - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, 100_000_000));
        }
    }
}
