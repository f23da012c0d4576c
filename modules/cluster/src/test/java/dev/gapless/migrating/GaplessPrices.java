package dev.gapless.migrating;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.migrating.News.Price;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A listener that remembers how far it has got. */
public final class GaplessPrices {
    private GaplessPrices() {}

    /** Where the position is kept over restarts. */
    public interface Positions {
        /** Null if there is none yet. */
        @org.jspecify.annotations.Nullable String read();

        void write(String token);
    }

    // shown in docs/migrating.md
    record Prices(Map<String, Price> cache, Supplier<Collection<Price>> table, Positions positions)
            implements MessageHandler<Price> {
        @Override
        public void onMessage(Delivery<Price> delivery) {
            cache.put(delivery.message().symbol(), delivery.message());
            positions.write(delivery.token().toString());
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Price> expired) {
            table.get().forEach(price -> cache.put(price.symbol(), price));
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    static Subscription listen(Gapless gapless, Topic<Price> topic, Prices prices) {
        String token = prices.positions().read();
        if (token != null) {
            return gapless.subscribe(topic, StartFrom.token(token), prices);
        }
        return gapless.subscribe(
                topic, StartFrom.latest(), SubscriptionSettings.defaults().loadFirst(), prices);
    }
    // end
}
