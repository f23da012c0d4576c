package dev.gapless.pubsub;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.Undecodable;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.internal.fence.Fence;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
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
    private final BiFunction<Id, StartFrom, Subscription> open;
    private final Set<ActorRef<T>> subscribers = new LinkedHashSet<>();
    private @Nullable Subscription subscription;
    /** What they were told last, if that was no gap. The subscription itself hears a little later that it was confirmed. */
    private @Nullable Event<T> toldLast;

    /** Of that: events of those before may still be in the mailbox, also those of before a restart. */
    private Id current = new Id();

    /** Tells a subscription from all others. */
    static final class Id {}

    /**
     * No subscribers yet.
     *
     * @param expired makes the message that tells subscribers to reload
     * @param open opens a subscription, whose events come to {@link #told} with this id
     */
    Relay(
            Topic<T> topic,
            Function<CursorExpired<T>, ? extends T> expired,
            Producer<T> producer,
            Logger log,
            BiFunction<Id, StartFrom, Subscription> open) {
        this.topic = topic;
        this.expired = expired;
        this.producer = producer;
        this.log = log;
        this.open = open;
    }

    void publish(T message) {
        var unused = producer.publish(message).whenComplete((position, failure) -> {
            if (failure != null) {
                Fence.log(failure, shown -> log.warn("Topic {}: a message was not published", topic.name(), shown));
            }
        });
    }

    /**
     * {@return whether it is a new one}
     *
     * @param start where the subscription begins, if this is the first
     */
    boolean subscribe(ActorRef<T> subscriber, StartFrom start) {
        boolean isNew = subscribers.add(subscriber);
        if (isNew && subscription == null) {
            current = new Id();
            subscription = open.apply(current, start);
            toldLast = null;
        }
        return isNew;
    }

    /** What an actor that is restarted leaves to itself: who subscribed, and what resumes behind what they were told. */
    record Left<T>(List<ActorRef<T>> subscribers, CursorToken token) {}

    /** Ends the subscription; {@return what opens it again, if there is one} */
    Optional<Left<T>> leave() {
        Subscription open = subscription;
        if (open == null) {
            return Optional.empty();
        }
        var unused = open.cancel();
        subscription = null;
        CursorToken behind = toldLast == null ? open.token() : toldLast.token();
        return Optional.of(new Left<>(List.copyOf(subscribers), behind));
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

    /** An event of the subscription with this id; {@return whether it goes on} Throws what the application's function throws. */
    boolean told(Id id, Unconfirmed<T> unconfirmed) {
        if (subscription == null || id != current) {
            return true;
        }
        Event<T> event = unconfirmed.event();
        if (event instanceof Ended<T> ended) {
            if (ended.reason() == Ended.Reason.FAILED) {
                Fence.log(
                        ended.cause(),
                        shown -> log.error(
                                "Topic {}: its subscription has ended, and so does its actor", topic.name(), shown));
            }
            return false;
        }
        Throwable failure = Fence.<@Nullable Throwable>call(() -> tell(event), e -> e);
        if (failure == null) {
            toldLast = event instanceof CursorExpired<T> ? null : event;
            unconfirmed.confirm();
        } else {
            unconfirmed.fail(failure); // under a supervision that resumes, a gap comes again after a while
            throw new IllegalStateException(
                    "Topic " + topic.name()
                            + ": the function that makes the message for an expiry failed, and with it the"
                            + " topic's actor. Supervise the actor, or let the function return a message",
                    failure);
        }
        return true;
    }

    private @Nullable Throwable tell(Event<T> event) {
        if (event instanceof Delivery<T> delivery) {
            T message = delivery.message();
            if (message != null) {
                tellAll(message);
            }
        } else if (event instanceof CursorExpired<T> missed) {
            tellAll(expired(missed));
        } else if (event instanceof Undecodable<T> undecodable) {
            Fence.log(
                    undecodable.cause(),
                    shown -> log.error(
                            "Topic {}: the message at {} of {} cannot be decoded; subscribers are told that they missed it",
                            topic.name(),
                            undecodable.position(),
                            undecodable.node(),
                            shown));
            tellAll(expired(missing(undecodable)));
        }
        return null;
    }

    private T expired(CursorExpired<T> missed) {
        return Objects.requireNonNull(
                expired.apply(missed), "The function that makes the message for an expiry returned null");
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
