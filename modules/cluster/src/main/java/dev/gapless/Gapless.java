package dev.gapless;

import dev.gapless.core.Position;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.node.GaplessExtension;
import dev.gapless.internal.node.NodeBackend;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Publish/subscribe without silent loss, on the nodes of a Pekko cluster. Thread-safe; one per actor system.
 *
 * <pre>{@code
 * Gapless gapless = Gapless.get(system);
 * Topic<Quote> quotes = Topic.of("quotes", Quote.class);
 * gapless.producer(quotes).publish(new Quote("EURUSD", 1.0834));
 * Subscription s = gapless.subscribe(quotes, StartFrom.latest(), handler);
 * }</pre>
 *
 * <p>It starts with the actor system ({@code pekko.library-extensions}), so that a node answers for its topics from the
 * first moment on, and ends with it ({@code CoordinatedShutdown}).
 *
 * <p>An argument that is null throws NullPointerException with its name, at once, on the caller's thread.
 */
public final class Gapless {
    /** Longer than anybody waits for an answer, and within what timers can count. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(100);

    private final NodeBackend node;

    /**
     * For the test kit: a node that is no cluster's. Applications use {@link #get}.
     *
     * @param node a class of Gapless itself
     */
    public Gapless(NodeBackend node) {
        this.node = node;
    }

    /**
     * {@return the one of this actor system}
     *
     * @param system typed or classic
     * @throws IllegalStateException if the actor system is no cluster node ({@code pekko.actor.provider = cluster}) or not
     *     of the role {@code gapless.role}
     */
    public static Gapless get(ClassicActorSystemProvider system) {
        return new Gapless(GaplessExtension.nodeOf(given(system, "system").classicSystem()));
    }

    /** {@return this node's name: {@code gapless.node-name}, by default host:port} */
    public String nodeName() {
        return node.name();
    }

    /**
     * {@return the producer of this topic on this node} It is made at the first call, together with its ring.
     *
     * @param topic the topic
     * @param <T> the type of its messages
     * @throws IllegalStateException with {@code gapless.publishing = off}, or beyond {@code gapless.max-topics}
     */
    public <T> Producer<T> producer(Topic<T> topic) {
        return node.producer(given(topic, "topic"));
    }

    /**
     * Subscribes to all of a topic.
     *
     * @param topic the topic
     * @param start where it begins
     * @param handler a {@link MessageHandler} or an {@link AsyncMessageHandler}
     * @param <T> the type of its messages
     * @return the subscription, which opens in the background
     */
    public <T> Subscription subscribe(Topic<T> topic, StartFrom start, EventHandler<T> handler) {
        return subscribe(topic, start, SubscriptionSettings.defaults(), handler);
    }

    /**
     * Subscribes to a part of a topic, for instance.
     *
     * @param topic the topic
     * @param start where it begins
     * @param settings what is delivered
     * @param handler a {@link MessageHandler} or an {@link AsyncMessageHandler}
     * @param <T> the type of its messages
     * @return the subscription, which opens in the background
     */
    public <T> Subscription subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler) {
        return node.subscribe(
                given(topic, "topic"), given(start, "start"), given(settings, "settings"), given(handler, "handler"));
    }

    /**
     * Subscribes with an actor. It is told each event, wrapped into its own protocol, and confirms it; only a window of events
     * is unconfirmed at any time. The subscription ends when the actor stops. What the actor was told and did not confirm comes
     * again to whoever resumes by the token.
     *
     * <p>An actor that is restarted keeps its mailbox and this subscription: subscribe where the restart does not come by again, or
     * cancel on {@code PreRestart}, and confirm before what may fail, or the event that it failed at stays unconfirmed. For a
     * classic actor, {@code Adapter.toTyped(ref)} makes a reference to use here.
     *
     * <pre>{@code
     * Behaviors.setup(context -> {
     *     gapless.subscribe(prices, StartFrom.latest(), SubscriptionSettings.defaults(), context.getSelf(), PriceEvent::new);
     *     return idle();
     * });
     * }</pre>
     *
     * @param topic the topic
     * @param start where it begins
     * @param settings what is delivered, and how many events may be unconfirmed
     * @param actor an actor of this actor system
     * @param wrap makes a message of the actor's protocol; what it throws ends the subscription
     * @param <T> the type of its messages
     * @param <M> the actor's protocol
     * @return the subscription, which opens in the background
     */
    public <T, M> Subscription subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap) {
        return node.subscribe(
                given(topic, "topic"),
                given(start, "start"),
                given(settings, "settings"),
                given(actor, "actor"),
                given(wrap, "wrap"));
    }

    /**
     * Subscribes with a stream: each materialization is a subscription of its own. It ends with {@link Ended}, and fails
     * never; when it is cancelled, so is the subscription. Demand is the pause: the demand that follows a {@link
     * CursorExpired} says that the state was reloaded, so put no buffer between this and what reloads.
     *
     * @param topic the topic
     * @param start where it begins
     * @param <T> the type of its messages
     * @return the stream of its events
     */
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start) {
        return source(topic, start, SubscriptionSettings.defaults());
    }

    /**
     * {@link #source(Topic, StartFrom)}, of a part of the topic for instance.
     *
     * @param topic the topic
     * @param start where it begins
     * @param settings what is delivered
     * @param <T> the type of its messages
     * @return the stream of its events
     */
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        return node.source(given(topic, "topic"), given(start, "start"), given(settings, "settings"));
    }

    /**
     * {@return a {@link #flow} for those who need no positions; completes when everything was accepted}
     *
     * @param topic the topic
     * @param <T> the type of its messages
     */
    public <T> Sink<T, CompletionStage<Done>> sink(Topic<T> topic) {
        return node.sink(given(topic, "topic"));
    }

    /**
     * Publishes what the stream gives it, and passes on the positions, in the same order. At most 1,024 publishes are under
     * way at once, and no more than {@code gapless.max-pending-publishes}. Fails with the first publish that fails; those
     * behind it may have been accepted. For keys and headers, {@code mapAsync(n, producer::publish)} does the same with
     * {@link Publication}s.
     *
     * @param topic the topic
     * @param <T> the type of its messages
     * @return messages in, positions out
     */
    public <T> Flow<T, Position, NotUsed> flow(Topic<T> topic) {
        return node.flow(given(topic, "topic"));
    }

    /**
     * Opens a table: the rows of a source, kept in step with what is published to a topic. Whoever opens one of the same topic and the same
     * source object on this node shares it: the source is read once for all of them.
     *
     * @param topic the topic
     * @param source where the rows are read
     * @param <T> the type of its messages, which are the rows
     * @return the table, which loads in the background
     */
    public <T> Table<T> table(Topic<T> topic, TableSource<T> source) {
        return node.table(given(topic, "topic"), given(source, "source"));
    }

    /** The numbers of this node, for {@link GaplessMetrics}. */
    NodeStats stats() {
        return node.stats();
    }

    /**
     * {@return what every member says of itself that answers in time, this node included; in the names' order}
     *
     * @param timeout how long to wait for answers: more than 0, and at most 100 days
     * @throws IllegalArgumentException for any other timeout
     */
    public CompletionStage<List<NodeStatus>> status(Duration timeout) {
        given(timeout, "timeout");
        if (timeout.isZero() || timeout.isNegative() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "A timeout is more than 0 and at most " + LONGEST_TIMEOUT.toDays() + " days, not " + timeout);
        }
        return node.status(timeout);
    }

    /**
     * Calls a hook whenever a consumer of this node gives up: see {@link GivenUp}. It never does unless {@code
     * gapless.register-backoff.attempts} is set. {@code gapless node} restarts its node then.
     *
     * @param hook called on a thread of the actor system, once for each time; not while the node shuts down. What it throws is logged
     */
    public void onGivenUp(Consumer<GivenUp> hook) {
        node.onGivenUp(given(hook, "hook"));
    }

    /**
     * Calls a hook when this node was removed from the cluster, by the other members, as after a partition or when the process stood still
     * for long, or by its own downing strategy, or when its cluster gave way to another one: its subscriptions have ended with {@link Ended.Reason#SHUTDOWN}, and what the application knows is stale from now on. Most
     * services end their process, and are started again. Without a hook the log says so each minute.
     *
     * <pre>{@code
     * gapless.onRemoved(removed -> System.exit(1));
     * }</pre>
     *
     * @param hook called once, on a thread of its own; at once if the node was removed before. What it throws is logged
     */
    public void onRemoved(Consumer<Removed> hook) {
        node.onRemoved(given(hook, "hook"));
    }

    /**
     * {@return whether this node takes part in its cluster, and why not} For health checks: it answers at once, on any thread, also when the
     * actor system has ended.
     */
    public Health health() {
        return node.health();
    }

    private static <A> A given(A argument, String name) {
        return Objects.requireNonNull(argument, () -> name + " must not be null");
    }
}
