package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As many subscriptions on one node as it may well have. */
class ManySubscriptionsTest {
    private static final int SUBSCRIPTIONS = 10_000;

    /** Counts its messages, and who has had all of them. */
    private static final class Counting implements MessageHandler<Integer> {
        private final AtomicInteger all;
        volatile int messages;
        volatile int others;

        Counting(AtomicInteger all) {
            this.all = all;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one at a time
        public void onMessage(Delivery<Integer> delivery) {
            messages++;
            all.incrementAndGet();
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate")
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            others++;
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void rowO4_tenThousandSubscriptionsOnOneNodeGetEachMessageOnce(int topics) {
        try (TestCluster cluster = TestCluster.of(2, "")) {
            AtomicInteger all = new AtomicInteger();
            List<Counting> handlers = new ArrayList<>();
            List<Topic<Integer>> each = new ArrayList<>();
            List<CompletionStage<Ready>> ready = new ArrayList<>();
            for (int t = 0; t < topics; t++) {
                Topic<Integer> topic = Topic.of("many-" + t, Integer.class);
                each.add(topic);
                for (int s = 0; s < SUBSCRIPTIONS / topics; s++) {
                    Counting handler = new Counting(all);
                    handlers.add(handler);
                    ready.add(cluster.gapless(1)
                            .subscribe(topic, StartFrom.latest(), handler)
                            .ready());
                    if (s % 100 == 99) {
                        ready.forEach(TestCluster::get);
                        ready.clear();
                    }
                }
            }
            assertEquals(SUBSCRIPTIONS, handlers.size());
            for (int round = 1; round <= 3; round++) {
                each.forEach(topic -> get(cluster.gapless(0).producer(topic).publish(1)));
                int due = round * SUBSCRIPTIONS;
                await(() -> all.get() >= due);
            }
            for (Counting handler : handlers) {
                assertEquals(3, handler.messages);
                assertEquals(0, handler.others);
            }
        }
    }
}
