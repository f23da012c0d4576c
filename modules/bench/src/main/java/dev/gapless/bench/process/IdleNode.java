package dev.gapless.bench.process;

import com.sun.management.OperatingSystemMXBean;
import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.Patience;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node with many topics and nothing to do. Any order but the first may come several times.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready
 *   idle NS              idle HEAP_BYTES CPU_NS ELAPSED_NS     the heap after a collection
 *   topics N             made
 *   settle NS            settled                               once it does next to nothing; fails after so long
 *   publish N            published                             so many messages to each topic
 *   await N              got
 * </pre>
 *
 * @param config of the node
 */
record IdleNode(String config) implements Job {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final long SECOND_NS = 1_000_000_000;
    /** What a node of Pekko without topics uses in a second is about half of it. */
    private static final long NEXT_TO_NOTHING_NS = 150_000_000;

    private static final int QUIET_SECONDS = 2;
    /** Objects with finalizers and cleaners go with the second or third collection. */
    private static final int COLLECTIONS = 3;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(config);
        dialogue.say("listening", node.address());
        List<String> addresses = dialogue.take("connect");
        node.join(addresses.get(0), addresses.size());
        dialogue.say("ready");
        Topics topics = new Topics(addresses.get(0).equals(node.address()));
        while (true) {
            List<String> order = dialogue.take();
            long number = Long.parseLong(order.get(1));
            switch (order.get(0)) {
                case "idle" -> idle(dialogue, number);
                case "topics" -> {
                    topics.make(Gapless.get(node.system()), number);
                    dialogue.say("made");
                }
                case "settle" -> {
                    settle(number);
                    dialogue.say("settled");
                }
                case "publish" -> {
                    topics.publish(number);
                    dialogue.say("published");
                }
                case "await" -> {
                    topics.await(number);
                    dialogue.say("got");
                }
                default -> throw new IllegalStateException("an idle node knows no '" + order.get(0) + "'");
            }
        }
    }

    /** Waits until registrations are answered, and the compiler has caught up. */
    private static void settle(long ns) {
        long untilNs = System.nanoTime() + ns;
        int quiet = 0;
        while (quiet < QUIET_SECONDS) {
            long beginNs = System.nanoTime();
            if (beginNs - untilNs > 0) {
                throw new IllegalStateException(
                        "a node with nothing to do is still busy after " + ns / SECOND_NS + " s");
            }
            long cpuBeginNs = PROCESS.getProcessCpuTime();
            Window.sleepUntil(beginNs + SECOND_NS);
            quiet = PROCESS.getProcessCpuTime() - cpuBeginNs < NEXT_TO_NOTHING_NS ? quiet + 1 : 0;
        }
    }

    private static void idle(Dialogue dialogue, long ns) {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        long heapBytes =
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long beginNs = System.nanoTime();
        long cpuBeginNs = PROCESS.getProcessCpuTime();
        Window.sleepUntil(beginNs + ns);
        dialogue.say(
                "idle",
                new Idle(heapBytes, PROCESS.getProcessCpuTime() - cpuBeginNs, System.nanoTime() - beginNs).line());
    }

    /** A subscription of each topic, and on one node a producer. */
    private static final class Topics {
        private final boolean publishes;
        private final List<Producer<byte[]>> producers = new ArrayList<>();
        private final Counting counting = new Counting();

        Topics(boolean publishes) {
            this.publishes = publishes;
        }

        void make(Gapless gapless, long count) throws Exception {
            List<Subscription> subscriptions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Topic<byte[]> topic = Topic.of("bench-" + i, byte[].class);
                if (publishes) {
                    producers.add(gapless.producer(topic));
                }
                subscriptions.add(gapless.subscribe(topic, StartFrom.latest(), counting));
            }
            for (Subscription subscription : subscriptions) {
                var unused =
                        subscription.ready().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
            }
        }

        void publish(long each) throws Exception {
            for (int i = 0; i < each; i++) {
                for (Producer<byte[]> producer : producers) {
                    var unused = producer.publish(BenchMessage.of(BenchMessage.BYTES, i + 1, 0))
                            .toCompletableFuture()
                            .get(Patience.PROGRESS.toSeconds(), TimeUnit.SECONDS);
                }
            }
        }

        void await(long messages) throws InterruptedException {
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            while (counting.got.get() < messages && counting.problem.get() == null && System.nanoTime() - untilNs < 0) {
                Thread.sleep(5);
            }
            String problem = counting.problem.get();
            if (problem != null) {
                throw new IllegalStateException(problem);
            } else if (counting.got.get() != messages) {
                throw new IllegalStateException(counting.got.get() + " messages came, of " + messages);
            }
        }
    }
}
