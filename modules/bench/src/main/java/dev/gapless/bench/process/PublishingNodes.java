package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchJsonPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Several nodes in one JVM that publish JSON, each a stream of its own, as fast as they can.
 *
 * <pre>
 *                        listening ADDRESS                       of the first of them
 *   connect ADDRESS...   ready
 *   run BEGIN END        used ..., published N                          by all of them
 * </pre>
 */
record PublishingNodes(int count, int messageBytes) implements Job {
    private static final int JOINING_AT_ONCE = 5;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        List<BenchJsonPublisher> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new BenchJsonPublisher(messageBytes));
        }
        dialogue.say("listening", nodes.get(0).address());
        List<String> addresses = dialogue.take("connect");
        connect(nodes, addresses.get(0), addresses.size() - 1);
        dialogue.say("ready");
        List<Publishing> all =
                nodes.stream().map(node -> new Publishing(node, messageBytes)).toList();
        Window window = Window.ordered(dialogue).get(0);
        CompletableFuture<Usage> used =
                new Meter(() -> all.stream().mapToLong(Publishing::published).sum()).measuring(window);
        publish(all, window.endNs() + GatewayNode.TAIL_NS);
        dialogue.say("used", used.get().line());
        dialogue.say("published", all.stream().mapToLong(Publishing::published).sum());
        dialogue.take("end");
    }

    private static void connect(List<BenchJsonPublisher> nodes, String first, int others) throws Exception {
        for (int i = 0; i < nodes.size(); i += JOINING_AT_ONCE) { // all at once get in each other's way
            List<BenchJsonPublisher> some = nodes.subList(i, Math.min(nodes.size(), i + JOINING_AT_ONCE));
            some.forEach(node -> node.join(first));
            for (BenchJsonPublisher node : some) {
                node.join(first, others + i + some.size());
            }
        }
    }

    private static void publish(List<Publishing> all, long endNs) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        List<CompletableFuture<Void>> running = all.stream()
                .map(one -> CompletableFuture.runAsync(() -> runUntil(one, endNs), threads))
                .toList();
        for (CompletableFuture<Void> one : running) {
            one.get();
        }
        threads.shutdown();
    }

    private static void runUntil(Publishing one, long endNs) {
        try {
            one.runUntil(endNs);
        } catch (Exception e) {
            throw new IllegalStateException("a node does not publish", e);
        }
    }
}
