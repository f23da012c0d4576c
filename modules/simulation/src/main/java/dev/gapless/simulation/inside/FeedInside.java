package dev.gapless.simulation.inside;

import dev.gapless.core.Epoch;
import dev.gapless.core.consumer.FeedConsumer;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import dev.gapless.core.log.Ring;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.subscription.TopicView;
import java.lang.reflect.Field;
import java.util.List;

/** That of consumers that merge all producers of a topic into one feed. */
final class FeedInside implements Inside {
    private static final Field TOPIC = topicOfSubscriptions();

    private static Field topicOfSubscriptions() {
        try {
            Field field = FeedSubscription.class.getDeclaredField("topic");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private record SharedFeed(Feed feed) implements Cache {
        @Override
        public long oldest() {
            return feed.oldest();
        }

        @Override
        public long head() {
            return feed.head();
        }

        @Override
        public boolean wantsRoom() {
            return feed.wantsRoom();
        }
    }

    @Override
    public Cache cache(TopicConsumer consumer) {
        return new SharedFeed(((FeedConsumer) consumer).feed());
    }

    @Override
    public boolean asks(SubscriptionState subscription) {
        return ((FeedSubscription) subscription).asks();
    }

    @Override
    public boolean claims(SubscriptionState subscription) {
        return ((FeedSubscription) subscription).claims();
    }

    @Override
    public long oldestUnread(SubscriptionState subscription) {
        return ((FeedSubscription) subscription).oldestUnread();
    }

    @Override
    public boolean hasHeardOf(SubscriptionState subscription, Epoch stream) {
        StreamsView known = ((FeedSubscription) subscription).known();
        return known.open().containsKey(stream) || known.remembered().get(stream) != null;
    }

    @Override
    public List<Class<?>> constants() {
        return List.of(Stream[].class, Frontier.class);
    }

    @Override
    public List<Class<?>> values() {
        return List.of(Frontier.class);
    }

    @Override
    public Object entry(Ring.Piece piece, long index) {
        return piece instanceof FeedEntry.Messages messages
                ? messages.part((int) (index - messages.index()), 1)
                : piece;
    }

    @Override
    public boolean isAsAsked(Object subscription, long changes) {
        try {
            return ((TopicView) TOPIC.get(subscription)).changes() == changes;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
