package dev.gapless.internal;

import static dev.gapless.internal.Clock.nowNs;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Carries the producers and consumers of a share of the topics. A topic always goes by the same lane, so that what happens to it
 * happens in order; those of other lanes go on meanwhile. There are a few lanes however many topics there are, and a topic costs
 * what its state takes.
 *
 * <p>All deadlines share one timer ({@link Alarms}): a topic at rest has none, and is not looked at.
 */
final class Lane extends AbstractBehavior<Lane.Command> implements ProducerHost.Place, ConsumerHost.Place {

    sealed interface Command {}

    private enum Signal implements Command {
        RING
    }

    private record LossesDue(LossLogs.Key key) implements Command {}

    /** A producer was made on this node. */
    record Produce(LocalProducer local) implements Command {}

    /** There may be something new in the log. */
    private record Look(ProducerHost producer) implements Command {}

    record FromReader(ToProducer message) implements Command {}

    record FromProducer(ToConsumer message) implements Command {}

    record Open(String topic, long id, Opening opening, SubscriptionListener listener) implements Command {}

    record Close(String topic, long id) implements Command {}

    private record Ordered(ConsumerHost consumer, Order order) implements Command {}

    /** This node is up: what happened until then, and the members. */
    record Begin(List<MemberEvent> events, List<MemberEvent> members) implements Command {}

    record Members(List<MemberEvent> events, List<MemberEvent> members) implements Command {}

    record Removed(long uid) implements Command {}

    record Forgotten(long uid) implements Command {}

    record Reachability(long uid, boolean reachable) implements Command {}

    record Silent(long uid) implements Command {}

    record Report(CompletableFuture<Statuses> to) implements Command {}

    /** By topic. */
    record Statuses(Map<String, ProducerStatus> producers, Map<String, ConsumerStatus> consumers) {}

    /** The node shuts down: tells the subscriptions, takes the registrations off, and publishes nothing more for a new producer. */
    record Shutdown(CompletableFuture<Boolean> done) implements Command {}

    /** Producers leave in good order; {@code drained} completes when all have, with whether all readers got everything. */
    record Leave(CompletableFuture<Boolean> drained) implements Command {}

    /**
     * What the lanes of a node share. Thread-safe.
     *
     * @param sessions numbers for the sessions of this process
     * @param consumers how many there are
     */
    record Shared(
            GaplessNode node,
            Settings settings,
            long uid,
            Peers peers,
            NodeStats stats,
            AtomicLong sessions,
            AtomicInteger consumers) {}

    private final Shared shared;
    private final LossLogs losses;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final LongSupplier sessions;
    private final Map<String, ProducerHost> producers = new HashMap<>();
    private final Map<String, ConsumerHost> consumers = new HashMap<>();
    private final Alarms<Alarms.Sleeper> alarms;
    private final Set<Long> unreachable = new HashSet<>();
    private @Nullable List<MemberEvent> members;
    private boolean leaving;

    static Behavior<Command> create(Shared shared) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new Lane(context, timers, shared)));
    }

    private Lane(ActorContext<Command> context, TimerScheduler<Command> timers, Shared shared) {
        super(context);
        this.shared = shared;
        this.sessions = shared.sessions()::incrementAndGet;
        Duration interval = shared.settings().lossLogInterval;
        this.losses = new LossLogs(
                context.getLog(), interval, key -> timers.startSingleTimer(key, new LossesDue(key), interval));
        this.alarms =
                new Alarms<>(afterNs -> timers.startSingleTimer(Signal.RING, Signal.RING, Duration.ofNanos(afterNs)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromProducer.class, this::onFromProducer)
                .onMessage(Look.class, this::onLook)
                .onMessage(FromReader.class, this::onFromReader)
                .onMessageEquals(Signal.RING, this::onRing)
                .onMessage(Ordered.class, this::onOrdered)
                .onMessage(Produce.class, this::onProduce)
                .onMessage(Open.class, this::onOpen)
                .onMessage(Close.class, this::onClose)
                .onMessage(Begin.class, this::onBegin)
                .onMessage(Members.class, this::onMembers)
                .onMessage(Removed.class, this::onRemoved)
                .onMessage(Forgotten.class, this::onForgotten)
                .onMessage(Reachability.class, this::onReachability)
                .onMessage(Silent.class, this::onSilent)
                .onMessage(LossesDue.class, this::onLossesDue)
                .onMessage(Report.class, this::onReport)
                .onMessage(Shutdown.class, this::onShutdown)
                .onMessage(Leave.class, this::onLeave)
                .build();
    }

    // ------------------------------------------------------------------ producers

    private Behavior<Command> onProduce(Produce command) {
        producerOf(command.local());
        return this;
    }

    private ProducerHost producerOf(LocalProducer local) {
        ProducerHost known = producers.get(local.topic);
        if (known != null) {
            return known;
        }
        ProducerHost producer = new ProducerHost(local, this);
        producers.put(local.topic, producer);
        unreachable.forEach(uid -> producer.onReachability(uid, false));
        Look look = new Look(producer);
        ActorRef<Command> self = getContext().getSelf();
        local.started(() -> self.tell(look));
        if (leaving) {
            local.log.close();
            producer.leave(new CompletableFuture<>());
            next(producer);
        }
        return producer;
    }

    private Behavior<Command> onLook(Look command) {
        command.producer().look();
        return next(command.producer());
    }

    private Behavior<Command> onFromReader(FromReader command) {
        ToProducer message = command.message();
        ProducerHost producer = producers.get(message.topic());
        if (producer == null && message instanceof Register) {
            producer = producerFor(message.topic());
        }
        if (producer != null) {
            producer.onMessage(message);
            next(producer);
        }
        return this;
    }

    /** Rule P9: a registration makes the log, empty, so that the first message is not missed. */
    private @Nullable ProducerHost producerFor(String topic) {
        try {
            return producerOf(shared.node().localProducer(topic));
        } catch (IllegalStateException e) {
            getContext().getLog().error("A registration is not answered. {}", e.getMessage());
            return null;
        }
    }

    private Behavior<Command> onRemoved(Removed command) {
        unreachable.remove(command.uid());
        for (ProducerHost producer : producers.values()) {
            producer.onRemoved(command.uid());
            next(producer);
        }
        return this;
    }

    private Behavior<Command> onForgotten(Forgotten command) {
        for (ProducerHost producer : producers.values()) {
            producer.onForgotten(command.uid());
            next(producer);
        }
        return this;
    }

    private Behavior<Command> onReachability(Reachability command) {
        if (command.reachable()) {
            unreachable.remove(command.uid());
        } else {
            unreachable.add(command.uid());
        }
        for (ProducerHost producer : producers.values()) {
            producer.onReachability(command.uid(), command.reachable());
            next(producer);
        }
        return this;
    }

    /** Rule P9, the other way round. */
    private boolean drop(ProducerHost producer) {
        LocalProducer local = producer.local();
        boolean dropped = shared.node().drop(local);
        if (dropped) {
            producers.remove(local.topic, producer);
            local.stats().remove(local);
            losses.close(local.topic, LossLogs.Place.CURSOR);
        }
        return dropped;
    }

    private Behavior<Command> next(ProducerHost producer) {
        producer.tellOthers();
        alarms.set(producer, producer.deadlineNs(), nowNs());
        return this;
    }

    // ------------------------------------------------------------------ consumers

    private Behavior<Command> onFromProducer(FromProducer command) {
        ToConsumer message = command.message();
        ConsumerHost consumer = consumers.get(message.topic());
        if (consumer != null) {
            consumer.onMessage(message);
            next(consumer);
        } else {
            TopicConsumer.deregistrationOf(message).ifPresent(d -> send(d.toUid(), d.message()));
        }
        return this;
    }

    private Behavior<Command> onOpen(Open command) {
        ConsumerHost consumer = consumers.get(command.topic());
        if (consumer == null) {
            int most = shared.settings().maxTopics;
            if (shared.consumers().incrementAndGet() > most) {
                shared.consumers().decrementAndGet();
                command.listener()
                        .refused(new IllegalStateException("Topic " + command.topic() + ": this node has consumers of "
                                + most + " topics already, the most that gapless.max-topics allows"));
                return this;
            }
            consumer = newConsumer(command.topic(), command.opening());
        }
        ConsumerHost opened = consumer;
        ActorRef<Command> self = getContext().getSelf();
        opened.open(
                command.id(), command.opening(), command.listener(), order -> self.tell(new Ordered(opened, order)));
        return next(opened);
    }

    private ConsumerHost newConsumer(String topic, Opening first) {
        ConsumerHost consumer = new ConsumerHost(
                topic, shared.settings().topic(topic), first, shared.stats().topic(topic), this);
        consumers.put(topic, consumer);
        consumer.stats().add(consumer.feed());
        if (members != null) {
            consumer.begin(members, members);
        }
        return consumer;
    }

    private Behavior<Command> onClose(Close command) {
        ConsumerHost consumer = consumers.get(command.topic());
        if (consumer != null) {
            consumer.close(command.id());
            if (consumer.isIdle()) {
                consumer.stop();
                consumers.remove(command.topic());
                forget(consumer);
            } else {
                next(consumer);
            }
        }
        return this;
    }

    private void forget(ConsumerHost consumer) {
        shared.consumers().decrementAndGet();
        alarms.remove(consumer);
        consumer.stats().remove(consumer.feed());
        losses.close(consumer.topic(), LossLogs.Place.FEED);
        losses.close(consumer.topic(), LossLogs.Place.SUBSCRIPTIONS);
    }

    private Behavior<Command> onOrdered(Ordered command) {
        ConsumerHost consumer = command.consumer();
        if (command.order() instanceof Order.Told told) {
            onTold(consumer.topic(), told);
        } else if (command.order() instanceof Order.Violated violated) {
            onViolated(consumer.topic(), violated);
        } else if (consumers.get(consumer.topic()) == consumer) { // else it has ended meanwhile
            consumer.onOrder(command.order());
            next(consumer);
        }
        return this;
    }

    private void onTold(String topic, Order.Told told) {
        List<Gap> gaps = told.gaps();
        Order.Keys keys = told.keys();
        LossLog log = losses.of(topic, LossLogs.Place.SUBSCRIPTIONS);
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            String before = Objects.equals(gap.node(), keys.node()) ? keys.before() : null;
            String last = keys.last().get(i).orElse(null);
            log.log(
                    gap.reason(),
                    () -> Losses.ofSubscription(topic, nameOf(uid()), told.id(), gap, before, last),
                    nowNs());
        }
    }

    private void onViolated(String topic, Order.Violated violated) {
        getContext()
                .getLog()
                .error(
                        "Topic {}: subscription {} on node {} came to a message that does not follow what it has. It is told to"
                                + " reload (POSITION_UNKNOWN). This is a defect of Gapless: please report it, with this node's"
                                + " log. Further ones are counted in gapless_order_violations_total",
                        topic,
                        violated.id(),
                        nameOf(uid()));
    }

    private Behavior<Command> onBegin(Begin command) {
        members = command.members();
        for (ConsumerHost consumer : consumers.values()) {
            consumer.begin(command.events(), command.members());
            next(consumer);
        }
        return this;
    }

    private Behavior<Command> onMembers(Members command) {
        members = command.members();
        for (ConsumerHost consumer : consumers.values()) {
            consumer.onMembers(command.events(), command.members());
            next(consumer);
        }
        return this;
    }

    private Behavior<Command> onSilent(Silent command) {
        for (ConsumerHost consumer : consumers.values()) {
            consumer.onSilent(command.uid());
            next(consumer);
        }
        return this;
    }

    private Behavior<Command> next(ConsumerHost consumer) {
        consumer.count();
        alarms.set(consumer, consumer.deadlineNs(), nowNs());
        return this;
    }

    // ------------------------------------------------------------------ time, and the end

    private Behavior<Command> onRing() {
        for (Alarms.Sleeper sleeper : alarms.due(nowNs())) {
            if (sleeper instanceof ProducerHost producer) {
                producer.onTime();
                if (leaving || !producer.isForgotten() || !drop(producer)) {
                    next(producer);
                }
            } else if (sleeper instanceof ConsumerHost consumer) {
                consumer.onTime();
                next(consumer);
            }
        }
        return this;
    }

    private Behavior<Command> onLossesDue(LossesDue command) {
        losses.tellMore(command.key(), nowNs());
        return this;
    }

    private Behavior<Command> onReport(Report command) {
        Map<String, ProducerStatus> produced = new HashMap<>();
        producers.forEach((topic, producer) -> produced.put(topic, producer.status()));
        Map<String, ConsumerStatus> consumed = new HashMap<>();
        consumers.forEach((topic, consumer) -> consumed.put(topic, consumer.status()));
        command.to().complete(new Statuses(produced, consumed));
        return this;
    }

    private Behavior<Command> onShutdown(Shutdown command) {
        leaving = true;
        for (ConsumerHost consumer : consumers.values()) {
            consumer.shutdown();
            forget(consumer);
        }
        consumers.clear();
        command.done().complete(true);
        return this;
    }

    private Behavior<Command> onLeave(Leave command) {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (ProducerHost producer : producers.values()) {
            CompletableFuture<Boolean> drained = new CompletableFuture<>();
            all.add(drained);
            producer.leave(drained);
            next(producer);
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenRun(() -> command.drained().complete(all.stream().allMatch(CompletableFuture::join)));
        return this;
    }

    // ------------------------------------------------------------------ what hosts need

    @Override
    public long uid() {
        return shared.uid();
    }

    @Override
    public String nameOf(long uid) {
        return shared.peers().nameOf(uid);
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }

    @Override
    public LongSupplier sessions() {
        return sessions;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void send(long toUid, ToProducer message) {
        shared.peers().send(toUid, message);
    }

    @Override
    public void send(long toUid, ToConsumer message) {
        shared.peers().send(toUid, message);
    }

    @Override
    public void missed(
            String topic, String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        losses.of(topic, LossLogs.Place.FEED)
                .log(reason, () -> Losses.ofFeed(topic, node, nameOf(uid()), reason, behind, upTo), nowNs());
    }

    @Override
    public void expired(LocalProducer local, Session session, Reason reason, long first, long resumeAt) {
        losses.of(local.topic, LossLogs.Place.CURSOR)
                .log(
                        reason,
                        () -> Losses.ofCursor(
                                local.topic, nameOf(uid()), nameOf(session.uid()), reason, first, resumeAt, local.log),
                        nowNs());
    }
}
