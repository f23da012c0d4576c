package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchJsonPublisher;
import dev.gapless.bench.peer.Sent;
import dev.gapless.bench.peer.Traffic;
import dev.gapless.gateway.GaplessGateway;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A node with a gateway. It publishes JSON, or another one does.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready, port PORT
 *   heap                 heap BYTES
 *   sent                 sent MESSAGES BYTES                        so far, to other nodes
 *   burst N              published N                                so many at once
 *   run BEGIN END ...    used ... for each time from BEGIN to END, published N
 * </pre>
 *
 * @param ratePerSecond 0 for as fast as it can; less for not at all
 */
record GatewayNode(int messageBytes, int ratePerSecond) implements Job {
    /** It goes on for a while: what is measured ends under load. */
    static final long TAIL_NS = 100_000_000;

    /** Objects with finalizers and cleaners go with the second or third one. */
    private static final int COLLECTIONS = 3;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        BenchJsonPublisher node = new BenchJsonPublisher(messageBytes);
        GaplessGateway gateway = GaplessGateway.start(node.system());
        Connecting.connect(dialogue, node);
        dialogue.say("port", gateway.port());
        Publishing publishing = new Publishing(node, messageBytes);
        while (true) {
            List<String> order = dialogue.take();
            switch (order.get(0)) {
                case "heap" -> dialogue.say("heap", heapBytes());
                case "sent" -> {
                    Sent sent = Traffic.sent();
                    dialogue.say("sent", sent.messages(), sent.bytes());
                }
                case "burst" -> {
                    publishing.publish(Long.parseLong(order.get(1)));
                    dialogue.say("published", publishing.published());
                }
                case "run" -> publish(dialogue, publishing, ratePerSecond, Window.of(order.subList(1, order.size())));
                default -> throw new IllegalStateException("a node with a gateway knows no '" + order.get(0) + "'");
            }
        }
    }

    static void publish(Dialogue dialogue, Publishing publishing, int ratePerSecond, List<Window> windows)
            throws Exception {
        Meter meter = new Meter(publishing::published);
        List<CompletableFuture<Usage>> used =
                windows.stream().map(meter::measuring).toList();
        long endNs = windows.get(windows.size() - 1).endNs() + TAIL_NS;
        if (ratePerSecond == 0) {
            publishing.runUntil(endNs);
        } else if (ratePerSecond > 0) {
            publishing.runUntil(endNs, ratePerSecond);
        }
        for (CompletableFuture<Usage> one : used) {
            dialogue.say("used", one.get().line());
        }
        dialogue.say("published", publishing.published());
    }

    /** Live ones. */
    static long heapBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
