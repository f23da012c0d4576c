package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/guarantees.md and docs/durable.md say of the test kit really runs; {@code DocumentsTest} of modules/cluster holds the two together. */
class ReadmeExamplesTest {
    private static final Topic<Price> PRICES = Topic.of("prices", Price.class);

    record Price(String symbol, double value, long version) {}

    interface PriceTable {
        Map<String, Price> readAll();
    }

    /** The one of docs/guarantees.md; that it is so is seen to in modules/cluster. */
    static class PriceCache implements MessageHandler<Price> {
        private final Map<String, Price> prices = new HashMap<>();
        private final PriceTable table;

        PriceCache(PriceTable table) {
            this.table = table;
        }

        @Override
        public void onMessage(Delivery<Price> delivery) {
            if (!delivery.isDeleted()) { // a deletion has a key but no message
                apply(delivery.message());
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
            load();
            return CompletableFuture.completedFuture(Reload.done());
        }

        synchronized void load() {
            table.readAll().values().forEach(this::apply);
        }

        synchronized void apply(Price price) {
            prices.merge(price.symbol(), price, (old, now) -> now.version() > old.version() ? now : old);
        }

        synchronized Map<String, Price> prices() {
            return Map.copyOf(prices);
        }
    }

    // shown in docs/guarantees.md
    @ParameterizedTest
    @EnumSource(Reason.class)
    void isLikeTheTableAfterEveryKindOfExpiry(Reason reason) {
        PriceCache cache = new PriceCache(() -> Map.of("EURUSD", new Price("EURUSD", 1.0834, 7)));
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestSubscription<Price> seen = kit.expire(reason, PRICES, cache); // on a node of its own
            seen.expectExpiry(reason).expectReloaded().expectNothing();
            assertEquals(7, cache.prices().get("EURUSD").version());
        }
    }
    // end

    // shown in docs/guarantees.md
    @Test
    void isToldWhatItMissedAndGoesOn() {
        Map<String, Price> table = new HashMap<>();
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestNode feed = kit.node("feed");
            TestSubscription<Price> seen = kit.node("app").subscribe(PRICES, new PriceCache(() -> table));
            feed.publish(PRICES, new Price("XAU", 2011.5, 1));
            // The feed's messages do not arrive, and its ring overwrites them.
            feed.overrun(PRICES, () -> table.put("XAU", new Price("XAU", 2012.5, 2)));
            seen.expectMessage(new Price("XAU", 2011.5, 1)).expectExpiry(feed, Reason.OVERRUN);

            seen.duringReload(() -> feed.publish(PRICES, new Price("XAU", 2013.5, 3))); // a slow database
            feed.restart();
            seen.expectExpiry(feed, Reason.PRODUCER_RESTARTED).expectMessage(new Price("XAU", 2013.5, 3));
        }
    }
    // end

    @Test
    void nobodyIsToldOfTheRestartOfADurableTopic() {
        PriceCache cache = new PriceCache(Map::of);
        Price first = new Price("XAU", 2011.5, 1);
        Price second = new Price("XAU", 2012.5, 2);
        // shown in docs/durable.md
        try (GaplessTestKit kit = GaplessTestKit.create("gapless.durability = journal")) {
            TestNode feed = kit.node("feed");
            TestSubscription<Price> seen = kit.node("app").subscribe(PRICES, cache);
            feed.publish(PRICES, first);
            feed.restart(); // nobody is told
            feed.publish(PRICES, second);
            seen.expectMessage(first).expectMessage(second).expectNothing();
        }
        // end
        assertEquals(second, cache.prices().get("XAU"));
    }

    @Test
    void aNamedSubscriptionGoesOnBehindItsStoredToken() {
        PriceCache cache = new PriceCache(Map::of);
        Price first = new Price("XAU", 2011.5, 1);
        Price second = new Price("XAU", 2012.5, 2);
        // shown in docs/durable.md
        SubscriptionSettings billing = SubscriptionSettings.defaults().named("billing");
        try (GaplessTestKit kit = GaplessTestKit.create("gapless.durability = journal")) {
            TestNode feed = kit.node("feed");
            TestNode app = kit.node("app");
            app.subscribe(PRICES, StartFrom.latest(), billing, cache);
            feed.publish(PRICES, first);
            kit.pass(Duration.ofSeconds(2)); // longer than gapless.token-store-interval
            feed.publish(PRICES, second);
            app.restart(); // before a token behind the second is stored
            app.subscribe(PRICES, StartFrom.latest(), billing, cache)
                    .expectMessage(second) // again
                    .expectNothing();
        }
        // end
        assertEquals(second, cache.prices().get("XAU"));
    }
}
