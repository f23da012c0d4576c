package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.node.GaplessExtension;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.table.StateReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an application opens, and however that ends, it leaves nothing: no subscription, actor, listener, place of those that are bounded, row
 * in the store, thread or file. Each line opens a hundred of a thing: twice as many as there are places, and as many at once as there are.
 */
class NothingStaysTest {
    private static final int PLACES = 50;
    /** So many may yet be named on the stack of a thread, or in a mailbox. */
    private static final int STRAY = 10;

    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = TestCluster.DEADLINE.minusSeconds(5);
    private static final SubscriptionSettings USUAL = SubscriptionSettings.defaults();
    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private static TestCluster cluster;

    /** A table that is open all the time, and what it is opened with. */
    private static final Topic<String> HELD = Topic.of("held", String.class);

    private static final TableSource<String> SOURCE = source(List.of("a"));
    private static Table<String> held;

    @BeforeAll
    static void begin() {
        cluster = TokensInMemory.whileFound(() -> {
            TestCluster made = TestCluster.of(0, "");
            for (int i = 0; i < 2; i++) {
                made.join("""
                        gapless {
                          node-name = stays-%d
                          max-pending-publishes = 50
                          reload-backoff { min = 10ms, max = 20ms }
                          reload-jitter = 0s
                          token-store-interval = 20ms
                          table { max-keys = 2, max-waiting = 50, reached-timeout = 30ms, read-timeout = 50ms }
                          topics {
                            "a wait for room" { overflow = backpressure, buffer-messages = 2 }
                            "a wait for room that never comes" { overflow = backpressure, buffer-messages = 2, backpressure-timeout = 50ms }
                            "a receipt of what finds no room" { overflow = backpressure, buffer-messages = 2, backpressure-timeout = 50ms }
                          }
                        }
                        """.formatted(i));
            }
            return made;
        });
        cluster.awaitUp(2);
        held = cluster.gapless(1).table(HELD, SOURCE);
        get(held.ready());
        new GaplessMetrics(cluster.gapless(1)).bindTo(METERS);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    /**
     * Something that was opened.
     *
     * @param given what nobody is to hold once it has ended
     */
    private record Opened(List<Object> given, BooleanSupplier isOpen, Runnable end, BooleanSupplier hasEnded) {}

    private interface Thing {
        Opened open(Topic<String> topic);

        /** As many as are open at once are. */
        default void areOpen(Topic<String> topic) {
            publish(topic); // something to do for each
        }

        /** They have ended. */
        default void haveEnded() {}
    }

    private static Arguments line(String name, Thing thing) {
        return arguments(name, thing);
    }

    // ------------------------------------------------------------------ what may be opened

    static Stream<Arguments> subscriptions() {
        AtomicInteger number = new AtomicInteger();
        return Stream.of(
                line("a handler", topic -> subscribed(topic, USUAL)),
                line("a handler that answers later", NothingStaysTest::answeringLater),
                line("a handler that never blocks", topic -> subscribed(topic, USUAL.withNonBlockingHandler())),
                line("filters", topic -> subscribed(topic, USUAL.withKeys("k*").withNodes("stays-0"))),
                line("a first load", topic -> subscribed(topic, USUAL.loadFirst())),
                line(
                        "an earlier time",
                        topic -> subscribed(topic, StartFrom.since(Instant.now().minusSeconds(60)), USUAL)),
                line("a token", topic -> subscribed(topic, StartFrom.token(token(topic)), USUAL)),
                line("a pause", NothingStaysTest::paused),
                line("one that is cancelled at once", NothingStaysTest::cancelledAtOnce),
                line("one whose handler fails", NothingStaysTest::failing),
                line("an actor", topic -> toActor(topic, false)),
                line("an actor that stops", topic -> toActor(topic, true)),
                line("a stream", topic -> stream(topic, (subscription, below) -> subscription.cancel())),
                line("a stream that is cancelled", topic -> stream(topic, (subscription, below) -> below.shutdown())),
                line(
                        "a stream that fails",
                        topic -> stream(
                                topic, (subscription, below) -> below.abort(new IllegalStateException("for a test")))),
                line("a name", topic -> subscribed(topic, USUAL.named("n" + number.getAndIncrement() % PLACES))),
                line("a name that is taken over", topic -> subscribed(topic, USUAL.named("one"))),
                line("message by message", NothingStaysTest::messages),
                line("a topic as an actor", topic -> topicActor(topic, false)),
                line("a topic as an actor, whose subscriber stops", topic -> topicActor(topic, true)));
    }

    static Stream<Arguments> tables() {
        return Stream.of(
                line("a table", topic -> table(topic, source(List.of("a")))),
                line("a table that never loads", topic -> table(topic, source(null))),
                line("a table that has closed by itself", topic -> table(topic, source(List.of("a", "b", "c")))),
                line("a table whose rows have a token", NothingStaysTest::positioned),
                line("a handle of a table that another one holds", NothingStaysTest::handle),
                line("a listener", NothingStaysTest::listener),
                line("changes as a stream", NothingStaysTest::changes),
                line("a reader of states", NothingStaysTest::states),
                line("a wait for a position", topic -> stage(held.reached(publish(HELD)))),
                line(
                        "a wait for a position that never comes",
                        topic -> stage(held.reached(new Position(new Epoch(77), 1)))));
    }

    static Stream<Arguments> publishing() {
        return Stream.of(
                line("a receipt", topic -> receipt(HELD, Receipt.heldBy(1), LONG)),
                line("a receipt of all", topic -> receipt(topic, Receipt.heldByAll(), LONG)),
                line("a receipt that comes too late", topic -> receipt(topic, Receipt.heldBy(5), SHORT)),
                line("a receipt that is refused", topic -> receipt(topic, null, SHORT)),
                line(
                        "a receipt of what finds no room",
                        new Standstill(false, topic -> receipt(topic, Receipt.heldByAll(), SHORT))),
                line("who has a message", NothingStaysTest::asked),
                line("a wait for room", new Standstill(true, NothingStaysTest::published)),
                line("a wait for room that never comes", new Standstill(false, NothingStaysTest::published)),
                line("a sink", NothingStaysTest::sink),
                line("a status", topic -> stage(cluster.gapless(1).status(Duration.ofSeconds(10)))),
                line("meters", NothingStaysTest::meters));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void subscriptions(String name, Thing thing) {
        leavesNothing(Topic.of(name, String.class), thing);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tables(String name, Thing thing) {
        leavesNothing(Topic.of(name, String.class), thing);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void publishing(String name, Thing thing) {
        leavesNothing(Topic.of(name, String.class), thing);
    }

    // ------------------------------------------------------------------ the law

    private static void leavesNothing(Topic<String> topic, Thing thing) {
        List<WeakReference<Object>> given = new ArrayList<>();
        publish(topic); // there is something for whoever begins earlier
        openAndEnd(topic, thing, given);
        await(() -> there().equals(there()));
        WhatIsThere before = there();
        int threads = WhatIsThere.threads();
        int files = WhatIsThere.files();
        openAndEnd(topic, thing, given);
        try {
            await(() -> there().isNoMoreThan(before));
        } catch (AssertionError e) {
            assertEquals(before, there());
        }
        assertTrue(WhatIsThere.threads() < threads + PLACES, "threads");
        assertTrue(WhatIsThere.files() < files + PLACES, "files");
        await(() -> {
            System.gc();
            return given.stream().filter(one -> one.get() != null).count() <= STRAY;
        });
    }

    private static void openAndEnd(Topic<String> topic, Thing thing, List<WeakReference<Object>> given) {
        List<Opened> all = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            Opened one = thing.open(topic);
            one.given().forEach(object -> given.add(new WeakReference<>(object)));
            all.add(one);
        }
        all.forEach(one -> await(one.isOpen()));
        thing.areOpen(topic);
        all.forEach(one -> one.end().run());
        all.forEach(one -> await(one.hasEnded()));
        thing.haveEnded();
    }

    private static WhatIsThere there() {
        int rows = TokensInMemory.of("stays-0").rows()
                + TokensInMemory.of("stays-1").rows();
        return WhatIsThere.of(List.of(cluster.system(0), cluster.system(1)), METERS, rows);
    }

    // ------------------------------------------------------------------ subscriptions, on the second node

    private static Opened subscribed(Topic<String> topic, SubscriptionSettings settings) {
        return subscribed(topic, StartFrom.latest(), settings);
    }

    private static Opened subscribed(Topic<String> topic, StartFrom start, SubscriptionSettings settings) {
        Recorder<String> handler = new Recorder<>();
        return opened(handler, cluster.gapless(1).subscribe(topic, start, settings, handler));
    }

    private static Opened opened(Object given, Subscription subscription) {
        return opened(given, subscription, subscription::cancel);
    }

    private static Opened opened(Object given, Subscription subscription, Runnable end) {
        CompletableFuture<?> ready = subscription.ready().toCompletableFuture();
        CompletableFuture<?> ended = subscription.whenEnded().toCompletableFuture();
        return new Opened(List.of(given, subscription), ready::isDone, end, ended::isDone);
    }

    private static CursorToken token(Topic<String> topic) {
        Subscription one = cluster.gapless(1).subscribe(topic, StartFrom.latest(), new Recorder<>());
        get(one.ready());
        get(one.cancel());
        return one.token();
    }

    private static Opened answeringLater(Topic<String> topic) {
        Later handler = new Later(CompletableFuture.runAsync(() -> {}));
        return opened(handler, cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler));
    }

    /** Is done with everything once that is. */
    private record Later(CompletableFuture<?> done) implements AsyncMessageHandler<String> {
        @Override
        public CompletionStage<?> onMessage(Delivery<String> delivery) {
            return done;
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            return done.thenApply(any -> Reload.done());
        }
    }

    private static Opened paused(Topic<String> topic) {
        Recorder<String> handler = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        subscription.pause();
        return opened(handler, subscription);
    }

    private static Opened cancelledAtOnce(Topic<String> topic) {
        Recorder<String> handler = new Recorder<>();
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler);
        subscription.cancel();
        return opened(handler, subscription);
    }

    /** At what is published once all are open. */
    private static Opened failing(Topic<String> topic) {
        Recorder<String> handler = new Recorder<>() {
            @Override
            public void onMessage(Delivery<String> delivery) {
                throw new IllegalStateException("for a test");
            }

            @Override
            public void onEnded(Ended<String> ended) {}
        };
        return opened(handler, cluster.gapless(1).subscribe(topic, StartFrom.latest(), handler), () -> {});
    }

    /** What an actor, a listener or a stream was told last. */
    private static final class Told {
        private volatile @Nullable Object last;

        void note(Object what) {
            last = what;
        }

        boolean isTold() {
            return last != null;
        }
    }

    private static <M> ActorRef<M> actor(Told told) {
        return Adapter.spawnAnonymous(cluster.system(1), Behaviors.<M>receiveMessage(message -> {
            told.note(message);
            if (message instanceof Unconfirmed<?> one) {
                one.confirm();
            }
            return Behaviors.same();
        }));
    }

    private static void stop(ActorRef<?> actor) {
        cluster.system(1).stop(Adapter.toClassic(actor));
    }

    private static Opened toActor(Topic<String> topic, boolean stops) {
        Told told = new Told();
        ActorRef<Unconfirmed<String>> actor = actor(told);
        Subscription subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), USUAL, actor, one -> one);
        return opened(told, subscription, () -> {
            if (!stops) {
                get(subscription.cancel());
            }
            stop(actor);
        });
    }

    private interface EndOfStream {
        void end(Subscription subscription, UniqueKillSwitch below);
    }

    private static Opened stream(Topic<String> topic, EndOfStream how) {
        Told told = new Told();
        var running = cluster.gapless(1)
                .source(topic, StartFrom.latest())
                .viaMat(KillSwitches.single(), Keep.both())
                .to(Sink.foreach(told::note))
                .run(cluster.system(1));
        return opened(told, running.first(), () -> how.end(running.first(), running.second()));
    }

    /** As gateways read. */
    private static Opened messages(Topic<String> topic) {
        Told told = new Told();
        MessageSubscription subscription = GaplessExtension.hostOf(cluster.system(1))
                .messages(
                        topic.name(), StartFrom.latest(), new Filter(USUAL), "a test", true, () -> told.note("woken"));
        return new Opened(
                List.of(told, subscription), () -> subscription.silent() != null, subscription::close, () -> true);
    }

    private static Opened topicActor(Topic<String> topic, boolean subscriberStops) {
        Told told = new Told();
        ActorRef<String> subscriber = actor(told);
        ActorRef<dev.gapless.pubsub.Topic.Command<String>> actor = Adapter.spawnAnonymous(
                cluster.system(1),
                dev.gapless.pubsub.Topic.create(String.class, topic.name(), expired -> "reload " + told.isTold()));
        actor.tell(dev.gapless.pubsub.Topic.subscribe(subscriber));
        actor.tell(dev.gapless.pubsub.Topic.publish("a"));
        Runnable leave = subscriberStops
                ? () -> stop(subscriber)
                : () -> actor.tell(dev.gapless.pubsub.Topic.unsubscribe(subscriber));
        return new Opened(List.of(told), told::isTold, leave, () -> {
            boolean hasLeft =
                    there().topics().stream().noneMatch(one -> one.startsWith("stays-1 " + topic.name() + ":"));
            if (hasLeft) {
                stop(actor);
                stop(subscriber);
            }
            return hasLeft;
        });
    }

    // ------------------------------------------------------------------ tables, on the second node

    /** That fails if there are no rows. */
    private static TableSource<String> source(@Nullable List<String> rows) {
        return TableSource.versioned(
                () -> {
                    if (rows == null) {
                        throw new IllegalStateException("for a test");
                    }
                    return rows;
                },
                row -> row,
                row -> 1);
    }

    private static Opened table(Topic<String> topic, TableSource<String> source) {
        Told told = new Told();
        Table<String> table = cluster.gapless(1).table(topic, source);
        try {
            table.onChange(told::note);
        } catch (TableClosed e) {
            // one that closes by itself may have done so by now
            assertSame(TableStatus.State.CLOSED, table.status().state());
        }
        return new Opened(
                List.of(told, table, source),
                () -> table.status().state() != TableStatus.State.STALE
                        || table.status().failures() > 0,
                table::close,
                () -> table.status().state() == TableStatus.State.CLOSED);
    }

    private static Opened positioned(Topic<String> topic) {
        CursorToken here = token(topic);
        return table(topic, TableSource.positioned(() -> new TableRows<>(List.of("a"), here), row -> row));
    }

    /** What was opened by it ends with it. */
    private static Opened handle(Topic<String> unused) {
        Told listener = new Told();
        Told stream = new Told();
        Table<String> handle = cluster.gapless(1).table(HELD, SOURCE);
        handle.onChange(listener::note);
        CompletableFuture<?> ended =
                handle.changes().runForeach(stream::note, cluster.system(1)).toCompletableFuture();
        return new Opened(
                List.of(handle, listener, stream),
                () -> listener.isTold() && stream.isTold(),
                handle::close,
                ended::isDone);
    }

    private static Opened listener(Topic<String> unused) {
        Told told = new Told();
        return new Opened(List.of(told), told::isTold, held.onChange(told::note)::close, () -> true);
    }

    private static Opened changes(Topic<String> unused) {
        Told told = new Told();
        var running = held.changes()
                .viaMat(KillSwitches.single(), Keep.right())
                .toMat(Sink.foreach(told::note), Keep.both())
                .run(cluster.system(1));
        CompletableFuture<?> ended = running.second().toCompletableFuture();
        return new Opened(List.of(told), told::isTold, running.first()::shutdown, ended::isDone);
    }

    /** As gateways read. */
    private static Opened states(Topic<String> unused) {
        Told told = new Told();
        StateReader<String> reader = StateReader.of(held, () -> told.note("woken"));
        return new Opened(List.of(told, reader), told::isTold, reader::close, () -> true);
    }

    // ------------------------------------------------------------------ publishing, on the first node

    private static Position publish(Topic<String> topic) {
        return get(cluster.gapless(0).producer(topic).publish("a", "a"));
    }

    /** It ends by itself, and whether it succeeds or not: it finds a place. */
    private static Opened stage(CompletionStage<?> stage) {
        CompletableFuture<?> done = stage.toCompletableFuture();
        CompletableFuture<Boolean> refused =
                done.handle((value, failure) -> failure != null && Fence.cause(failure) instanceof TooManyPending);
        return new Opened(List.of(stage), () -> true, () -> {}, () -> {
            assertFalse(refused.getNow(false), "no place");
            return done.isDone();
        });
    }

    private static Opened published(Topic<String> topic) {
        return stage(cluster.gapless(0).producer(topic).publish("a", "a"));
    }

    private static Opened receipt(Topic<String> topic, @Nullable Receipt receipt, Duration timeout) {
        return stage(cluster.gapless(0).producer(topic).publish("a", "a", receipt, timeout));
    }

    private static Opened asked(Topic<String> topic) {
        Position at = publish(topic);
        return stage(GaplessExtension.hostOf(cluster.system(0)).held(topic.name(), at, at, Receipt.heldBy(1), SHORT));
    }

    /** Publishes to a topic whose subscriber stands still: until all wait, or until all have given up. */
    private static final class Standstill implements Thing {
        private final boolean comes;
        private final Function<Topic<String>, Opened> publish;
        private final List<Opened> published = new ArrayList<>();
        private CompletableFuture<Void> gate = new CompletableFuture<>();
        private @Nullable Subscription subscription;

        Standstill(boolean comes, Function<Topic<String>, Opened> publish) {
            this.comes = comes;
            this.publish = publish;
        }

        @Override
        public Opened open(Topic<String> topic) {
            if (subscription == null) {
                gate = new CompletableFuture<>();
                subscription = cluster.gapless(1).subscribe(topic, StartFrom.latest(), new Later(gate));
                get(subscription.ready());
            }
            Opened one = publish.apply(topic);
            published.add(one);
            return one;
        }

        @Override
        public void areOpen(Topic<String> topic) {
            if (comes) {
                assertTrue(published.stream().anyMatch(one -> !one.hasEnded().getAsBoolean()), "nobody waits");
                gate.complete(null);
            }
        }

        @Override
        public void haveEnded() {
            gate.complete(null);
            get(subscription.cancel());
            subscription = null;
            published.clear();
        }
    }

    private static Opened sink(Topic<String> topic) {
        return stage(Source.range(1, 5).map(i -> "a").runWith(cluster.gapless(0).sink(topic), cluster.system(0)));
    }

    private static Opened meters(Topic<String> unused) {
        GaplessMetrics its = new GaplessMetrics(cluster.gapless(1));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        its.bindTo(registry);
        return new Opened(
                List.of(its, registry),
                () -> true,
                its::close,
                () -> registry.getMeters().isEmpty());
    }
}
