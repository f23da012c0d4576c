package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.bench.peer.BareJournal;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * A node that is alone stores messages, and never has more under way than that. Latencies are from a message's beginning to its confirmation.
 *
 * <pre>
 *                        ready
 *   run BEGIN END        latencies ..., used ...
 * </pre>
 *
 * @param bare whether a persistent actor stores them, as much in one write as is best for it
 */
record StoreLoop(boolean bare, int messageBytes, int underWay) implements Job {
    private static final long HIGHEST_NS = 60_000_000_000L;
    private static final int DIGITS = 3;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(ClusterNode.GAPLESS);
        node.join(node.address(), 1);
        int batch = bare ? Math.min(BareJournal.BEST_BATCH, underWay) : 1;
        Function<byte[], CompletionStage<?>> store = store(node, batch);
        store.apply(BenchMessage.of(messageBytes, 0, 0)).toCompletableFuture().join();
        dialogue.say("ready");

        Window window = Window.ordered(dialogue).get(0);
        AtomicLong stored = new AtomicLong();
        var used = new Meter(stored::get).measuring(window);
        ConcurrentHistogram latencies = new ConcurrentHistogram(HIGHEST_NS, DIGITS);
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Semaphore free = new Semaphore(underWay);
        for (long number = 1; System.nanoTime() - window.endNs() < 0 && failures.isEmpty(); number++) {
            free.acquire(batch);
            long beginNs = System.nanoTime();
            store.apply(BenchMessage.of(messageBytes, number, beginNs)).whenComplete((done, failure) -> {
                if (failure != null) {
                    failures.add(failure);
                } else {
                    stored.addAndGet(batch);
                }
                if (window.contains(beginNs)) {
                    latencies.recordValue(Math.min(HIGHEST_NS, System.nanoTime() - beginNs));
                }
                free.release(batch);
            });
        }
        free.acquire(underWay);
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a message was not stored", failures.peek());
        }
        dialogue.say("latencies", Latencies.of(latencies).line());
        dialogue.say("used", used.get().line());
        dialogue.take("end");
    }

    private Function<byte[], CompletionStage<?>> store(ClusterNode node, int batch) {
        Gapless gapless = Gapless.get(node.system()); // which makes the tables
        if (bare) {
            BareJournal journal = BareJournal.of(node.system());
            return message -> journal.store(message, batch);
        }
        Producer<byte[]> producer = gapless.producer(GaplessPeer.topic(0));
        return producer::publish;
    }
}
