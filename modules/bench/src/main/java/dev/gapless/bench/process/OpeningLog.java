package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.bench.peer.BareJournal;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import java.util.Collections;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A node that is alone fills a store, record by record, or opens what is there.
 *
 * <pre>
 *                        ready
 *   fill MESSAGES        filled
 *   open                 opened NS     until one more record was stored
 * </pre>
 *
 * @param bare whether a persistent actor does it, with an event of the same size for each record
 * @param batch how many messages a record has
 */
record OpeningLog(boolean bare, int messageBytes, int batch) implements Job {
    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(ClusterNode.GAPLESS);
        node.join(node.address(), 1);
        Gapless gapless = Gapless.get(node.system());
        store(gapless, 1).get().toCompletableFuture().join(); // to another topic, once the store is open
        dialogue.say("ready");
        var order = dialogue.take();
        if (order.get(0).equals("open")) {
            long beginNs = System.nanoTime();
            store(node, gapless).get().toCompletableFuture().join();
            dialogue.say("opened", System.nanoTime() - beginNs);
        } else {
            Supplier<CompletionStage<?>> store = store(node, gapless);
            for (int left = Integer.parseInt(order.get(1)); left > 0; left -= batch) {
                store.get().toCompletableFuture().join();
            }
            dialogue.say("filled");
        }
        dialogue.take("end");
    }

    /** Stores a record. */
    private Supplier<CompletionStage<?>> store(ClusterNode node, Gapless gapless) {
        if (bare) {
            BareJournal journal = BareJournal.of(node.system());
            byte[] event = BenchMessage.of(messageBytes * batch, 0, 0);
            return () -> journal.store(event, 1);
        }
        return store(gapless, 0);
    }

    private Supplier<CompletionStage<?>> store(Gapless gapless, int topic) {
        Producer<byte[]> producer = gapless.producer(GaplessPeer.topic(topic));
        var messages = Collections.nCopies(batch, BenchMessage.of(messageBytes, 0, 0));
        return () -> producer.publishAll(messages);
    }
}
