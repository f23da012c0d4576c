package dev.gapless.pubsub;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Producer;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.Undecodable;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells its subscribers what one subscription gives it. That is open while there is a subscriber, and begins at the time at which the
 * first came: what this actor publishes after that is in it, although the subscription opens later. For one actor.
 */
final class Relay<T> {
    private final Topic<T> topic;
    private final Function<CursorExpired<T>, ? extends T> expired;
    private final Producer<T> producer;
    private final Logger log;
    private final LongFunction<Subscription> open;
    private final Set<ActorRef<T>> subscribers = new LinkedHashSet<>();
    private @Nullable Subscription subscription;
    /** How many there were: events of those before may still be in the mailbox. */
    private long subscriptions;

    /**
     * No subscribers yet.
     *
     * @param expired makes the message that tells subscribers to reload
     * @param open opens a subscription, whose events come to {@link #told} with this number
     */
    Relay(
            Topic<T> topic,
            Function<CursorExpired<T>, ? extends T> expired,
            Producer<T> producer,
            Logger log,
            LongFunction<Subscription> open) {
        this.topic = topic;
        this.expired = expired;
        this.producer = producer;
        this.log = log;
        this.open = open;
    }

    void publish(T message) {
        var unused = producer.publish(message).whenComplete((position, failure) -> {
            if (failure != null) {
                log.warn("Topic {}: a message was not published", topic.name(), failure);
            }
        });
    }

    /** {@return whether it is a new one} */
    boolean subscribe(ActorRef<T> subscriber) {
        boolean isNew = subscribers.add(subscriber);
        if (isNew && subscription == null) {
            subscriptions++;
            subscription = open.apply(subscriptions);
        }
        return isNew;
    }

    /** {@return whether it was one} */
    boolean unsubscribe(ActorRef<T> subscriber) {
        boolean wasOne = subscribers.remove(subscriber);
        if (wasOne && subscribers.isEmpty() && subscription != null) {
            var unused = subscription.cancel();
            subscription = null;
        }
        return wasOne;
    }

    /** An event of the subscription with this number; {@return whether it goes on} */
    boolean told(long number, Unconfirmed<T> unconfirmed) {
        if (subscription == null || number != subscriptions) {
            return true;
        }
        Event<T> event = unconfirmed.event();
        if (event instanceof Delivery<T> delivery) {
            T message = delivery.message();
            if (message != null) {
                tellAll(message);
            }
        } else if (event instanceof CursorExpired<T> missed) {
            tellAll(expired.apply(missed));
        } else if (event instanceof Undecodable<T> undecodable) {
            log.error(
                    "Topic {}: the message at {} of {} cannot be decoded; subscribers are told that they missed it",
                    topic.name(),
                    undecodable.position(),
                    undecodable.node(),
                    undecodable.cause());
            tellAll(expired.apply(missing(undecodable)));
        } else if (event instanceof Ended<T> ended) {
            if (ended.reason() == Ended.Reason.FAILED) {
                log.error("Topic {}: its subscription has ended", topic.name(), ended.cause());
            }
            return false;
        }
        unconfirmed.confirm();
        return true;
    }

    private void tellAll(T message) {
        subscribers.forEach(subscriber -> subscriber.tell(message));
    }

    private CursorExpired<T> missing(Undecodable<T> undecodable) {
        Gap gap = new Gap(
                undecodable.node(),
                Reason.POSITION_UNKNOWN,
                undecodable.position().epoch(),
                undecodable.position().sequence(),
                1L,
                undecodable.position().next());
        return new CursorExpired<>(topic.name(), undecodable.time(), List.of(gap), undecodable.token());
    }
}
