package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Producer;
import dev.gapless.PublishUnknown;
import dev.gapless.StoreUnavailable;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a test does with durable topics and their store. */
class DurableTest {
    private static final Topic<String> STORED = Topic.of("stored", String.class);
    private static final Topic<String> IN_MEMORY = Topic.of("in-memory", String.class);

    private final GaplessTestKit kit =
            GaplessTestKit.create("gapless { durability = journal, topics.in-memory.durability = memory }");
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");
    private final TestSubscription<String> seen = app.subscribe(STORED);

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void aRestartIsToldOfTopicsInMemoryAlone() {
        TestSubscription<String> other = app.subscribe(IN_MEMORY);
        feed.publish(STORED, "one");
        feed.publish(IN_MEMORY, "one");
        feed.restart();
        feed.publish(STORED, "two");
        feed.publish(IN_MEMORY, "two");
        seen.expectMessage("one").expectMessage("two").expectNothing();
        other.expectMessage("one")
                .expectExpiry(feed, Reason.PRODUCER_RESTARTED)
                .expectReloaded()
                .expectMessage("two");
    }

    @Test
    void whatIsPublishedBeforeACrashIsDeliveredAfterIt() {
        feed.publish(STORED, "one");
        kit.cut(feed, app);
        feed.publish(STORED, "two");
        feed.crash();
        kit.reconnect(feed, app);
        feed.start();
        seen.expectMessage("one").expectMessage("two").expectNothing();
    }

    @Test
    void whatIsPublishedWhileTheStoreFailsWaits() {
        feed.publish(STORED, "one");
        feed.failStore();
        CompletableFuture<Position> two =
                feed.gapless().producer(STORED).publish("two").toCompletableFuture();
        kit.pass(Duration.ofSeconds(1));
        assertFalse(two.isDone());
        feed.publish(IN_MEMORY, "other topics go on");
        feed.mendStore();
        assertEquals(2, two.join().sequence());
        seen.expectMessage("one").expectMessage("two").expectNothing();
    }

    @Test
    void aPublishOfWhichNobodyKnowsFailsInTime() {
        feed.publish(STORED, "one"); // the store is open
        feed.failStore();
        Producer<String> producer = feed.gapless().producer(STORED);
        CompletableFuture<Position> written = producer.publish("two").toCompletableFuture();
        kit.pass(Duration.ofMillis(1)); // it is being stored, and what comes now waits behind it
        CompletableFuture<Position> waits = producer.publish("three").toCompletableFuture();
        kit.pass(Duration.ofMinutes(5));
        PublishUnknown unknown = assertInstanceOf(PublishUnknown.class, failure(written));
        assertTrue(unknown.getMessage().startsWith("Topic stored: "), unknown::getMessage);
        assertTrue(unknown.getMessage().contains("It may be published."), unknown::getMessage);
        StoreUnavailable timeout = assertInstanceOf(StoreUnavailable.class, failure(waits));
        assertTrue(timeout.getMessage().contains("nothing was published"), timeout::getMessage);
        feed.mendStore();
        feed.publish(STORED, "four");
        seen.expectMessage("one").expectMessage("four").expectNothing();
    }

    private static Throwable failure(CompletableFuture<?> publish) {
        assertTrue(publish.isDone());
        return assertThrows(CompletionException.class, publish::join).getCause();
    }

    @Test
    void whoHasMoreThanAStoreThatWasPutBackIsTold() {
        feed.publish(STORED, "one");
        feed.backUpStore();
        feed.publish(STORED, "two");
        feed.crash();
        feed.putBackStore();
        feed.start();
        feed.publish(STORED, "three");
        seen.expectMessage("one")
                .expectMessage("two")
                .expectExpiry(feed, Reason.POSITION_UNKNOWN)
                .expectReloaded()
                .expectMessage("three");
    }

    @Test
    void aStoreThatIsLostIsTold() {
        feed.publish(STORED, "one");
        feed.crash();
        feed.loseStore();
        feed.start();
        feed.publish(STORED, "two");
        seen.expectMessage("one")
                .expectExpiry(feed, Reason.PRODUCER_RESTARTED)
                .expectReloaded()
                .expectMessage("two");
    }

    @Test
    void aStoreIsExchangedOnlyWhileItsNodeIsDown() {
        assertThrows(IllegalStateException.class, feed::putBackStore);
        assertThrows(IllegalStateException.class, feed::loseStore);
        feed.crash();
        assertThrows(IllegalStateException.class, feed::putBackStore);
    }

    @Test
    void aRestartIsNoExpiryOfADurableTopic() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> kit.expire(Reason.PRODUCER_RESTARTED, STORED, new Ignoring()));
        assertTrue(e.getMessage().contains("stored"), e::getMessage);
    }
}
