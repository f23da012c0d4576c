package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.BenchRowPublisher;
import dev.gapless.bench.peer.ClusterNode;
import java.util.List;

/**
 * Has the rows of a table, and publishes how one of a hundred changes.
 *
 * <pre>
 *                              listening ADDRESS
 *   connect ADDRESS...         ready, source PORT
 *   run (END RATE)... RATE                             so many a second until then, and at last until it is to stop
 *   stop                       published N
 * </pre>
 */
record RowsPublisher(int keys) implements Job {
    private static final int OF_A_HUNDRED = 100;

    private static final long LOOK_NS = 100_000_000;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        BenchRowPublisher node = new BenchRowPublisher(ClusterNode.GAPLESS, keys, Math.max(1, keys / OF_A_HUNDRED));
        Connecting.connect(dialogue, node);
        dialogue.say("source", new RowServer(node).port());
        Publishing publishing = new Publishing(node, BenchMessage.BYTES);
        while (true) {
            List<String> order = dialogue.take("run");
            int last = order.size() - 1;
            for (int i = 0; i < last; i += 2) {
                publishing.runUntil(Long.parseLong(order.get(i)), Integer.parseInt(order.get(i + 1)));
            }
            while (!dialogue.isOrdered()) {
                publishing.runUntil(System.nanoTime() + LOOK_NS, Integer.parseInt(order.get(last)));
            }
            dialogue.take("stop");
            dialogue.say("published", publishing.published());
        }
    }
}
