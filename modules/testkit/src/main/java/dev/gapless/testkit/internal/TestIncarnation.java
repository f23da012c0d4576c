package dev.gapless.testkit.internal;

import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.NodeStatus;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import dev.gapless.core.node.Joined;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.Quota;
import dev.gapless.core.producer.CursorStatus;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.internal.measure.TopicStats;
import dev.gapless.internal.node.Node;
import dev.gapless.internal.node.Settings;
import dev.gapless.internal.publish.ProducerLog;
import dev.gapless.internal.publish.ProducerLogs;
import dev.gapless.internal.publish.TopicProducer;
import dev.gapless.internal.shard.ServedTopic;
import dev.gapless.internal.shard.ShardDriver;
import dev.gapless.internal.subscribe.ActorRecipient;
import dev.gapless.internal.subscribe.EventReader;
import dev.gapless.internal.subscribe.EventSource;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.HandlerRecipient;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.subscribe.Starts;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionHost;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.TopicClasses;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * One incarnation of a node: drives a {@link dev.gapless.core.node.Node} and its shard, as the actors of a cluster's
 * node do, but in turns. What applications call is thread-safe; the rest is for {@link Turns}.
 */
public final class TestIncarnation implements Node, SubscriptionHost, VirtualTime.Timed, Outbox.Carrier {
    private static final int MAX_STREAM_PUBLISHES = 1_024;

    private final Surroundings around;
    private final long uid;
    private final String name;
    private final Outbox outbox = new Outbox();
    private final dev.gapless.core.node.Node node;
    private final ShardDriver shard;
    private final Set<Long> members = new LinkedHashSet<>();
    private final Set<Long> unreachable = new HashSet<>();
    private final TopicClasses classes = new TopicClasses();
    private final Map<String, ProducerLog> locals = new ConcurrentHashMap<>();
    /** An empty log that was dropped, and is made anew, is the same log. */
    private final Map<String, LogIdentity> identities = new ConcurrentHashMap<>();

    private final Map<Long, DrivenSubscription<?>> subscriptions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong sessions = new AtomicLong();
    private final Executor completions;
    private long shardDueNs = Long.MAX_VALUE;
    private volatile boolean closing;
    private volatile boolean gone;

    /** A process that has just started, and is no member yet. */
    public TestIncarnation(Surroundings around, String name) {
        this.around = around;
        this.uid = around.nextUid();
        this.name = name;
        Settings settings = around.settings();
        NodeSettings self = new NodeSettings(
                uid,
                name,
                0,
                around.time().ms(),
                1,
                settings.pingInterval.toNanos(),
                settings.cursorRetention.toNanos(),
                NodeSettings.HELLO_BACKOFF);
        this.node = new dev.gapless.core.node.Node(self, this::hasPublished, outbox, now());
        this.shard = new ShardDriver(
                new Here(),
                uid,
                around::topic,
                sessions::incrementAndGet,
                around.random(),
                new Quota(settings.maxTopics));
        Object stages = new Object();
        this.completions = stage -> around.turns().addAndRun(stages, stage);
        around.time().add(this);
    }

    long uid() {
        return uid;
    }

    @Override
    public String name() {
        return name;
    }

    /** Its address, as a member. */
    String address() {
        return name + ":1";
    }

    /** Is its process gone? */
    public boolean isGone() {
        return gone;
    }

    /** Its process is gone, without a word. */
    public void crash() {
        gone = true;
        around.time().remove(this);
        locals.values().forEach(local -> local.log().close());
        subscriptions.values().forEach(DrivenSubscription::crash);
    }

    /** Begins to leave in good order: subscriptions end, and then producers drain. */
    public void leave() {
        closing = true;
        node.leave();
        settle();
    }

    /** Has it drained, or has its time for that run out? */
    public boolean isDrained() {
        return node.hasLeft();
    }

    private Now now() {
        return new Now(around.time().ms(), around.time().ns());
    }

    private boolean hasPublished() {
        return locals.values().stream()
                .anyMatch(local -> local.log().head() >= local.log().identity().first());
    }

    // ------------------------------------------------------------------ the node

    private void settle() {
        outbox.drain(this);
    }

    @Override
    public void send(long toUid, Packet packet) {
        around.links().send(this, toUid, packet);
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.TellShards tell) {
            around.turns().add(this, () -> {
                if (!gone) {
                    shard.onNode(tell.message());
                }
            });
        }
    }

    void up() {
        appeared(uid, address());
        node.up();
        settle();
    }

    void appeared(long memberUid, String address) {
        members.add(memberUid);
        node.appeared(new Joined(memberUid, address, "", memberUid), now());
        settle();
    }

    void removed(long memberUid) {
        members.remove(memberUid);
        unreachable.remove(memberUid);
        node.removed(memberUid);
        settle();
    }

    void reachability(long memberUid, boolean reachable) {
        if (reachable) {
            unreachable.remove(memberUid);
        } else {
            unreachable.add(memberUid);
        }
        node.reachability(memberUid, reachable);
        settle();
    }

    // ------------------------------------------------------------------ time

    @Override
    public long dueNs() {
        return Math.min(node.deadlineNs(), shardDueNs);
    }

    @Override
    public void onTime() {
        if (gone) {
            return;
        }
        long nowNs = around.time().ns();
        if (node.deadlineNs() <= nowNs) {
            node.onTime(now());
            settle();
        }
        if (shardDueNs <= nowNs) {
            shardDueNs = Long.MAX_VALUE;
            shard.onTime();
        }
    }

    // ------------------------------------------------------------------ messages

    void receive(Packet packet) {
        if (gone) {
            return;
        }
        if (packet instanceof Message message) {
            shard.onMessage(message);
        } else if (packet instanceof NodeMessage message) {
            node.onMessage(message, now());
            settle();
        }
    }

    /** Has this node all that the other one has published? */
    boolean isLevelWith(TestIncarnation producer) {
        return gone || producer.gone || shard.shard().topics().stream().allMatch(topic -> isLevelWith(producer, topic));
    }

    private boolean isLevelWith(TestIncarnation producer, String topic) {
        TopicConsumer consumer = shard.shard().consumer(topic);
        ProducerState side = producer.shard.shard().producer(topic);
        return consumer == null
                || (side != null
                        && hasLevelReader(side)
                        && consumer.registrations().stream()
                                .anyMatch(registration -> producer.name.equals(registration.node())
                                        && registration.phase().equals("LIVE")));
    }

    /** Have all readers of this life all that is in the log? */
    private boolean hasLevelReader(ProducerState producer) {
        List<CursorStatus> own = producer.cursors().stream()
                .filter(cursor -> cursor.session().uid() == uid)
                .toList();
        return !own.isEmpty()
                && own.stream()
                        .allMatch(cursor -> cursor.confirmed()
                                && cursor.acked() == producer.log().head());
    }

    // ------------------------------------------------------------------ publishing

    @Override
    public <T> Producer<T> producer(Topic<T> topic) {
        ProducerLogs.checkPublishing(topic.name(), around.topic(topic.name()));
        classes.check(topic);
        ProducerLog local = producerLog(topic.name()).hold();
        around.turns().addAndRun(this, () -> shard.produce(local));
        return new TopicProducer<>(topic, local, around.codec());
    }

    private ProducerLog producerLog(String topic) {
        return locals.computeIfAbsent(topic, name -> {
            LogIdentity identity = identities.computeIfAbsent(
                    name,
                    made -> LogIdentity.fresh(
                            around.topic(made),
                            around::nextRandom,
                            around.time().ms()));
            Log log = new Log(identity, around.topic(name));
            if (closing || gone) {
                log.close();
            }
            return new ProducerLog(name, log, around.topic(name), completions, around.time());
        });
    }

    /**
     * Publishes deletions of this key until the ring holds nothing of what it held before, whoever has not got it yet. Returns how
     * many.
     */
    public int overwrite(String topic, String key) {
        ProducerLog local = producerLog(topic);
        shard.produce(local);
        members.forEach(member -> shard.onNode(new ToShard.Reachability(member, false))); // nobody is waited for
        Content deletion = new Content(key, true, Map.of(), 0, "", new byte[0], 0, 0);
        long first = local.log().head() + 1;
        int published = 0;
        while (local.log().oldest() <= first) {
            CompletableFuture<Position> position = local.publish(deletion);
            published++;
            if (!position.isDone() || position.isCompletedExceptionally()) {
                throw new IllegalStateException("Topic " + topic + " of " + name + " takes no messages now");
            }
        }
        members.stream()
                .filter(member -> !unreachable.contains(member))
                .forEach(member -> shard.onNode(new ToShard.Reachability(member, true)));
        return published;
    }

    @Override
    public <T> Flow<T, Position, NotUsed> flow(Topic<T> topic) {
        Producer<T> producer = producer(topic);
        int underWay = Math.min(MAX_STREAM_PUBLISHES, around.topic(topic.name()).maxPendingPublishes());
        return Flow.<T>create().mapAsync(underWay, producer::publish);
    }

    @Override
    public <T> Sink<T, CompletionStage<Done>> sink(Topic<T> topic) {
        return flow(topic).toMat(Sink.ignore(), Keep.right());
    }

    // ------------------------------------------------------------------ subscribing

    @Override
    public <T> DrivenSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler) {
        return subscribe(topic, start, settings, new HandlerRecipient<>(handler));
    }

    @Override
    public <T, M> DrivenSubscription<T> subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap) {
        int window = settings.window().orElse(around.settings().actorWindow);
        return subscribe(topic, start, settings, new ActorRecipient<>(actor, wrap, window));
    }

    private <T> DrivenSubscription<T> subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        if (gone) {
            throw new IllegalStateException("Node " + name + " is not running: start() it first");
        }
        SubscriptionHandle handle = handle(topic, start);
        long id = nextSubscription();
        DrivenSubscription<T> driven = new DrivenSubscription<>(
                this, around.turns(), around.time(), topic, settings, id, recipient, handle, around.observers());
        subscriptions.put(id, driven);
        Opening opening = opening(start);
        around.turns().addAndRun(this, () -> open(topic.name(), id, opening, driven.listener(), driven.feedback()));
        return driven;
    }

    /** A time to come is the present one: who subscribes goes by a clock that is ahead of the virtual one. */
    private Opening opening(StartFrom start) {
        Opening opening = Starts.opening(start);
        return opening instanceof Opening.Since since
                        && since.timeMs() > around.time().ms()
                ? new Opening.Since(around.time().ms())
                : opening;
    }

    private void open(String topic, long id, Opening opening, SubscriptionListener listener, Feedback.Sink feedback) {
        if (closing) {
            listener.shutdown();
        } else {
            shard.open(topic, id, opening, listener, feedback);
        }
    }

    /** A reader has something to tell its consumer. */
    void onFeedback(String topic, Feedback feedback) {
        around.turns().add(this, () -> {
            if (!gone) {
                shard.onFeedback(topic, feedback);
            }
        });
    }

    void watch(ActorRef<?> actor, Runnable stopped) {
        around.actors().ifPresent(actors -> actors.watch(actor, stopped));
    }

    @Override
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        Starts.check(topic.name(), start, around.settings().clusterId);
        classes.check(topic);
        return Source.fromGraph(new EventSource<>(this, topic, start, settings));
    }

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start) {
        Starts.check(topic.name(), start, around.settings().clusterId);
        classes.check(topic);
        return new SubscriptionHandle(topic.name(), start, around.settings().clusterId, completions, around.time());
    }

    @Override
    public long nextSubscription() {
        return numbers.incrementAndGet();
    }

    @Override
    public <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Feedback.Sink feedback) {
        return new EventReader<>(
                topic,
                id,
                state,
                feedback,
                new Filter(settings),
                around.codec(),
                around.settings().clusterId,
                around.time());
    }

    /** Of a stream, which an actor system runs: what it has to tell comes from there. */
    @Override
    public void openSubscription(String topic, long id, StartFrom start, SubscriptionListener listener) {
        ActorSystems actors = around.actors()
                .orElseThrow(() -> new IllegalStateException(
                        "A stream runs on an actor system: give it to GaplessTestKit.create"));
        ActorRef<Feedback> sink = actors.forward(feedback -> {
            onFeedback(topic, feedback);
            around.turns().run();
        });
        Opening opening = opening(start);
        around.turns().addAndRun(this, () -> open(topic, id, opening, listener, sink::tell));
    }

    @Override
    public void closeSubscription(String topic, long id) {
        subscriptions.remove(id);
        around.turns().addAndRun(this, () -> {
            if (!gone) {
                shard.close(topic, id);
            }
        });
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public CompletionStage<List<NodeStatus>> status(Duration timeout) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("The test kit has no status: its nodes are observed by the test"));
    }

    /** Where its shard runs. */
    private final class Here implements ShardDriver.Place {
        @Override
        public Clock clock() {
            return around.time();
        }

        @Override
        public void send(long toUid, Packet packet) {
            TestIncarnation.this.send(toUid, packet);
        }

        @Override
        public void tellNode(ToNode message) {
            around.turns().add(TestIncarnation.this, () -> {
                if (!gone) {
                    node.onShard(0, message, now());
                    settle();
                }
            });
        }

        @Override
        public void startTimer(long afterNs) {
            shardDueNs = around.time().ns() + afterNs;
        }

        @Override
        public Runnable looker(ServedTopic topic) {
            return () -> around.turns().addAndRun(TestIncarnation.this, () -> shard.look(topic));
        }

        @Override
        public ProducerLog producer(String topic) {
            return producerLog(topic);
        }

        @Override
        public boolean drop(ProducerLog producer) {
            return !producer.isHeld() && locals.remove(producer.topic(), producer);
        }

        @Override
        public TopicStats stats(String topic) {
            return TopicStats.NONE;
        }

        @Override
        public void missed(Effect.Missed missed) {}

        @Override
        public void moved(ProducerLog producer, Effect.CursorMoved moved) {}

        @Override
        public void producerEnded(String topic) {}

        @Override
        public void consumerEnded(String topic) {}
    }
}
