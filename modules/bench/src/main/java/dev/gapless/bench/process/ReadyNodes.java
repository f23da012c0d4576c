package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Ready;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Sent;
import dev.gapless.bench.peer.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Several nodes in one JVM that subscribe to many topics at once, each node to each topic. Any of them may publish to each.
 *
 * <pre>
 *                        listening ADDRESS                                        of the first of them
 *   connect ADDRESS      ready                                                    they are one cluster
 *   subscribe NS         subscribed NS MESSAGES BYTES REGISTERS ANSWERS ACKS HEAP      until all are ready, within so long
 *   publish              checked [PROBLEM], delivered N                           a message to each topic, from each node in turn
 * </pre>
 */
record ReadyNodes(int count, int topics) implements Job {
    private static final int JOINING_AT_ONCE = 4;

    /** Nothing is sent any more if nothing was for so long. */
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(1);

    @Override
    public void run(Dialogue dialogue) throws Exception {
        List<ClusterNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new ClusterNode(ClusterNode.GAPLESS));
        }
        dialogue.say("listening", nodes.get(0).address());
        dialogue.take("connect");
        for (int i = 0; i < count; i += JOINING_AT_ONCE) { // all at once get in each other's way
            List<ClusterNode> some = nodes.subList(i, Math.min(count, i + JOINING_AT_ONCE));
            some.forEach(node -> node.join(nodes.get(0).address()));
            for (ClusterNode node : some) {
                node.join(nodes.get(0).address(), i + some.size());
            }
        }
        for (ClusterNode node : nodes) {
            node.join(nodes.get(0).address(), count);
        }
        dialogue.say("ready");
        Counting counting = new Counting();
        subscribe(
                dialogue,
                nodes,
                counting,
                Long.parseLong(dialogue.take("subscribe").get(0)));
        dialogue.take("publish");
        publish(dialogue, nodes, counting);
        dialogue.take("end");
    }

    private void subscribe(Dialogue dialogue, List<ClusterNode> nodes, Counting counting, long patienceNs)
            throws Exception {
        long heapBefore = GatewayNode.heapBytes();
        long beginNs = System.nanoTime();
        Tally before = Tally.now();
        List<Subscription> all = new ArrayList<>();
        for (int topic = 0; topic < topics; topic++) {
            for (ClusterNode node : nodes) {
                all.add(Gapless.get(node.system()).subscribe(topic(topic), StartFrom.latest(), counting));
            }
        }
        List<CompletableFuture<Ready>> asked =
                all.stream().map(one -> one.ready().toCompletableFuture()).toList();
        while (!asked.stream().allMatch(CompletableFuture::isDone)) {
            if (System.nanoTime() - beginNs > patienceNs) {
                throw new IllegalStateException(
                        asked.stream().filter(one -> !one.isDone()).count() + " of " + asked.size()
                                + " subscriptions are not ready after " + patienceNs / QUIET_NS + " s; sent: "
                                + Traffic.kinds());
            }
            Thread.sleep(5);
        }
        long tookNs = System.nanoTime() - beginNs;
        for (CompletableFuture<Ready> one : asked) {
            if (!one.join().silent().isEmpty()) {
                throw new IllegalStateException(
                        "a subscription got no answer from " + one.join().silent());
            }
        }
        dialogue.say(
                "subscribed",
                tookNs + " " + quiet(patienceNs).minus(before).line() + " " + (GatewayNode.heapBytes() - heapBefore));
    }

    /** Waits until nothing is sent any more: answers are still acknowledged. */
    private static Tally quiet(long patienceNs) throws InterruptedException {
        long beginNs = System.nanoTime();
        long sinceNs = beginNs;
        Tally last = Tally.now();
        while (System.nanoTime() - sinceNs < QUIET_NS) {
            if (System.nanoTime() - beginNs > patienceNs) {
                throw new IllegalStateException("all are ready, and nodes send on and on");
            }
            Thread.sleep(20);
            Tally now = Tally.now();
            if (!now.equals(last)) {
                last = now;
                sinceNs = System.nanoTime();
            }
        }
        return last;
    }

    private void publish(Dialogue dialogue, List<ClusterNode> nodes, Counting counting) throws Exception {
        for (int topic = 0; topic < topics; topic++) {
            ClusterNode node = nodes.get(topic % count);
            var unused = Gapless.get(node.system())
                    .producer(topic(topic))
                    .publish(BenchMessage.of(BenchMessage.BYTES, topic + 1, 0))
                    .toCompletableFuture()
                    .get(Patience.PROGRESS.toSeconds(), TimeUnit.SECONDS);
        }
        long expected = (long) topics * count;
        long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
        while (counting.got.get() < expected && counting.problem.get() == null && System.nanoTime() - untilNs < 0) {
            Thread.sleep(5);
        }
        Reception.awaitTwice();
        String problem = counting.problem.get();
        long got = counting.got.get();
        dialogue.say(
                "checked", problem != null ? problem : got == expected ? "" : got + " messages came, of " + expected);
        dialogue.say("delivered", got);
    }

    private static Topic<byte[]> topic(int number) {
        return GaplessPeer.topic(number);
    }

    /** What was sent so far. */
    private record Tally(long messages, long bytes, long registers, long answers, long acks) {
        static Tally now() {
            Sent all = Traffic.sent();
            return new Tally(
                    all.messages(),
                    all.bytes(),
                    Traffic.sent("Register").messages(),
                    Traffic.sent("Registered").messages(),
                    Traffic.sent("Ack").messages());
        }

        Tally minus(Tally other) {
            return new Tally(
                    messages - other.messages,
                    bytes - other.bytes,
                    registers - other.registers,
                    answers - other.answers,
                    acks - other.acks);
        }

        String line() {
            return messages + " " + bytes + " " + registers + " " + answers + " " + acks;
        }
    }
}
