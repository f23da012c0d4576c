package dev.gapless.pubsub;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Undecodable;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells its subscribers what one subscription gives it. That is open while there is a subscriber, and begins at the time at which the
 * first came: what this actor publishes after that is in it, although the subscription opens later.
 */
final class TopicBehavior<T> extends AbstractBehavior<Topic.Command<T>> {
    private final dev.gapless.Topic<T> topic;
    private final Function<CursorExpired<T>, ? extends T> expired;
    private final Gapless gapless;
    private final Producer<T> producer;
    private final Logger log;
    private final Set<ActorRef<T>> subscribers = new LinkedHashSet<>();
    private @Nullable Subscription subscription;
    /** How many there were: events of those before may still be in the mailbox. */
    private long subscriptions;

    static <T> Behavior<Topic.Command<T>> create(
            dev.gapless.Topic<T> topic, Function<CursorExpired<T>, ? extends T> expired) {
        return Behaviors.setup(context -> new TopicBehavior<>(context, topic, expired));
    }

    private TopicBehavior(
            ActorContext<Topic.Command<T>> context,
            dev.gapless.Topic<T> topic,
            Function<CursorExpired<T>, ? extends T> expired) {
        super(context);
        this.topic = topic;
        this.expired = expired;
        this.gapless = Gapless.get(context.getSystem());
        this.producer = gapless.producer(topic);
        this.log = context.getLog();
    }

    @Override
    @SuppressWarnings("unchecked") // the commands are this topic's
    public Receive<Topic.Command<T>> createReceive() {
        return newReceiveBuilder()
                .onMessage(Topic.Told.class, told -> onTold((Topic.Told<T>) told))
                .onMessage(Topic.Publish.class, publish -> onPublish((Topic.Publish<T>) publish))
                .onMessage(Topic.Subscribe.class, subscribe -> onSubscribe((Topic.Subscribe<T>) subscribe))
                .onMessage(Topic.Unsubscribe.class, unsubscribe -> onUnsubscribe((Topic.Unsubscribe<T>) unsubscribe))
                .build();
    }

    private Behavior<Topic.Command<T>> onPublish(Topic.Publish<T> command) {
        var unused = producer.publish(command.message()).whenComplete((position, failure) -> {
            if (failure != null) {
                log.warn("Topic {}: a message was not published", topic.name(), failure);
            }
        });
        return this;
    }

    private Behavior<Topic.Command<T>> onSubscribe(Topic.Subscribe<T> command) {
        ActorRef<T> subscriber = command.subscriber();
        if (subscribers.add(subscriber)) {
            getContext().watchWith(subscriber, new Topic.Unsubscribe<>(subscriber));
            if (subscription == null) {
                open();
            }
        }
        return this;
    }

    private void open() {
        subscriptions++;
        long number = subscriptions;
        subscription = gapless.subscribe(
                topic,
                StartFrom.since(Instant.now()),
                SubscriptionSettings.defaults(),
                getContext().getSelf(),
                unconfirmed -> new Topic.Told<>(number, unconfirmed));
    }

    private Behavior<Topic.Command<T>> onUnsubscribe(Topic.Unsubscribe<T> command) {
        if (subscribers.remove(command.subscriber())) {
            getContext().unwatch(command.subscriber());
            if (subscribers.isEmpty() && subscription != null) {
                var unused = subscription.cancel();
                subscription = null;
            }
        }
        return this;
    }

    private Behavior<Topic.Command<T>> onTold(Topic.Told<T> told) {
        if (subscription == null || told.subscription() != subscriptions) {
            return this;
        }
        Event<T> event = told.unconfirmed().event();
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
            return Behaviors.stopped();
        }
        told.unconfirmed().confirm();
        return this;
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
