package dev.gapless;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Measures what topics cost to which nobody publishes: three nodes in this JVM, each of which subscribes to each topic, against the
 * same nodes without any. {@code main TOPICS SECONDS} prints it, and of which classes the heap has more objects; with seconds also
 * the time of processors, measured for so long without topics and again with them.
 */
final class IdleTopics {
    private static final int NODES = 3;
    private static final int CLASSES_SHOWN = 40;
    /** What was stopped for the count of objects is taken for silent, and registers again; and the compiler has still to do. */
    private static final int SETTLE_SECONDS = 40;

    /** Else what registers again on a busy machine would be measured. */
    private static final String PATIENT = "gapless { ping-interval = 1m, register-backoff.min = 10s }";

    private static final Pattern CLASS = Pattern.compile("^ *\\d+: +(\\d+) +(\\d+) +(\\S+)", Pattern.MULTILINE);

    private IdleTopics() {}

    /**
     * What was measured.
     *
     * @param topics how many there were
     * @param bytes of heap, for each topic and node
     * @param classes of which there are more
     * @param seconds for which processors were measured
     * @param coresBefore of a processor, by all nodes without topics, 1 for a whole one
     * @param coresAfter the same with topics
     */
    record Cost(int topics, double bytes, List<Grown> classes, int seconds, double coresBefore, double coresAfter) {
        void print() {
            System.out.printf("  objects    bytes  class, for each topic and node%n");
            classes.stream()
                    .limit(CLASSES_SHOWN)
                    .forEach(c -> System.out.printf("%9.2f %8.1f  %s%n", c.objects, c.bytes, c.name));
            System.out.printf("%d topics on %d nodes: %.0f bytes for each topic and node%n", topics, NODES, bytes);
            if (seconds > 0) {
                System.out.printf(
                        "all nodes in %d s: %.2f %% of a core without topics, %.2f %% with them%n",
                        seconds, 100 * coresBefore, 100 * coresAfter);
            }
        }
    }

    /** How many objects of a class there are, or more than before, for each topic and node. */
    record Grown(String name, double objects, double bytes) {
        Grown per(double number) {
            return new Grown(name, objects / number, bytes / number);
        }

        Grown less(Grown before) {
            return new Grown(name, objects - before.objects, bytes - before.bytes);
        }
    }

    public static void main(String[] args) throws InterruptedException, JMException {
        measure(Integer.parseInt(args[0]), Integer.parseInt(args[1])).print();
    }

    static Cost measure(int topics, int seconds) throws InterruptedException, JMException {
        try (TestCluster cluster = TestCluster.of(NODES, seconds > 0 ? "" : PATIENT)) {
            List<Subscription> subscriptions = new ArrayList<>();
            subscribe(cluster, "first", subscriptions); // what is made once is none of the topics' cost
            double coresBefore = coresIn(seconds);
            Map<String, Grown> before = classes();
            for (int i = 0; i < topics; i++) {
                subscribe(cluster, "topic-" + i, subscriptions);
            }
            double number = (double) topics * NODES;
            List<Grown> grown = new ArrayList<>();
            classes()
                    .forEach((name, after) -> grown.add(after.less(before.getOrDefault(name, new Grown(name, 0, 0)))
                            .per(number)));
            grown.sort(Comparator.comparingDouble(Grown::bytes).reversed());
            double bytes = grown.stream().mapToDouble(Grown::bytes).sum();
            return new Cost(topics, bytes, grown, seconds, coresBefore, coresIn(seconds));
        }
    }

    private static void subscribe(TestCluster cluster, String topic, List<Subscription> subscriptions) {
        for (int node = 0; node < NODES; node++) {
            subscriptions.add(
                    cluster.gapless(node).subscribe(Topic.of(topic, String.class), StartFrom.latest(), Quiet.HANDLER));
        }
        subscriptions
                .subList(subscriptions.size() - NODES, subscriptions.size())
                .forEach(subscription -> TestCluster.get(subscription.ready()));
    }

    private static final class Quiet implements MessageHandler<String> {
        static final Quiet HANDLER = new Quiet();

        @Override
        public void onMessage(Delivery<String> delivery) {}

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    /** What {@code jcmd PID GC.class_histogram} prints: number, objects, bytes, class, and perhaps its module. */
    private static Map<String, Grown> classes() throws JMException {
        String[] reachable = {};
        Object table = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {reachable},
                        new String[] {String[].class.getName()});
        Map<String, Grown> classes = new HashMap<>();
        Matcher line = CLASS.matcher(table.toString());
        while (line.find()) {
            Grown counted = new Grown(line.group(3), Long.parseLong(line.group(1)), Long.parseLong(line.group(2)));
            classes.merge(counted.name, counted, (a, b) -> new Grown(a.name, a.objects + b.objects, a.bytes + b.bytes));
        }
        return classes;
    }

    private static double coresIn(int seconds) throws InterruptedException {
        if (seconds == 0) {
            return 0;
        }
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpuNs = system.getProcessCpuTime();
        long sinceNs = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        return (double) (system.getProcessCpuTime() - cpuNs) / (System.nanoTime() - sinceNs);
    }
}
