package dev.gapless.durable;

import static dev.gapless.durable.TestNode.await;
import static dev.gapless.durable.TestNode.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.Producer;
import dev.gapless.PublishUnknown;
import dev.gapless.durable.TestNode.Received;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Publishes numbers, as texts that sort like them, until it ends. */
final class Load {
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    /** Those of which it was told that they are not published. */
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();

    private final Thread thread;
    private volatile boolean going = true;
    private volatile @Nullable String refusal;

    private Load(Producer<String> producer, String padding) {
        thread = new Thread(() -> {
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            for (int i = 1; going; i++) {
                last = publish(producer, String.format(Locale.ROOT, "%06d", i) + padding);
                LockSupport.parkNanos(1_000_000);
            }
            get(last);
        });
    }

    static Load on(Producer<String> producer) {
        return on(producer, "");
    }

    /** Each message ends with this. */
    static Load on(Producer<String> producer, String padding) {
        Load load = new Load(producer, padding);
        load.thread.start();
        return load;
    }

    private CompletableFuture<?> publish(Producer<String> producer, String text) {
        return producer.publish(text)
                .handle((position, failure) -> {
                    if (failure == null) {
                        accepted.add(text);
                    } else if (!(failure instanceof PublishUnknown)) {
                        refused.add(text);
                        refusal = failure.getMessage();
                    }
                    return text;
                })
                .toCompletableFuture();
    }

    /** What was said when a publish was refused the last time; null if none was. */
    @Nullable String refusal() {
        return refusal;
    }

    /** Ends when everything is answered. */
    void end() {
        going = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** It ends, and who has read from the first message on has got all that was accepted, once and in order, and nothing that was refused. */
    List<String> endsAndAllIsIn(Received received) {
        end();
        await(() -> received.events.containsAll(accepted));
        List<String> events = List.copyOf(received.events);
        assertEquals(List.of(), refused.stream().filter(events::contains).toList());
        assertEquals(events.size(), new HashSet<>(events).size(), "each once");
        assertEquals(events.stream().sorted().toList(), events, "in order");
        return events;
    }
}
