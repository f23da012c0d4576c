package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.EventHandler;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Publication;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.Position;
import dev.gapless.testkit.internal.ActorSystems;
import dev.gapless.testkit.internal.DrivenSubscription;
import dev.gapless.testkit.internal.TestIncarnation;
import dev.gapless.testkit.internal.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link GaplessTestKit}, through all of its incarnations: it publishes, subscribes, and suffers what nodes suffer. It runs from
 * the moment at which {@link GaplessTestKit#node} made it. Thread-safe.
 */
public final class TestNode implements NamedNode {
    private static final Duration STEP = Duration.ofMillis(100);
    /** Messages of one test are not all of the same time. */
    private static final Duration TICK = Duration.ofMillis(1);

    private final World world;
    private final String name;
    private @Nullable ActorSystem bound;
    private TestIncarnation incarnation;

    TestNode(World world, String name) {
        this.world = world;
        this.name = name;
        this.incarnation = world.start(name);
        incarnation.join();
    }

    @Override
    public String name() {
        return name;
    }

    /** What the application asks for, in place of {@code Gapless.get(system)}. It is of this incarnation: after a restart ask again. */
    public synchronized Gapless gapless() {
        return new Gapless(incarnation);
    }

    // ------------------------------------------------------------------ publishing

    /**
     * Publishes a message, which every node gets that can be reached. A millisecond passes. Throws a CompletionException with what the
     * publish fails with.
     */
    public <T> Position publish(Topic<T> topic, T message) {
        return publish(topic, Publication.of(message));
    }

    /** Publishes a message about this key. */
    public <T> Position publish(Topic<T> topic, String key, T message) {
        return publish(topic, Publication.of(message).withKey(key));
    }

    /** Publishes a message with key and headers, or a tombstone. */
    public <T> Position publish(Topic<T> topic, Publication<T> publication) {
        List<CompletableFuture<Position>> position = new ArrayList<>();
        world.order(() ->
                position.add(gapless().producer(topic).publish(publication).toCompletableFuture()));
        world.pass(TICK);
        if (!position.get(0).isDone()) {
            throw new IllegalStateException("Topic " + topic.name()
                    + ": the publish waits for consumers (gapless.overflow = backpressure), or for a store that"
                    + " fails. Use gapless().producer(topic), and let time pass");
        }
        return position.get(0).join();
    }

    /**
     * Everybody is overrun: publishes deletions of a key that is called {@code overrun} until its ring holds nothing that was not
     * delivered before, while nothing that it sends arrives. Returns how many. Each subscription to the topic is then told.
     */
    public int overrun(Topic<?> topic) {
        return overrun(topic, () -> {});
    }

    /** {@link #overrun(Topic)}, in which this is missed, too: what is published here nobody gets. */
    public int overrun(Topic<?> topic, Runnable missed) {
        int[] published = new int[1];
        world.order(() -> {
            world.links().mute(name, true);
            missed.run();
            published[0] = current().overwrite(topic.name(), "overrun");
        });
        world.order(() -> world.links().mute(name, false));
        world.awaitLevel();
        return published[0];
    }

    /** While it is cut off: publishes deletions of a key that is called {@code overrun}, as many as its ring holds. */
    void publishUnheard(Topic<?> topic) {
        world.order(() -> {
            var unused = current().overwrite(topic.name(), "overrun");
        });
    }

    // ------------------------------------------------------------------ subscribing

    /** Subscribes with this handler, from the latest on; returns when the subscription is ready. */
    public <T> TestSubscription<T> subscribe(Topic<T> topic, EventHandler<T> handler) {
        return subscribe(topic, StartFrom.latest(), handler);
    }

    /** Subscribes with this handler. */
    public <T> TestSubscription<T> subscribe(Topic<T> topic, StartFrom start, EventHandler<T> handler) {
        return subscribe(topic, start, SubscriptionSettings.defaults(), handler);
    }

    /** Subscribes with this handler, to a part of the topic for instance. */
    public <T> TestSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler) {
        return ready(() -> current().subscribe(topic, start, settings, handler));
    }

    /** Subscribes with an actor, as {@link Gapless#subscribe(Topic, StartFrom, SubscriptionSettings, ActorRef, Function)} does. */
    public <T, M> TestSubscription<T> subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap) {
        return ready(() -> current().subscribe(topic, start, settings, actor, wrap));
    }

    /** Subscribes with nobody but the test: to see what an application publishes. */
    public <T> TestSubscription<T> subscribe(Topic<T> topic) {
        return subscribe(topic, new MessageHandler<T>() {
            @Override
            public void onMessage(Delivery<T> delivery) {}

            @Override
            public CompletionStage<Reload> onCursorExpired(CursorExpired<T> expired) {
                return CompletableFuture.completedFuture(Reload.done());
            }
        });
    }

    /** The latest subscription to this topic that was made here, by the application for instance. Fails if there is none. */
    public <T> TestSubscription<T> subscription(Topic<T> topic) {
        return world.subscription(name, topic);
    }

    private <T> TestSubscription<T> ready(Supplier<DrivenSubscription<T>> subscribe) {
        List<DrivenSubscription<T>> driven = new ArrayList<>();
        world.order(() -> driven.add(subscribe.get()));
        CompletableFuture<?> ready = driven.get(0).ready().toCompletableFuture();
        world.passUntil(ready::isDone, world.surroundings().readyTimeout().plus(STEP));
        return world.of(driven.get(0));
    }

    // ------------------------------------------------------------------ what happens to it

    /** No message between it and others arrives, until {@link #reconnect}. It stays a member. */
    public void cutOff() {
        world.order(() -> world.cutOff(name, true));
    }

    /** Its links work again; returns when everybody has what was missing, or was told. */
    public void reconnect() {
        world.order(() -> world.cutOff(name, false));
        world.awaitLevel();
    }

    /** Its process dies, without a word. Others find it unreachable, and it stays a member until {@link #restart} or {@link #lose}. */
    public void crash() {
        world.order(() -> {
            if (!current().isGone()) {
                current().crash();
                stoodInFor(null);
                current().becomeUnreachable();
            }
        });
    }

    /** Its process dies, is removed from the cluster, and does not come back in time: it is told as {@code PRODUCER_LOST}. */
    public void lose() {
        crash();
        world.order(() -> current().remove());
        world.pass(world.surroundings().returnTimeout().plus(STEP));
    }

    /**
     * Its process dies, and a new one takes its place, with empty rings: it is told as {@code PRODUCER_RESTARTED}. Of a durable topic the new
     * one has what is stored, and nobody is told anything. What was subscribed here is gone with it; subscribe anew, by the token that the
     * application kept, or by the subscription's name: then what came since its last token was stored ({@code gapless.token-store-interval}) is
     * given again.
     */
    public void restart() {
        crash();
        start();
    }

    /** It runs again, after {@link #crash}, {@link #lose} or {@link #leave}. */
    public void start() {
        world.order(() -> {
            if (!current().isGone()) {
                throw new IllegalStateException("Node " + name + " is running");
            }
            become(world.start(name));
        });
        world.awaitLevel();
    }

    /**
     * From now on the store of its durable topics and named subscriptions fails, until {@link #mendStore}: what is published waits, and fails
     * after {@code gapless.backpressure-timeout}. A subscription with a name goes on and stores no token; one that is being opened waits.
     */
    public void failStore() {
        world.order(() -> store().fails(true));
    }

    /** Its store works again; returns when everybody has what was missing, and tokens are stored. */
    public void mendStore() {
        world.order(() -> store().fails(false));
        world.pass(world.surroundings().storeBackoff());
        world.awaitLevel();
    }

    /** Keeps a copy of its store, with the tokens of its named subscriptions, for {@link #putBackStore}. */
    public void backUpStore() {
        world.order(() -> store().backUp());
    }

    /**
     * Its store has again what it had at {@link #backUpStore}: after {@link #start} whoever has more of a durable topic is told
     * ({@code POSITION_UNKNOWN} after a {@link #crash}, {@code PRODUCER_LOST} if the node had left), and a subscription with a name goes on where
     * its token of then says. Throws IllegalStateException while the node is running, and if there is no copy.
     */
    public void putBackStore() {
        world.order(() -> {
            mustBeDown();
            if (!store().putBack()) {
                throw new IllegalStateException("Node " + name + " has no copy of its store: backUpStore() makes one");
            }
        });
    }

    /** Its store is lost, tokens included, and it begins with a new one. Throws IllegalStateException while the node is running. */
    public void loseStore() {
        world.order(() -> {
            mustBeDown();
            store().lose();
        });
    }

    private TestStore store() {
        return world.surroundings().store(name);
    }

    private void mustBeDown() {
        if (!current().isGone()) {
            throw new IllegalStateException("Node " + name + " is running: crash() it first");
        }
    }

    /** It shuts down in good order: its subscriptions end, and others get what they lack, and are told that it left. */
    public void leave() {
        TestIncarnation leaving = current();
        world.order(leaving::leave);
        world.passUntil(leaving::isDrained, world.surroundings().drainTimeout());
        world.order(() -> end(leaving));
    }

    private void end(TestIncarnation ended) {
        ended.crash();
        ended.remove();
        if (current() == ended) {
            stoodInFor(null);
        }
    }

    /**
     * From now on {@code Gapless.get} of this actor system, which is no cluster node, is this node: for actors that ask for it
     * themselves, such as {@link dev.gapless.pubsub.Topic}. Not while it is down.
     */
    public void bind(ClassicActorSystemProvider system) {
        ActorSystems.replace(system.classicSystem(), current());
        synchronized (this) {
            bound = system.classicSystem();
        }
    }

    private synchronized void stoodInFor(@Nullable TestIncarnation by) {
        if (bound != null) {
            ActorSystems.replace(bound, by);
        }
    }

    private synchronized TestIncarnation current() {
        return incarnation;
    }

    private void become(TestIncarnation next) {
        synchronized (this) {
            incarnation = next;
        }
        next.join();
        stoodInFor(next);
    }

    @Override
    public String toString() {
        return name;
    }
}
