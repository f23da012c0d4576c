package dev.gapless.pubsub;

import dev.gapless.CursorExpired;
import dev.gapless.Gapless;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Unconfirmed;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.BehaviorBuilder;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A topic as an actor, used like {@code org.apache.pekko.actor.typed.pubsub.Topic}: change the import, and say what a subscriber
 * is told when it has missed something. On every node that publishes or subscribes there is such an actor; those of one name are one
 * topic, and the same one as {@link dev.gapless.Topic} of that name.
 *
 * <pre>{@code
 * ActorRef<Topic.Command<Price>> topic =
 *         context.spawn(Topic.create(Price.class, "prices", expired -> new Reload()), "prices");
 * topic.tell(Topic.subscribe(subscriber)); // of type ActorRef<Price>; Reload is one of its prices
 * topic.tell(Topic.publish(new Price("EURUSD", 1.0834)));
 * }</pre>
 *
 * <ul>
 *   <li>A subscriber gets what is published from its subscription on, on any node: once, in each node's order, or it is told that it
 *       missed something, in its place. It is told nothing more once it has unsubscribed or stopped.
 *   <li>Messages behind that notice are in its mailbox already while it reloads. Nothing bounds that mailbox: who may fall behind
 *       subscribes with {@link dev.gapless.Gapless#subscribe} and confirms instead.
 *   <li>A message that cannot be decoded here counts as missed. One that says that a key was deleted has no content to tell, and is
 *       left out.
 *   <li>Publishing that fails is logged. The topic ends with its actor; subscribers are of the same node. Under supervision that restarts
 *       it, subscribers stay, and go on where they were.
 * </ul>
 */
public final class Topic {
    private Topic() {}

    /**
     * What the topic's actor takes: see {@link #publish}, {@link #subscribe}, {@link #unsubscribe}.
     *
     * @param <T> the type of the topic's messages
     */
    public sealed interface Command<T> extends NoSerializationVerificationNeeded
            permits Publish, Subscribe, Unsubscribe, Told {}

    record Publish<T>(T message) implements Command<T> {}

    record Subscribe<T>(ActorRef<T> subscriber) implements Command<T> {}

    record Unsubscribe<T>(ActorRef<T> subscriber) implements Command<T> {}

    /** An event of this subscription. */
    record Told<T>(Relay.Id subscription, Unconfirmed<T> unconfirmed) implements Command<T> {}

    /**
     * The behavior of a topic's actor, on a node of the cluster.
     *
     * @param messageClass the class of its messages, or one above them
     * @param topicName 1 to 255 characters
     * @param expired makes the message that tells subscribers to reload. If it throws or returns null, this actor fails: its
     *     supervision decides. Restarted, it calls the function again for the same gap, and tells nothing before. Without supervision
     *     it stops, and its subscribers are told nothing more.
     * @param <T> the type of its messages
     * @return the behavior, to be spawned
     */
    public static <T> Behavior<Command<T>> create(
            Class<T> messageClass, String topicName, Function<CursorExpired<T>, ? extends T> expired) {
        dev.gapless.Topic<T> topic =
                dev.gapless.Topic.of(given(topicName, "topicName"), given(messageClass, "messageClass"));
        given(expired, "expired");
        // What actors that are being restarted leave to themselves: a behavior may be spawned more than once.
        Map<ActorRef<Command<T>>, Relay.Left<T>> left = new ConcurrentHashMap<>();
        return Behaviors.setup(context -> {
            Relay<T> relay = relay(topic, expired, context);
            Relay.Left<T> before = left.remove(context.getSelf());
            if (before != null) {
                before.subscribers()
                        .forEach(subscriber -> subscribe(subscriber, StartFrom.token(before.token()), relay, context));
            }
            return BehaviorBuilder.<Command<T>>create()
                    .onAnyMessage(command -> carryOut(command, relay, context))
                    .onSignal(PreRestart.class, signal -> {
                        relay.leave().ifPresent(leaving -> left.put(context.getSelf(), leaving));
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    private static <T> Relay<T> relay(
            dev.gapless.Topic<T> topic,
            Function<CursorExpired<T>, ? extends T> expired,
            ActorContext<Command<T>> context) {
        Gapless gapless = Gapless.get(context.getSystem());
        ActorRef<Command<T>> self = context.getSelf();
        return new Relay<>(
                topic,
                expired,
                gapless.producer(topic),
                context.getLog(),
                (id, start) -> gapless.subscribe(
                        topic,
                        start,
                        SubscriptionSettings.defaults(),
                        self,
                        unconfirmed -> new Told<>(id, unconfirmed)));
    }

    private static <T> Behavior<Command<T>> carryOut(
            Command<T> command, Relay<T> relay, ActorContext<Command<T>> context) {
        if (command instanceof Publish<T> publish) {
            relay.publish(publish.message());
        } else if (command instanceof Subscribe<T> subscribe) {
            subscribe(subscribe.subscriber(), StartFrom.since(Instant.now()), relay, context);
        } else if (command instanceof Unsubscribe<T> unsubscribe && relay.unsubscribe(unsubscribe.subscriber())) {
            context.unwatch(unsubscribe.subscriber());
        } else if (command instanceof Told<T> told && !relay.told(told.subscription(), told.unconfirmed())) {
            return Behaviors.stopped();
        }
        return Behaviors.same();
    }

    private static <T> void subscribe(
            ActorRef<T> subscriber, StartFrom start, Relay<T> relay, ActorContext<Command<T>> context) {
        if (relay.subscribe(subscriber, start)) {
            context.watchWith(subscriber, new Unsubscribe<>(subscriber));
        }
    }

    /**
     * {@return the command that publishes to the subscribers on all nodes}
     *
     * @param message not null
     * @param <T> the type of the topic's messages
     */
    public static <T> Command<T> publish(T message) {
        return new Publish<>(given(message, "message"));
    }

    /**
     * {@return the command by which this actor is told every message from then on} Repeating it changes nothing.
     *
     * @param subscriber an actor of this node
     * @param <T> the type of the topic's messages
     */
    public static <T> Command<T> subscribe(ActorRef<T> subscriber) {
        return new Subscribe<>(given(subscriber, "subscriber"));
    }

    /**
     * {@return the command by which it is told nothing from then on} Harmless if it never subscribed.
     *
     * @param subscriber the actor that subscribed
     * @param <T> the type of the topic's messages
     */
    public static <T> Command<T> unsubscribe(ActorRef<T> subscriber) {
        return new Unsubscribe<>(given(subscriber, "subscriber"));
    }

    private static <A> A given(A argument, String name) {
        return Objects.requireNonNull(argument, () -> name + " must not be null");
    }
}
