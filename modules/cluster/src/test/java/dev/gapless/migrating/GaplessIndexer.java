package dev.gapless.migrating;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.migrating.Index.Document;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The same consumer with Gapless. */
public final class GaplessIndexer {
    private GaplessIndexer() {}

    // shown in docs/migrating.md
    public record Told(Unconfirmed<Document> unconfirmed) {}

    static Behavior<Told> indexer(Gapless gapless, Topic<Document> topic, Index index) {
        return Behaviors.setup(context -> {
            gapless.subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults(), context.getSelf(), Told::new);
            return Behaviors.receiveMessage(told -> {
                Unconfirmed<Document> unconfirmed = told.unconfirmed();
                if (unconfirmed.event() instanceof CursorExpired<Document>) {
                    unconfirmed.confirmWith(index.rebuild().thenApply(rebuilt -> Reload.done()));
                    return Behaviors.same();
                }
                if (unconfirmed.event() instanceof Delivery<Document> delivery) {
                    index.put(delivery.message());
                }
                unconfirmed.confirm();
                return Behaviors.same();
            });
        });
    }
    // end
}
