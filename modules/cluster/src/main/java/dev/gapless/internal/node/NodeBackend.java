package dev.gapless.internal.node;

import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.GivenUp;
import dev.gapless.Health;
import dev.gapless.NodeStatus;
import dev.gapless.Producer;
import dev.gapless.Removed;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.NodeStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** What {@link dev.gapless.Gapless} passes on: one of a cluster, or one of the test kit. Thread-safe. */
public interface NodeBackend {
    String name();

    <T> Producer<T> producer(Topic<T> topic);

    <T> Subscription subscribe(Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler);

    <T, M> Subscription subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap);

    <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings);

    <T> Flow<T, Position, NotUsed> flow(Topic<T> topic);

    <T> Table<T> table(Topic<T> topic, TableSource<T> source);

    default <T> Sink<T, CompletionStage<Done>> sink(Topic<T> topic) {
        return flow(topic).toMat(Sink.ignore(), Keep.right());
    }

    CompletionStage<List<NodeStatus>> status(Duration timeout);

    /** This one is told when a consumer gives up. It never does, unless this says so. */
    default void onGivenUp(Consumer<GivenUp> hook) {}

    /** This one is told when the other members have removed this node. They never do, unless this says so. */
    default void onRemoved(Consumer<Removed> hook) {}

    /** Whether it takes part; it does, unless it says otherwise. */
    default Health health() {
        return new Health(Health.State.UP, "it is there");
    }

    /** What is measured here; nothing, unless it says so. */
    default NodeStats stats() {
        return NodeStats.none();
    }
}
