package dev.gapless.internal;

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
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.member.Pulses;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Pulse;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node: the parts of the protocol, put together as {@link Hub} and its lanes put them together, and run in
 * turns. What applications call is thread-safe; the rest is for {@link Turns}.
 */
public final class Life implements Node, SubscriptionHost, VirtualTime.Timed {
    private static final int MAX_STREAM_PUBLISHES = 1_024;

    private final Surroundings around;
    private final long uid;
    private final String name;
    private final Membership membership;
    private final Pulses pulses;
    private final Set<Long> members = new LinkedHashSet<>();
    private final Set<Long> unreachable = new HashSet<>();
    private final Map<String, LocalProducer> locals = new ConcurrentHashMap<>();
    private final Map<String, ProducerSide> producers = new LinkedHashMap<>();
    private final Map<String, ConsumerHost> consumers = new LinkedHashMap<>();
    private final Map<Long, DrivenSubscription<?>> subscriptions = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong sessions = new AtomicLong();
    private final Executor completions;
    private long pulseDueNs;
    private volatile boolean closing;
    private volatile boolean gone;

    /** A process that has just started, and is no member yet. */
    public Life(Surroundings around, String name) {
        this.around = around;
        this.uid = around.nextUid();
        this.name = name;
        this.membership = new Membership(uid, name);
        Settings settings = around.settings();
        this.pulses = new Pulses(uid, settings.pulseInterval.toNanos(), settings.cursorRetention.toNanos());
        this.pulseDueNs = around.time().ns() + settings.pulseInterval.toNanos();
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
        locals.values().forEach(local -> local.log.close());
        subscriptions.values().forEach(DrivenSubscription::crash);
    }

    /** Begins to leave in good order: subscriptions end, and then producers drain. */
    public void leave() {
        closing = true;
        consumers.values().forEach(ConsumerHost::shutdown);
        consumers.clear();
        around.turns().add(this, () -> producers.values().forEach(ProducerSide::leave));
    }

    /** Has it drained, or has its time for that run out? */
    public boolean isDrained() {
        return closing && producers.values().stream().allMatch(ProducerSide::isDrained);
    }

    // ------------------------------------------------------------------ members

    void up() {
        appeared(uid, address());
        List<MemberEvent> events = membership.selfUp();
        List<MemberEvent> snapshot = membership.snapshot();
        consumers.values().forEach(consumer -> consumer.begin(events, snapshot));
        watchAll();
    }

    void appeared(long memberUid, String address) {
        members.add(memberUid);
        tell(membership.appeared(memberUid, address));
        if (memberUid != uid) {
            hello(memberUid, false);
        }
    }

    void removed(long memberUid) {
        members.remove(memberUid);
        unreachable.remove(memberUid);
        pulses.unwatch(memberUid);
        producers.values().forEach(producer -> producer.onRemoved(memberUid));
        tell(membership.removed(memberUid));
    }

    void reachability(long memberUid, boolean reachable) {
        if (reachable) {
            unreachable.remove(memberUid);
        } else {
            unreachable.add(memberUid);
        }
        producers.values().forEach(producer -> producer.onReachability(memberUid, reachable));
    }

    private void tell(List<MemberEvent> events) {
        if (!events.isEmpty() && membership.isUp()) {
            List<MemberEvent> snapshot = membership.snapshot();
            consumers.values().forEach(consumer -> consumer.onMembers(events, snapshot));
        }
    }

    private void hello(long toUid, boolean answer) {
        around.links().send(this, toUid, new Hello(uid, toUid, name, 0, answer, 0));
    }

    private void watchAll() {
        if (!consumers.isEmpty()) {
            members.stream()
                    .filter(member -> member != uid && membership.hasSaidItsName(member))
                    .forEach(member -> pulses.watch(member, around.time().ns()));
        }
    }

    // ------------------------------------------------------------------ time

    @Override
    public long dueNs() {
        long dueNs = pulseDueNs;
        for (ProducerSide producer : producers.values()) {
            dueNs = Math.min(dueNs, producer.deadlineNs());
        }
        for (ConsumerHost consumer : consumers.values()) {
            dueNs = Math.min(dueNs, consumer.deadlineNs());
        }
        return dueNs;
    }

    @Override
    public void onTime() {
        if (gone) {
            return;
        }
        long nowNs = around.time().ns();
        if (pulseDueNs <= nowNs) {
            pulseDueNs = nowNs + around.settings().pulseInterval.toNanos();
            pulse();
        }
        producers.values().stream().filter(side -> side.deadlineNs() <= nowNs).forEach(ProducerSide::onTime);
        consumers.values().stream().filter(side -> side.deadlineNs() <= nowNs).forEach(ConsumerHost::onTime);
    }

    private void pulse() {
        watchAll();
        Pulses.Due due = pulses.onTime(around.time().ns());
        due.pulses().forEach(pulse -> around.links().send(this, pulse.toUid(), pulse));
        due.forgottenUids().forEach(forgotten -> {
            producers.values().forEach(producer -> producer.onForgotten(forgotten));
            pulses.forgot(forgotten);
        });
        due.silentUids().forEach(silent -> consumers.values().forEach(consumer -> consumer.onSilent(silent)));
        members.stream()
                .filter(member -> !membership.hasSaidItsName(member))
                .toList()
                .forEach(member -> hello(member, false));
    }

    // ------------------------------------------------------------------ messages

    void send(long toUid, Object message) {
        around.links().send(this, toUid, message);
    }

    void receive(Object message) {
        if (gone) {
            return;
        }
        if (message instanceof ToConsumer toConsumer) {
            onToConsumer(toConsumer);
        } else if (message instanceof ToProducer toProducer) {
            onToProducer(toProducer);
        } else if (message instanceof Pulse pulse) {
            pulses.onPulse(pulse, around.time().ns());
        } else if (message instanceof Hello hello) {
            tell(membership.heard(hello));
            if (!hello.answer()) {
                hello(hello.fromUid(), true);
            }
        }
    }

    private void onToConsumer(ToConsumer message) {
        ConsumerHost consumer = consumers.get(message.topic());
        if (consumer != null) {
            consumer.onMessage(message);
        } else {
            TopicConsumer.deregistrationOf(message).ifPresent(d -> send(d.toUid(), d.message()));
        }
    }

    private void onToProducer(ToProducer message) {
        if (message instanceof Register) {
            pulses.watch(message.session().uid(), around.time().ns());
            sideOf(localProducer(message.topic())); // rule P9
        }
        ProducerSide producer = producers.get(message.topic());
        if (producer != null) {
            producer.onMessage(message);
        }
    }

    /** Has this node all that the other one has published? */
    boolean isLevelWith(Life producer) {
        return gone
                || producer.gone
                || consumers.entrySet().stream().allMatch(consumer -> {
                    ProducerSide side = producer.producers.get(consumer.getKey());
                    return side != null
                            && side.hasLevelReader(uid)
                            && consumer.getValue().isLiveWith(producer.name);
                });
    }

    // ------------------------------------------------------------------ publishing

    @Override
    public <T> Producer<T> producer(Topic<T> topic) {
        GaplessNode.checkPublishing(topic.name(), around.topic(topic.name()));
        LocalProducer local = localProducer(topic.name());
        around.turns().addAndRun(this, () -> sideOf(local));
        return new LocalHandle<>(topic, local, around.codec());
    }

    private LocalProducer localProducer(String topic) {
        return locals.computeIfAbsent(topic, name -> {
            LogIdentity identity = LogIdentity.fresh(
                    around.topic(name), around::nextRandom, around.time().ms());
            Log log = new Log(identity, around.topic(name));
            if (closing || gone) {
                log.close();
            }
            return new LocalProducer(name, log, around.topic(name), completions, around.time());
        });
    }

    private ProducerSide sideOf(LocalProducer local) {
        ProducerSide known = producers.get(local.topic);
        if (known != null) {
            return known;
        }
        ProducerSide side = new ProducerSide(this, around.time(), local);
        producers.put(local.topic, side);
        unreachable.forEach(member -> side.onReachability(member, false));
        local.started(() -> around.turns().addAndRun(this, side::look));
        return side;
    }

    /**
     * Publishes deletions of this key until the ring holds nothing of what it held before, whoever has not got it yet. Returns how
     * many.
     */
    public int overwrite(String topic, String key) {
        LocalProducer local = localProducer(topic);
        ProducerSide side = sideOf(local);
        members.forEach(member -> side.onReachability(member, false)); // nobody is waited for
        Content deletion = new Content(key, true, Map.of(), 0, "", new byte[0], 0, 0);
        long first = local.log.head() + 1;
        int published = 0;
        while (local.log.oldest() <= first) {
            CompletableFuture<Position> position = local.publish(deletion);
            published++;
            if (!position.isDone() || position.isCompletedExceptionally()) {
                throw new IllegalStateException("Topic " + topic + " of " + name + " takes no messages now");
            }
        }
        members.stream()
                .filter(member -> !unreachable.contains(member))
                .forEach(member -> side.onReachability(member, true));
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
        around.turns().addAndRun(this, () -> open(topic.name(), id, opening, driven.listener(), driven.desk()));
        return driven;
    }

    /** A time to come is the present one: who subscribes goes by a clock that is ahead of the virtual one. */
    private Opening opening(StartFrom start) {
        Opening opening = GaplessNode.opening(start);
        return opening instanceof Opening.Since since
                        && since.timeMs() > around.time().ms()
                ? new Opening.Since(around.time().ms())
                : opening;
    }

    private void open(String topic, long id, Opening opening, SubscriptionListener listener, Order.Desk desk) {
        if (closing) {
            listener.shutdown();
            return;
        }
        ConsumerHost consumer = consumers.get(topic);
        if (consumer == null) {
            consumer = new ConsumerHost(topic, around.topic(topic), opening, TopicStats.NONE, new Here());
            consumers.put(topic, consumer);
            if (membership.isUp()) {
                consumer.begin(membership.snapshot(), membership.snapshot());
                watchAll();
            }
        }
        consumer.open(id, opening, listener, desk);
    }

    /** A reader has something to tell its consumer. */
    void order(String topic, Order order) {
        around.turns().add(this, () -> {
            ConsumerHost consumer = consumers.get(topic);
            if (consumer != null && !gone) {
                consumer.onOrder(order);
            }
        });
    }

    void watch(ActorRef<?> actor, Runnable stopped) {
        around.actors().ifPresent(actors -> actors.watch(actor, stopped));
    }

    @Override
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        GaplessNode.checkStart(topic.name(), start, around.settings().clusterId);
        return Source.fromGraph(new EventSource<>(this, topic, start, settings));
    }

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start) {
        GaplessNode.checkStart(topic.name(), start, around.settings().clusterId);
        return new SubscriptionHandle(topic.name(), start, around.settings().clusterId, completions, around.time());
    }

    @Override
    public long nextSubscription() {
        return numbers.incrementAndGet();
    }

    @Override
    public <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Order.Desk desk) {
        return new EventReader<>(
                topic,
                id,
                state,
                desk,
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
        ActorRef<Order> orders = actors.forward(order -> {
            order(topic, order);
            around.turns().run();
        });
        Opening opening = opening(start);
        around.turns().addAndRun(this, () -> open(topic, id, opening, listener, orders::tell));
    }

    @Override
    public void closeSubscription(String topic, long id) {
        subscriptions.remove(id);
        around.turns().addAndRun(this, () -> {
            ConsumerHost consumer = consumers.get(topic);
            if (consumer != null && !gone) {
                consumer.close(id);
                if (consumer.isIdle()) {
                    consumers.remove(topic);
                    consumer.stop();
                }
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

    /** What the consumers of this node share. */
    private final class Here implements ConsumerHost.Place {
        @Override
        public long uid() {
            return uid;
        }

        @Override
        public Clock clock() {
            return around.time();
        }

        @Override
        public LongSupplier sessions() {
            return sessions::incrementAndGet;
        }

        @Override
        public RandomGenerator random() {
            return around.random();
        }

        @Override
        public void send(long toUid, ToProducer message) {
            Life.this.send(toUid, message);
        }

        @Override
        public void missed(
                String topic,
                String node,
                long reader,
                Reason reason,
                @Nullable Position behind,
                @Nullable Position upTo) {}
    }
}
