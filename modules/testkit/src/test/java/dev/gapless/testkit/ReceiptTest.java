package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Held;
import dev.gapless.NotHeld;
import dev.gapless.Receipt;
import dev.gapless.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What receipts say of nodes that are cut off, overtaken, or gone. */
class ReceiptTest {
    private static final Topic<String> TOPIC = Topic.of("orders", String.class);

    private final GaplessTestKit kit = GaplessTestKit.create("gapless.topics.orders.buffer-messages = 64");
    private final TestNode publisher = kit.node("p");
    private final TestNode b = kit.node("b");
    private final TestNode c = kit.node("c");

    @BeforeEach
    void subscribe() {
        b.subscribe(TOPIC);
        c.subscribe(TOPIC);
        kit.pass(Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private CompletableFuture<Held> publish(Receipt receipt, Duration timeout) {
        return publisher
                .gapless()
                .producer(TOPIC)
                .publish("an order", receipt, timeout)
                .toCompletableFuture();
    }

    private NotHeld notHeld(CompletableFuture<Held> publish) {
        assertTrue(publish.isDone(), "it waits yet");
        return assertInstanceOf(
                NotHeld.class,
                assertThrows(CompletionException.class, publish::join).getCause());
    }

    @Test
    void aNodeThatIsCutOffIsWaitedForAndNamed() {
        kit.cut(publisher, c);
        CompletableFuture<Held> some = publish(Receipt.heldBy(1), Duration.ofSeconds(10));
        CompletableFuture<Held> all = publish(Receipt.heldByAll(), Duration.ofSeconds(10));
        CompletableFuture<Held> later = publish(Receipt.heldByAll(), Duration.ofSeconds(60));
        kit.pass(Duration.ofSeconds(9));
        assertEquals(Set.of("b"), some.join().nodes());
        assertFalse(all.isDone());
        kit.pass(Duration.ofSeconds(2));
        NotHeld why = notHeld(all);
        assertEquals(Set.of("b"), why.nodes());
        assertEquals(Set.of("c"), why.lacking().keySet());
        assertTrue(why.lacking().get("c").startsWith("silent for "), why::getMessage);
        kit.reconnect(publisher, c);
        kit.pass(Duration.ofSeconds(10));
        assertEquals(Set.of("b", "c"), later.join().nodes());
    }

    @Test
    void aNodeThatTheRingOvertakesNeverHasIt() {
        kit.cut(publisher, c);
        CompletableFuture<Held> all = publish(Receipt.heldByAll(), Duration.ofHours(1));
        for (int i = 0; i < 200; i++) {
            publisher.publish(TOPIC, "another");
        }
        kit.reconnect(publisher, c);
        kit.pass(Duration.ofSeconds(10));
        NotHeld why = notHeld(all);
        assertEquals(Set.of("b"), why.nodes());
        assertEquals(Map.of("c", "expired"), why.lacking());
    }

    @Test
    void aNodeThatIsRemovedCountsNoMore() {
        kit.cut(publisher, c);
        CompletableFuture<Held> all = publish(Receipt.heldByAll(), Duration.ofHours(1));
        CompletableFuture<Held> both = publish(Receipt.heldBy(2), Duration.ofMinutes(5));
        kit.pass(Duration.ofSeconds(1));
        c.lose();
        assertEquals(Set.of("b"), all.join().nodes());
        kit.pass(Duration.ofMinutes(5));
        assertEquals(Map.of("c", "removed"), notHeld(both).lacking());
    }
}
