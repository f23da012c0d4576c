package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.KeyedRow;
import dev.gapless.bench.peer.Patience;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/**
 * A node that is alone publishes rows in bursts, each when the one before was taken, and keeps the newest of each key: in a table, or in a map of a handler.
 *
 * <pre>
 *                        ready         once it has each key
 *   run BEGIN END        used ..., heap BYTES_OF_A_KEY
 * </pre>
 *
 * @param byHand whether a handler keeps them
 * @param warmUp how many go before, for the compiler, also on a machine that is busy
 */
record TableLoop(boolean byHand, int keys, int warmUp) implements Job {
    private static final Topic<KeyedRow> TOPIC = Topic.of("bench-rows", KeyedRow.class);
    /** More than a ring has: it is full before the heap is measured. */
    private static final int FILLS_THE_RING = 70_000;
    /** Less than what makes a publisher wait for room: that would cost far more than what is measured. */
    private static final int BURST = 10_000;

    /** Objects with finalizers and cleaners go with the second or third collection. */
    private static final int COLLECTIONS = 3;

    @Override
    public void run(Dialogue dialogue) throws Exception {
        ClusterNode node = new ClusterNode(ClusterNode.GAPLESS);
        node.join(node.address(), 1);
        Gapless gapless = Gapless.get(node.system());
        Producer<KeyedRow> producer = gapless.producer(TOPIC);
        if (byHand) {
            RowsByHand rows = new RowsByHand(() -> {
                throw new IllegalStateException("it was told of a gap");
            });
            get(gapless.subscribe(TOPIC, StartFrom.latest(), rows).ready());
            measure(dialogue, producer, number -> rows.last() >= number, () -> check(rows.size()));
        } else {
            Table<KeyedRow> table =
                    gapless.table(TOPIC, TableSource.versioned(List::of, KeyedRow::key, KeyedRow::version));
            get(table.ready());
            measure(
                    dialogue,
                    producer,
                    number -> {
                        KeyedRow row = table.get(KeyedRow.of(number, keys).key());
                        return row != null && row.version() >= number;
                    },
                    () -> check(table.view().rows().size()));
            if (!table.status().isLive()) {
                throw new IllegalStateException("the table is not live: " + table.status());
            }
        }
        dialogue.take("end");
    }

    /**
     * Measures.
     *
     * @param taken was this number taken?
     * @param check throws if there are not as many rows as keys
     */
    private void measure(Dialogue dialogue, Producer<KeyedRow> producer, LongPredicate taken, Runnable check)
            throws Exception {
        long number = 0;
        for (int i = 0; i < FILLS_THE_RING / BURST; i++) {
            for (int j = 0; j < BURST; j++) {
                number += keys; // of one key
                producer.send(KeyedRow.of(number, keys));
            }
            await(number, taken);
        }
        long emptyBytes = heapBytes();
        long warm = number + Math.max(keys, warmUp);
        while (number < warm) {
            number = burst(number, producer, taken);
        }
        dialogue.say("ready");
        Window window = Window.ordered(dialogue).get(0);
        AtomicLong published = new AtomicLong();
        var used = new Meter(published::get).measuring(window);
        while (System.nanoTime() - window.endNs() < 0) {
            number = burst(number, producer, taken);
            published.lazySet(number);
        }
        dialogue.say("used", used.get().line());
        check.run(); // of a table it makes a view, which counts
        dialogue.say("heap", (heapBytes() - emptyBytes) / keys);
    }

    private long burst(long before, Producer<KeyedRow> producer, LongPredicate taken) throws InterruptedException {
        for (int i = 1; i <= BURST; i++) {
            producer.send(KeyedRow.of(before + i, keys));
        }
        await(before + BURST, taken);
        return before + BURST;
    }

    private static void await(long number, LongPredicate taken) throws InterruptedException {
        long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
        while (!taken.test(number)) {
            if (System.nanoTime() - untilNs > 0) {
                throw new IllegalStateException("row " + number + " was not taken");
            }
            Thread.sleep(1);
        }
    }

    private void check(int rows) {
        if (rows != keys) {
            throw new IllegalStateException(rows + " rows, of " + keys);
        }
    }

    private static void get(CompletionStage<?> stage) throws Exception {
        var unused = stage.toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
    }

    private static long heapBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
