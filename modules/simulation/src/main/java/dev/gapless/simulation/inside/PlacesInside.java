package dev.gapless.simulation.inside;

import dev.gapless.core.Epoch;
import dev.gapless.core.copy.Piece;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.log.Ring;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.SharedTopic;
import dev.gapless.core.topic.PlacesConsumer;
import java.lang.reflect.Field;
import java.util.List;

/** That of consumers that read each producer by itself. */
final class PlacesInside implements Inside {
    private static final Field TOPIC = topicOfSubscriptions();

    private static Field topicOfSubscriptions() {
        try {
            Field field = PlacesSubscription.class.getDeclaredField("topic");
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private record TopicsCache(PlacesConsumer consumer) implements Cache {
        @Override
        public long oldest() {
            return Long.MIN_VALUE / 2; // nobody is overtaken by a cache: what it lacks is fetched
        }

        @Override
        public long head() {
            return consumer.shared().changes();
        }

        @Override
        public boolean wantsRoom() {
            return consumer.holdsUp();
        }
    }

    @Override
    public Cache cache(TopicConsumer consumer) {
        return new TopicsCache((PlacesConsumer) consumer);
    }

    @Override
    public boolean asks(SubscriptionState subscription) {
        return false;
    }

    @Override
    public boolean claims(SubscriptionState subscription) {
        return ((PlacesSubscription) subscription).howFar().claims();
    }

    @Override
    public long oldestUnread(SubscriptionState subscription) {
        return ((PlacesSubscription) subscription).howFar().messages();
    }

    @Override
    public boolean hasHeardOf(SubscriptionState subscription, Epoch stream) {
        return subscription.knows(stream, null);
    }

    @Override
    public List<Class<?>> constants() {
        return List.of(Places.class, Producers.class, KnownProducer.class, Piece[].class, ProducerPlace.class);
    }

    @Override
    public List<Class<?>> values() {
        return List.of(Places.class, Producers.class, KnownProducer.class, Piece.class);
    }

    @Override
    public Object entry(Ring.Piece piece, long index) {
        return piece;
    }

    @Override
    public boolean isAsAsked(Object subscription, long changes) {
        try {
            return ((SharedTopic) TOPIC.get(subscription)).changes() == changes;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
