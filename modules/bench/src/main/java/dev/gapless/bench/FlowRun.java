package dev.gapless.bench;

import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.Latencies;
import dev.gapless.bench.process.Story;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Messages flow from one publisher to its subscribers, and nothing else happens. */
final class FlowRun extends OneRun {
    /** Each of 30 nodes in a JVM has a feed. */
    private static final String HEAP_OF_MANY_NODES = "-Xmx3g";

    FlowRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = options();
        List<Child> all = new ArrayList<>();
        all.add(startPublisher(this, options));
        for (int i = 1; i <= workload.subscribers(); i++) {
            all.add(startSubscriber(this, "subscriber-" + i, options));
        }
        connect(all);

        double others = observe(all);

        String published = all.get(0).answer("published", PATIENCE);
        List<Usage> used = usedBy(all);
        boolean answered = workload == Workload.R_RECEIPT;
        if (answered) {
            putLatencies(Latencies.parse(all.get(0).answer("latencies", PATIENCE)));
        }
        List<Child> subscribers = all.subList(1, all.size());
        for (Child subscriber : subscribers) {
            subscriber.order("expect " + published);
        }
        for (Child subscriber : subscribers) {
            Seen seen = seenBy(subscriber);
            if (seen.story().announced() > 0) {
                throw new RunFailure("the subscription was told that it missed "
                        + seen.story().announced() + " messages");
            }
            if (workload.isPaced() && !answered) {
                putLatencies(seen.latencies());
            }
        }
        putUsage(used, 1);
        if (workload.growth() == Growth.SYSTEMS) {
            Usage publisher = used.get(0);
            figures.put(Figure.CPU_PUBLISHER, publisher.cpuNs() / NS_PER_US / publisher.count());
        }
        return others;
    }

    private String[] options() {
        if (workload.growth() == Growth.RING) {
            return new String[] {ring(workload.amount())};
        }
        return workload.growth() == Growth.SYSTEMS ? new String[] {HEAP_OF_MANY_NODES} : new String[0];
    }

    static Child startPublisher(OneRun run, String... options) throws RunFailure, IOException {
        return run.children.start(
                "publisher",
                options(run, "publisher", options),
                run.workload == Workload.R_RECEIPT ? BenchProcess.ANSWERED_PUBLISHER : BenchProcess.PUBLISHER,
                name(run),
                run.workload.messageBytes(),
                run.workload.ratePerSecond());
    }

    private static List<String> options(OneRun run, String role, String... more) throws IOException {
        List<String> options = run.options(more);
        if (run.peer.name().equals(Peers.DURABLE)) {
            options.addAll(run.durable(role));
        }
        return options;
    }

    private static String name(OneRun run) {
        return switch (run.workload) {
            case W10 -> Peers.TYPED;
            case R_RECEIPT -> run.peer.name().equals("tell") ? Peers.ANSWERED : Peers.RECEIPT;
            default -> run.peer.name();
        };
    }

    static Child startSubscriber(OneRun run, String role, String... options) throws RunFailure, IOException {
        List<String> jvm = options(run, role, options);
        Workload workload = run.workload;
        if (workload.growth() == Growth.SYSTEMS) {
            return run.children.start(role, jvm, BenchProcess.NODES, workload.amount());
        } else if (workload.growth() == Growth.SUBSCRIPTIONS) {
            return run.children.start(role, jvm, BenchProcess.SUBSCRIPTIONS, workload.amount());
        }
        return run.children.start(role, jvm, BenchProcess.SUBSCRIBER, name(run), workload.messageBytes());
    }

    /** What a subscriber tells after it has checked everything. */
    record Seen(Latencies latencies, Story story) {}

    /** Throws RunFailure if something was not right. */
    static Seen seenBy(Child subscriber) throws RunFailure, InterruptedException {
        String problem = subscriber.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        return new Seen(
                Latencies.parse(subscriber.answer("latencies", PATIENCE)),
                Story.parse(subscriber.answer("story", PATIENCE)));
    }
}
