package dev.gapless.node;

import dev.gapless.bench.Benchmark;
import dev.gapless.bench.Growth;
import dev.gapless.bench.Plan;
import dev.gapless.bench.Result;
import dev.gapless.bench.ResultJson;
import dev.gapless.bench.Run;
import dev.gapless.bench.Scale;
import dev.gapless.bench.Workload;
import dev.gapless.bench.peer.Peers;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Measures Gapless beside other ways to send messages, each in JVMs of its own on this machine.",
            "Each round runs every peer once. Each subscriber checks that every message came, once and in order; a run that"
                    + " fails the check has no figures. A run is quiet if other processes used less than 5 %% of the machine."
                    + " Figures are medians of quiet runs. Ratios are against a baseline within the same round."
        })
final class BenchCommand implements Callable<Integer> {
    private static final String BASELINE = "batches-128";

    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--workloads",
            paramLabel = "W,W",
            split = ",",
            description =
                    "Which workloads (default: all of W but W4B_RETAINED, none of C, D, G, N, R, S and T): W1, one publisher to one subscriber, as fast as it can; W2, one to"
                            + " three; W3, latency at 10,000 messages a second; W4, the subscriber is stopped for 5 s; W4B and"
                            + " W4B_RETAINED, for longer than the ring lasts; W5, the publisher is killed; W7, a subscription of 1,000 is stuck; W6, four publishers of 16 topics; W10, messages of a class;"
                            + " W11, 1,000 subscriptions catch up at once; W8, messages of"
                            + " 16 bytes, 1 KiB and 16 KiB; W9, 1,000 and 10,000 topics with nothing to do. All peers take part in W1"
                            + " to W3, gapless and at most one other in the others. C_SOCKETS, C_SOCKETS_3, C_SOCKETS_12, C_MUTE, C_INGEST, C_IDLE, C_RETURN, C_RETURN_FAR and C_STATE_RETURN, or C for all of"
                            + " them: WebSocket clients of a gateway, beside a bare Jetty. D_WAITING, D_8, D_64, D_1000, D_20000, D_DELIVERY, D_OPENING_1,"
                            + " D_OPENING_64 and D_REST, or D for all of them: durable topics, beside bare pekko-persistence or topics in memory. T_10000, T_1000000 and T_RETURN, or T for all of them: a table of so many keys, and a node that returns to it, beside a handler with a HashMap. R_RECEIPT: receipts, beside tells that are answered. R_PAUSED: receipts beside a paused subscription. S_BESIDE_1, S_BESIDE_10, S_BESIDE_50, S_ALL and S_RATES, or S for all of them: subscriptions that are slower than the publisher. N_READY_8, N_READY_16 and N_ROLLING, or N for all of them: what so many nodes send until they have subscribed to 200 topics, and publishing nodes that are restarted one after the other. G_NODES, G_SYSTEMS, G_TOPICS,"
                            + " G_SUBSCRIPTIONS, G_RING, G_PAYLOAD and G_BACKLOG, or G for all of them: what a message costs with more and more of that.")
    private List<String> workloads = List.of();

    @Option(
            names = "--peers",
            paramLabel = "P,P",
            split = ",",
            description =
                    "Which peers, in this order (default: all but segments): gapless; tcp, batches of 64 KiB over a socket;"
                            + " batches-128 and batches-800, batches of so many messages over Pekko remoting; tell, each message by"
                            + " itself over Pekko remoting; topic, Pekko's distributed Topic; delivery, Pekko's reliable delivery. bin/bench-peers has"
                            + " more: segments, jgroups, aeron, hazelcast-ring, hazelcast-topic.")
    private List<String> peers = List.of();

    @Option(
            names = "--baseline",
            paramLabel = "P",
            description = "The peer that ratios are against (default: " + BASELINE + ", or the first peer without it).")
    private @Nullable String baseline;

    @Option(names = "--rounds", paramLabel = "N", description = "How many rounds (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long messages flow before it is measured (default: ${DEFAULT-VALUE}). After less than 10 s"
                            + " much of what is measured is the JVM's compiler.",
            defaultValue = "10s")
    private Duration warmUp;

    @Option(
            names = "--measure",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long it is measured (default: ${DEFAULT-VALUE}).",
            defaultValue = "6s")
    private Duration measure;

    @Option(names = "--json", description = "Prints one JSON document instead of tables.")
    private boolean json;

    BenchCommand(Termination termination) {
        this.termination = termination;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean allPeers = peers.isEmpty();
        Plan plan = plan();
        PrintWriter err = spec.commandLine().getErr();
        if (allPeers) {
            Peers.missing().forEach((peer, why) -> err.println(peer + " is left out: " + why));
        }
        err.println(plan.runs() + " runs, each with " + warmUp.toMillis() + " ms of warm-up and " + measure.toMillis()
                + " ms of measuring: about " + Math.max(1, plan.estimate().toMinutes()) + " minutes");
        err.flush();
        Result result;
        try (Benchmark benchmark = new Benchmark(plan, System.getProperty("java.class.path"), line -> {
            err.println(line);
            err.flush();
        })) {
            termination.requested().thenRun(benchmark::close);
            result = benchmark.run();
        }
        print(result);
        check(result);
        return 0;
    }

    /** Throws Failure unless every run that was planned has figures. */
    static void check(Result result) {
        List<Run> failed = result.failed();
        if (!failed.isEmpty()) {
            Run first = failed.get(0);
            throw new Failure(failed.size() + " of " + result.runs().size() + " runs failed; the first, "
                    + first.workload() + " of " + first.peer() + ": " + first.problem());
        } else if (!result.isComplete()) {
            throw new Failure("interrupted after " + result.runs().size() + " of "
                    + result.plan().runs() + " runs");
        }
    }

    Plan plan() {
        if (rounds < 1) {
            throw wrong("--rounds is at least 1");
        }
        if (peers.isEmpty()) {
            peers = Peers.usual();
        }
        List<Workload> chosen = chosen();
        for (String peer : peers) {
            if (!Peers.names().contains(peer)) {
                throw wrong(
                        "--peers: there is no peer '" + peer + "'; the peers are " + String.join(", ", Peers.names()));
            }
        }
        if (peers.stream().distinct().count() < peers.size()
                || chosen.stream().distinct().count() < chosen.size()) {
            throw wrong("a peer or a workload is named twice");
        }
        if (baseline != null && !peers.contains(baseline)) {
            throw wrong("--baseline: '" + baseline + "' is not among the peers " + String.join(", ", peers));
        }
        String against = baseline != null ? baseline : peers.contains(BASELINE) ? BASELINE : peers.get(0);
        for (Workload workload : chosen) {
            if (workload.peersOf(peers).isEmpty()) {
                throw wrong("--peers: none of " + String.join(", ", peers) + " takes part in " + workload);
            }
        }
        return new Plan(chosen, peers, against, rounds, warmUp, measure, Plan.JVM_OPTIONS, Scale.FULL);
    }

    /** The workloads that are named, or begin with what is named: W8 is all of W8_16B, W8_1K and W8_16K, and G all series. */
    private List<Workload> chosen() {
        if (workloads.isEmpty()) {
            return Workload.ordinary().stream()
                    .filter(workload -> !workload.peersOf(peers).isEmpty())
                    .toList();
        }
        List<Workload> chosen = new ArrayList<>();
        for (String name : workloads) {
            String upper = name.toUpperCase(Locale.ROOT);
            List<Workload> found = Stream.of(Workload.values())
                    .filter(workload ->
                            workload.name().equals(upper) || workload.name().startsWith(upper + "_"))
                    .toList();
            if (found.isEmpty()) {
                throw wrong("--workloads: there is no workload '" + name + "'; the workloads are "
                        + Stream.concat(
                                        Stream.of(Workload.values())
                                                .filter(workload -> workload.growth() == null)
                                                .map(Workload::name),
                                        Stream.of(Growth.values()).map(growth -> "G_" + growth))
                                .collect(Collectors.joining(", ")));
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    private void print(Result result) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(ResultJson.of(result).toPrettyString());
        } else {
            BenchTable.of(result).forEach(out::println);
        }
        out.flush();
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
