package dev.gapless.testkit;

import com.typesafe.config.ConfigFactory;
import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Reason;
import dev.gapless.testkit.internal.ActorSystems;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;

/**
 * A cluster for the unit test of an application: nodes without sockets, and without threads of their own. What the test orders has
 * happened, and was delivered, when the call returns. Time is virtual, and each run of a test is the same.
 *
 * <pre>{@code
 * try (GaplessTestKit kit = GaplessTestKit.create()) {
 *     TestNode feed = kit.node("feed");
 *     TestSubscription<Price> seen = kit.node("app").subscribe(PRICES, new PriceCache(table));
 *     feed.publish(PRICES, first);
 *     feed.overrun(PRICES, () -> feed.publish(PRICES, missed));
 *     seen.expectMessage(first).expectExpiry(feed, Reason.OVERRUN).expectReloaded();
 * }
 * }</pre>
 *
 * <p>Settings are those of the application's {@code application.conf}, or of the actor system if there is one. But rings are of 1,024
 * messages, and reloads begin at once ({@code gapless.reload-interval} and {@code reload-jitter} are 0), unless {@link
 * #create(String)} says otherwise. Messages are serialized as in a cluster, by what {@code application.conf} binds to their classes: a
 * missing binding fails the test. With an actor system ({@link #create(ClassicActorSystemProvider)}, that of Pekko's ActorTestKit for
 * instance) actors and streams can subscribe, too.
 *
 * <p>Durable topics ({@code gapless.durability = journal}) and the tokens of named subscriptions ({@link SubscriptionSettings#named}) are
 * stored in memory, by node, as long as the kit is open: {@link TestNode#restart}, {@link TestNode#failStore}, {@link
 * TestNode#putBackStore}.
 *
 * <p>Handlers run on the thread that brings what they are given: that of the test, as a rule, or one that completes a stage. Thread-safe.
 */
public final class GaplessTestKit implements AutoCloseable {
    private static final String SMALL_AND_QUICK =
            "gapless { buffer-messages = 1024, reload-interval = 0s, reload-jitter = 0s, node-name = test }";

    private static final String FEED = "feed";
    private static final String APP = "app";

    private final World world;
    private final @Nullable ActorSystem system;
    private final Map<String, TestNode> nodes = new LinkedHashMap<>();

    private GaplessTestKit(@Nullable ActorSystem system, String config) {
        if (system != null) {
            ActorSystems.checkIsNoClusterNode(system);
        }
        this.system = system;
        this.world = new World(
                system, ConfigFactory.parseString(config).withFallback(ConfigFactory.parseString(SMALL_AND_QUICK)));
    }

    /** A cluster without nodes. */
    public static GaplessTestKit create() {
        return create("");
    }

    /** A cluster with these settings, as in {@code application.conf}: {@code "gapless.topics.prices.buffer-messages = 10"}. */
    public static GaplessTestKit create(String config) {
        return new GaplessTestKit(null, config);
    }

    /**
     * A cluster beside this actor system, which is no cluster node, and with its settings, serializers included: that of Pekko's
     * ActorTestKit for instance, with those of {@code application.conf}.
     *
     * <pre>{@code
     * ActorTestKit actors = ActorTestKit.create(
     *         ConfigFactory.parseString("pekko.actor.provider = local").withFallback(ConfigFactory.load()));
     * GaplessTestKit kit = GaplessTestKit.create(actors.system());
     * }</pre>
     *
     * <p>Throws IllegalStateException if it is a cluster node.
     */
    public static GaplessTestKit create(ClassicActorSystemProvider system) {
        return create(system, "");
    }

    /** A cluster beside this actor system, with these settings. */
    public static GaplessTestKit create(ClassicActorSystemProvider system, String config) {
        return new GaplessTestKit(system.classicSystem(), config);
    }

    /** How long expectations wait, in real time, while a handler or an actor has not answered; 3 seconds unless this is called. */
    public GaplessTestKit withPatience(Duration longest) {
        world.patience(longest);
        return this;
    }

    /** The node of this name. It joins the cluster at the first call. */
    public TestNode node(String name) {
        List<TestNode> node = new ArrayList<>();
        world.order(() -> node.add(nodes.computeIfAbsent(name, joins -> new TestNode(world, joins))));
        return node.get(0);
    }

    // ------------------------------------------------------------------ time and links

    /**
     * The virtual time. A test begins on 1 January 2026, at midnight UTC. {@code StartFrom.since} of a later time, such as one that
     * an application has from the real clock, is since now.
     */
    public Instant now() {
        return world.surroundings().time().now();
    }

    /** Lets so much time pass, at once: timeouts, backoffs and heartbeats that fall into it happen. */
    public void pass(Duration duration) {
        world.pass(duration);
    }

    /** No message between these two arrives, until {@link #reconnect}. */
    public void cut(TestNode one, TestNode other) {
        world.order(() -> world.cut(one.name(), other.name(), true));
    }

    /** The links between these two work again; returns when both have what was missing, or were told. */
    public void reconnect(TestNode one, TestNode other) {
        world.order(() -> world.cut(one.name(), other.name(), false));
        world.awaitLevel();
    }

    // ------------------------------------------------------------------ expiries

    /**
     * Subscribes with this handler on node {@code app}, and makes an expiry of this reason of node {@code feed} happen to it: for tests
     * of how a handler reloads, whatever the reason.
     *
     * <pre>{@code
     * @ParameterizedTest
     * @EnumSource(Reason.class)
     * void reloads(Reason reason) {
     *     try (GaplessTestKit kit = GaplessTestKit.create()) {
     *         kit.expire(reason, PRICES, cache).expectExpiry(reason).expectReloaded();
     *         assertEquals(table.readAll(), cache.prices());
     *     }
     * }
     * }</pre>
     *
     * @return the subscription, of which nothing was looked at yet
     */
    public <T> TestSubscription<T> expire(Reason reason, Topic<T> topic, EventHandler<T> handler) {
        return expireOne(reason, topic, start -> node(APP).subscribe(topic, start, handler));
    }

    /**
     * Subscribes with this actor on node {@code app}, and makes an expiry of this reason of node {@code feed} happen to it. The kit has
     * the actor's system ({@link #create(ClassicActorSystemProvider)}).
     *
     * <pre>{@code
     * kit.expire(reason, PRICES, cache, PriceEvent::new).expectExpiry(reason).expectReloaded();
     * }</pre>
     *
     * @return the subscription, of which nothing was looked at yet
     */
    public <T, M> TestSubscription<T> expire(
            Reason reason, Topic<T> topic, ActorRef<M> actor, Function<Unconfirmed<T>, ? extends M> wrap) {
        return expireOne(
                reason,
                topic,
                start -> node(APP).subscribe(topic, start, SubscriptionSettings.defaults(), actor, wrap));
    }

    /**
     * Runs a stream of this topic's events into this sink on node {@code app}, and makes an expiry of this reason of node {@code feed}
     * happen to it. Fails with an AssertionError if the stream is not subscribed within {@link #withPatience}.
     *
     * <pre>{@code
     * SinkQueueWithCancel<Event<Price>> events = kit.expire(reason, PRICES, Sink.queue());
     * }</pre>
     *
     * <p>Throws IllegalStateException if the kit has no actor system.
     *
     * @return what the sink materializes
     */
    public <T, S> S expire(Reason reason, Topic<T> topic, Sink<Event<T>, S> sink) {
        ActorSystem runs = system;
        if (runs == null) {
            throw new IllegalStateException("A stream runs on an actor system: give it to GaplessTestKit.create");
        }
        return expireOne(reason, topic, start -> {
            Pair<Subscription, S> stream = node(APP)
                    .gapless()
                    .source(topic, start)
                    .toMat(sink, Keep.both())
                    .run(runs);
            world.awaitReady(stream.first());
            return stream.second();
        });
    }

    private <T, S> S expireOne(Reason reason, Topic<T> topic, Function<StartFrom, S> subscribe) {
        if (reason == Reason.PRODUCER_RESTARTED && world.surroundings().isDurable(topic.name())) {
            throw new IllegalArgumentException(
                    "Topic " + topic.name()
                            + " is durable: nobody is told that its node restarted, unless its store is lost (TestNode.loseStore)");
        }
        TestNode feed = node(FEED);
        node(APP); // it joins before anything is cut
        if (reason == Reason.POSITION_UNKNOWN) {
            feed.cutOff();
            TestSubscription<T> without = node(APP).subscribe(topic);
            CursorToken token = without.token();
            var unused = without.cancel();
            feed.publishUnheard(topic);
            feed.reconnect();
            return subscribe.apply(StartFrom.token(token));
        }
        S subscribed = subscribe.apply(StartFrom.latest());
        if (reason == Reason.OVERRUN) {
            feed.overrun(topic);
        } else if (reason == Reason.PRODUCER_RESTARTED) {
            feed.restart();
        } else {
            feed.lose();
        }
        return subscribed;
    }

    /** Ends the test: nodes are not running any more. */
    @Override
    public void close() {
        nodes.values().forEach(TestNode::crash);
        world.surroundings().close();
    }
}
