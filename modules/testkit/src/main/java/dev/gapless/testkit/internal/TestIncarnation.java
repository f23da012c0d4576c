package dev.gapless.testkit.internal;

import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.NodeStatus;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.Position;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.internal.node.NodeBackend;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.publish.ProducerLogs;
import dev.gapless.internal.publish.TopicProducer;
import dev.gapless.internal.subscribe.ActorRecipient;
import dev.gapless.internal.subscribe.HandlerRecipient;
import dev.gapless.internal.wire.TopicClasses;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * One incarnation of a node, from its start to its end: what applications call, and what a test does to it. The first is thread-safe;
 * the second is for orders of {@link Turns}.
 */
public final class TestIncarnation implements NodeBackend {
    private final Surroundings around;
    private final TopicClasses classes = new TopicClasses();
    private final TestProcess process;
    private final Subscriptions subscriptions;
    private final TestTables tables;

    /** A process that has just started, and is no member yet. */
    public TestIncarnation(Surroundings around, Observers observers, String name) {
        this.around = around;
        Object stages = new Object();
        Executor completions = stage -> around.turns().addAndRun(stages, stage);
        this.process = new TestProcess(around, name, completions);
        this.subscriptions = new Subscriptions(around, observers, process, classes, completions);
        this.tables = new TestTables(around, subscriptions, completions);
    }

    @Override
    public String name() {
        return process.name();
    }

    // ------------------------------------------------------------------ what a test does to it

    /** It joins the cluster. */
    public void join() {
        around.links().join(process);
    }

    /** Is its process gone? */
    public boolean isGone() {
        return process.isGone();
    }

    /** Its process is gone, without a word. It stays a member. */
    public void crash() {
        process.crash();
        subscriptions.crash();
    }

    /** The others find that it cannot be reached. */
    public void becomeUnreachable() {
        around.links().reachability(process, false);
    }

    /** It is no member any more. */
    public void remove() {
        around.links().remove(process);
    }

    /** Begins to leave in good order: subscriptions end, and then producers drain. */
    public void leave() {
        process.leave();
    }

    /** Has it drained and stored its subscriptions' tokens, or has its time for that run out? */
    public boolean isDrained() {
        return process.hasLeft() && subscriptions.stored().toCompletableFuture().isDone();
    }

    /**
     * Publishes deletions of this key until the ring holds nothing of what it held before, whoever has not got it yet. Returns how
     * many.
     */
    public int overwrite(String topic, String key) {
        ProducerLog local = process.logs().of(topic);
        int[] published = new int[1];
        process.waitingForNobody(local, () -> {
            long first = local.log().head() + 1;
            while (local.log().oldest() <= first) {
                delete(local, key);
                published[0]++;
            }
        });
        return published[0];
    }

    private void delete(ProducerLog local, String key) {
        CompletableFuture<Position> position =
                local.publish(new Content(key, true, Map.of(), Format.NONE, new byte[0]));
        if (!position.isDone() || position.isCompletedExceptionally()) {
            throw new IllegalStateException("Topic " + local.topic() + " of " + name() + " takes no messages now");
        }
    }

    // ------------------------------------------------------------------ what applications call

    @Override
    public <T> TopicProducer<T> producer(Topic<T> topic) {
        ProducerLogs.checkPublishing(topic.name(), around.topic(topic.name()));
        classes.check(topic);
        ProducerLog local = process.logs().of(topic.name()).hold();
        process.turnNow(shard -> shard.produce(local));
        return new TopicProducer<>(
                topic, local, around.codec(), around.roundTrips().of(topic.name()), around.settings().tracing);
    }

    @Override
    public <T> Flow<T, Position, NotUsed> flow(Topic<T> topic) {
        return producer(topic).flow();
    }

    @Override
    public <T> DrivenSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler) {
        return subscriptions.subscribe(
                topic, start, settings, new HandlerRecipient<>(around.settings().tracing, handler));
    }

    @Override
    public <T, M> DrivenSubscription<T> subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap) {
        int window = settings.window().orElse(around.settings().actorWindow);
        return subscriptions.subscribe(
                topic, start, settings, new ActorRecipient<>(around.settings().tracing, actor, wrap, window));
    }

    @Override
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        return subscriptions.source(topic, start, settings);
    }

    @Override
    public <T> Table<T> table(Topic<T> topic, TableSource<T> source) {
        return tables.open(topic, source);
    }

    @Override
    public CompletionStage<List<NodeStatus>> status(Duration timeout) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("The test kit has no status: its nodes are observed by the test"));
    }
}
