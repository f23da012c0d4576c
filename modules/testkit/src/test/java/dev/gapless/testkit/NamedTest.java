package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Ended;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a test does with named subscriptions and their store. */
class NamedTest {
    private static final Topic<String> ORDERS = Topic.of("orders", String.class);
    private static final Topic<String> INVOICES = Topic.of("invoices", String.class);
    private static final Topic<String> IN_MEMORY = Topic.of("in-memory", String.class);
    private static final Duration MORE_THAN_AN_INTERVAL = Duration.ofMillis(1_100);

    private final GaplessTestKit kit =
            GaplessTestKit.create("gapless { durability = journal, topics.in-memory.durability = memory }");
    private final TestNode feed = kit.node("feed");
    private final TestNode app = kit.node("app");

    private static TestSubscription<String> billing(TestNode on, Topic<String> topic) {
        return on.subscribe(
                topic, StartFrom.latest(), SubscriptionSettings.defaults().named("billing"), new Ignoring());
    }

    private TestSubscription<String> billing() {
        return billing(app, ORDERS);
    }

    private static boolean isReady(TestSubscription<?> subscription) {
        CompletableFuture<?> ready = subscription.ready().toCompletableFuture();
        return ready.isDone() && !ready.isCompletedExceptionally();
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void goesOnWhereItWasAfterItsNodeLeft() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        app.leave();
        before.expectMessage("one").expectEnded(Ended.Reason.SHUTDOWN);
        feed.publish(ORDERS, "two");
        app.start();
        billing().expectMessage("two").expectNothing();
    }

    @Test
    void goesOnWhereItWasCancelled() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        var unused = before.cancel();
        feed.publish(ORDERS, "two");
        billing().expectMessage("two").expectNothing();
    }

    @Test
    void isGivenAgainAfterACrashWhatCameSinceTheLastStoredToken() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        feed.publish(ORDERS, "two");
        before.expectMessages("one", "two");
        app.crash();
        feed.publish(ORDERS, "three");
        app.start();
        billing().expectMessages("two", "three").expectNothing();
    }

    @Test
    void isGivenAgainWhatItsHandlerHeld() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        before.stall();
        feed.publish(ORDERS, "two");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.restart();
        billing().expectMessage("two").expectNothing();
    }

    @Test
    void isToldOnceAfterAllNodesWereDown() {
        var unused = billing();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.crash();
        feed.publish(ORDERS, "two");
        feed.restart();
        app.start();
        billing()
                .expectExpiry(Reason.POSITION_UNKNOWN)
                .expectReloaded()
                .expectMessage("two")
                .expectNothing();
    }

    @Test
    void ofATopicInMemoryTheCrashOfItsNodeIsTold() {
        TestSubscription<String> before = billing(app, IN_MEMORY);
        feed.publish(IN_MEMORY, "one");
        before.expectMessage("one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.restart();
        TestSubscription<String> after = billing(app, IN_MEMORY);
        after.expectExpiry(app, Reason.PRODUCER_RESTARTED).expectReloaded();
        feed.publish(IN_MEMORY, "two");
        after.expectMessage("two").expectNothing();
    }

    @Test
    void aLaterOneTakesTheNameOver() {
        TestSubscription<String> earlier = billing();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        TestSubscription<String> later = billing();
        earlier.expectMessage("one").expectNothing();
        feed.publish(ORDERS, "two");
        kit.pass(MORE_THAN_AN_INTERVAL);
        Ended<String> end = earlier.expectMessage("two").expectEnded(Ended.Reason.TAKEN_OVER);
        assertTrue(String.valueOf(end.cause()).contains("billing"), () -> "" + end.cause());
        feed.publish(ORDERS, "three");
        earlier.expectNothing();
        later.expectMessages("two", "three").expectNothing();
    }

    @Test
    void theOneThatLostTheNameEndsWithinAMinuteThoughNothingComes() {
        TestSubscription<String> earlier = billing();
        var unused = billing();
        kit.pass(Duration.ofSeconds(62));
        var ended = earlier.expectEnded(Ended.Reason.TAKEN_OVER);
        assertEquals(Ended.Reason.TAKEN_OVER, ended.reason());
    }

    @Test
    void aNameIsOneOfANodeAndOfATopic() {
        TestSubscription<String> orders = billing();
        TestSubscription<String> invoices = billing(app, INVOICES);
        TestSubscription<String> elsewhere = billing(kit.node("other"), ORDERS);
        kit.pass(Duration.ofSeconds(62));
        feed.publish(ORDERS, "order");
        feed.publish(INVOICES, "invoice");
        orders.expectMessage("order").expectNothing();
        invoices.expectMessage("invoice").expectNothing();
        elsewhere.expectMessage("order").expectNothing();
    }

    @Test
    void goesOnWhileItsStoreFailsAndIsGivenMoreAgainAfterACrash() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.failStore();
        feed.publish(ORDERS, "two");
        kit.pass(MORE_THAN_AN_INTERVAL);
        before.expectMessages("one", "two").expectNothing();
        app.crash();
        app.mendStore();
        app.start();
        billing().expectMessage("two").expectNothing();
    }

    @Test
    void storesAgainOnceItsStoreIsMended() {
        var unused = billing();
        app.failStore();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.mendStore();
        app.restart();
        billing().expectNothing();
    }

    @Test
    void aNodeThatLeavesWaitsForItsStore() {
        var unused = billing();
        feed.publish(ORDERS, "one");
        app.failStore();
        feed.publish(ORDERS, "two");
        Instant before = kit.now();
        app.leave();
        assertEquals(Duration.ofSeconds(4), Duration.between(before, kit.now()), "gapless.drain-timeout");
        app.mendStore();
        app.start();
        billing().expectMessages("one", "two").expectNothing();
    }

    @Test
    void isOpenedOnceItsStoreIsMended() {
        app.failStore();
        TestSubscription<String> waits = billing();
        assertFalse(isReady(waits));
        app.mendStore();
        assertTrue(isReady(waits));
        feed.publish(ORDERS, "one");
        waits.expectMessage("one").expectNothing();
    }

    @Test
    void aStoreThatWasPutBackHasTheTokenOfThen() {
        TestSubscription<String> before = billing();
        feed.publish(ORDERS, "one");
        kit.pass(MORE_THAN_AN_INTERVAL);
        app.backUpStore();
        feed.publish(ORDERS, "two");
        app.leave();
        before.expectMessages("one", "two");
        app.putBackStore();
        app.start();
        billing().expectMessage("two").expectNothing();
    }

    @Test
    void withALostStoreItBeginsAsItsStartSays() {
        var unused = billing();
        feed.publish(ORDERS, "one");
        app.crash();
        app.loseStore();
        feed.publish(ORDERS, "two");
        app.start();
        TestSubscription<String> anew = billing();
        feed.publish(ORDERS, "three");
        anew.expectMessage("three").expectNothing();
    }
}
