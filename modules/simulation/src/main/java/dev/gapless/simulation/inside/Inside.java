package dev.gapless.simulation.inside;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.log.Ring;
import dev.gapless.core.node.ShardSettings;
import java.util.List;

/** What judges and the explorer see of the inside of consumers and of their subscriptions. */
public interface Inside {
    /** Of those that are simulated. */
    Inside OF_SIMULATED = ShardSettings.isByPlaces() ? new PlacesInside() : new FeedInside();

    // ------------------------------------------------------------------ for judges

    /** What a consumer keeps for its subscriptions, all of them, in the order in which it came. */
    interface Cache {
        /** The index of the oldest entry. */
        long oldest();

        /** The index of the newest entry. */
        long head();

        /** Does it stop producers for want of room? */
        boolean wantsRoom();
    }

    Cache cache(TopicConsumer consumer);

    /** Has it asked where to read on, and not been told? */
    boolean asks(SubscriptionState subscription);

    /** Does its place come from what a reload says, and nobody has heard of so much? */
    boolean claims(SubscriptionState subscription);

    /** The index of the first entry that it has not dealt with. */
    long oldestUnread(SubscriptionState subscription);

    /** Is that a member's stream, or is its end remembered? */
    boolean hasHeardOf(SubscriptionState subscription, Epoch stream);

    // ------------------------------------------------------------------ for the explorer

    /** Classes in whose objects nothing ever changes, though it does not show. */
    List<Class<?>> constants();

    /** Classes of which only what is in an object counts, and not which object it is; beside records. */
    List<Class<?>> values();

    /** What is in a ring at this index, whatever is kept with it. */
    Object entry(Ring.Piece piece, long index);

    /** Is it still true what made that subscription ask in vain? */
    boolean isAsAsked(Object subscription, long changes);
}
