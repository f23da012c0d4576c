package dev.gapless.internal;

import static dev.gapless.internal.Clock.nowMs;
import static dev.gapless.internal.Clock.nowNs;

import dev.gapless.NodeStatus.ConsumerStatus;
import dev.gapless.NodeStatus.RegistrationStatus;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.ConsumerEffects;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.subscription.Opening;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import dev.gapless.internal.TopicStats.Count;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/** Carries out what {@link TopicConsumer} decides, for one topic with at least one subscription. */
final class ConsumerActor extends AbstractBehavior<ConsumerActor.Command> implements ConsumerEffects {

    sealed interface Command {}

    private enum Signal implements Command {
        RING,
        LOSSES,
        ROOM,
        STOP
    }

    /** A subscription has freed something of a feed that was full. */
    static final Command ROOM = Signal.ROOM;

    /** Nobody subscribes any more. */
    static final Command STOP = Signal.STOP;

    record Open(long id, Opening opening, SubscriptionListener listener) implements Command {}

    record Close(long id) implements Command {}

    /** The subscription reads the shared feed now. */
    record Joined(long id) implements Command {}

    /** The subscription is told that it missed this. */
    record Told(long id, List<Gap> gaps, Keys keys) implements Command {}

    /**
     * Keys that are known of what a subscription missed.
     *
     * @param node of the message that it was given last, or null
     * @param before that message's key
     * @param last for each gap the key of the last message that it states
     */
    record Keys(@Nullable String node, @Nullable String before, List<Optional<String>> last) {}

    /** The subscription found a hole where none can be. */
    record Violated(long id) implements Command {}

    record FromProducer(ToConsumer message) implements Command {}

    /** This node is up: what happened until then, and the members. */
    record Begin(List<MemberEvent> events, List<MemberEvent> members) implements Command {}

    record Members(List<MemberEvent> events, List<MemberEvent> members) implements Command {}

    record Silent(long uid) implements Command {}

    record Report(CompletableFuture<ConsumerStatus> to) implements Command {}

    /** The node shuts down: tell the subscriptions, and take the registrations off. */
    record Shutdown(CompletableFuture<Boolean> done) implements Command {}

    private record Reading(SubscriptionState state, SubscriptionListener listener) {}

    /** Subscriptions in a report. */
    private static final int MAX_REPORTED = 100;

    private final String topic;
    private final TopicSettings settings;
    private final Peers peers;
    private final Alarm<Command> alarm;
    private final TopicConsumer consumer;
    private final LossLog losses;
    private final LossLog lossesTold;
    private final TopicStats stats;
    private final long uid;
    private long registeredAgain;
    private final Map<Long, Reading> readings = new LinkedHashMap<>();
    /** Set when a subscription is ready the moment it is opened. */
    private @Nullable Set<String> readyWhileOpening;

    static Behavior<Command> create(
            String topic,
            long uid,
            TopicSettings settings,
            LongSupplier sessions,
            Peers peers,
            Opening first,
            TopicStats stats,
            Duration lossLogInterval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            Supplier<LossLog> losses = () -> new LossLog(
                    context.getLog(), lossLogInterval, () -> timers.startSingleTimer(Signal.LOSSES, lossLogInterval));
            Alarm<Command> alarm = new Alarm<>(timers, Signal.RING);
            return new ConsumerActor(
                    context, topic, uid, settings, sessions, peers, first, alarm, stats, losses.get(), losses.get());
        }));
    }

    private ConsumerActor(
            ActorContext<Command> context,
            String topic,
            long uid,
            TopicSettings settings,
            LongSupplier sessions,
            Peers peers,
            Opening first,
            Alarm<Command> alarm,
            TopicStats stats,
            LossLog losses,
            LossLog lossesTold) {
        super(context);
        this.topic = topic;
        this.settings = settings;
        this.uid = uid;
        this.stats = stats;
        this.losses = losses;
        this.lossesTold = lossesTold;
        this.peers = peers;
        this.alarm = alarm;
        this.consumer = new TopicConsumer(topic, uid, settings, sessions, RandomGenerator.getDefault(), this, first);
        stats.add(consumer.feed(), settings);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromProducer.class, this::onMessage)
                .onMessageEquals(Signal.RING, this::onRing)
                .onMessageEquals(Signal.LOSSES, this::onLosses)
                .onMessage(Told.class, this::onTold)
                .onMessage(Violated.class, this::onViolated)
                .onMessageEquals(Signal.ROOM, this::onRoom)
                .onMessage(Open.class, this::onOpen)
                .onMessage(Close.class, this::onClose)
                .onMessage(Joined.class, this::onJoined)
                .onMessage(Begin.class, this::onBegin)
                .onMessage(Members.class, this::onMembers)
                .onMessage(Silent.class, this::onSilent)
                .onMessage(Report.class, this::onReport)
                .onMessage(Shutdown.class, this::onShutdown)
                .onMessageEquals(Signal.STOP, this::onStop)
                .build();
    }

    private Behavior<Command> onMessage(FromProducer command) {
        if (command.message() instanceof Batch batch) {
            stats.received(batch);
        }
        consumer.onMessage(command.message(), nowMs(), nowNs());
        return wakeAll();
    }

    private Behavior<Command> onRing() {
        alarm.rang();
        consumer.onTime(nowMs(), nowNs());
        return wakeAll();
    }

    private Behavior<Command> onLosses() {
        losses.tellMore(nowNs());
        lossesTold.tellMore(nowNs());
        return this;
    }

    private Behavior<Command> onTold(Told command) {
        List<Gap> gaps = command.gaps();
        Keys keys = command.keys();
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            String before = Objects.equals(gap.node(), keys.node()) ? keys.before() : null;
            String last = keys.last().get(i).orElse(null);
            lossesTold.log(
                    gap.reason(),
                    () -> Losses.ofSubscription(topic, peers.nameOf(uid), command.id(), gap, before, last),
                    nowNs());
        }
        return this;
    }

    private Behavior<Command> onViolated(Violated command) {
        getContext()
                .getLog()
                .error(
                        "Topic {}: subscription {} on node {} came to a message that does not follow what it has. It is told to"
                                + " reload (POSITION_UNKNOWN). This is a defect of Gapless: please report it, with this node's"
                                + " log. Further ones are counted in gapless_order_violations_total",
                        topic,
                        command.id(),
                        peers.nameOf(uid));
        return this;
    }

    private Behavior<Command> onRoom() {
        consumer.onRoom();
        return next();
    }

    private Behavior<Command> onOpen(Open command) {
        SubscriptionState state = consumer.open(command.id(), command.opening(), nowMs(), nowNs());
        readings.put(command.id(), new Reading(state, command.listener()));
        command.listener().opened(state, getContext().getSelf());
        if (readyWhileOpening != null) {
            command.listener().ready(readyWhileOpening);
            readyWhileOpening = null;
        }
        return wakeAll();
    }

    private Behavior<Command> onClose(Close command) {
        readings.remove(command.id());
        consumer.close(command.id());
        consumer.onRoom();
        return next();
    }

    private Behavior<Command> onJoined(Joined command) {
        consumer.onJoined(command.id());
        return next();
    }

    private Behavior<Command> onBegin(Begin command) {
        consumer.begin(command.events(), command.members(), nowMs(), nowNs());
        return wakeAll();
    }

    private Behavior<Command> onMembers(Members command) {
        consumer.onMembers(command.events(), command.members(), nowMs(), nowNs());
        return wakeAll();
    }

    private Behavior<Command> onSilent(Silent command) {
        consumer.onSilent(command.uid(), nowNs());
        return next();
    }

    private Behavior<Command> onShutdown(Shutdown command) {
        new ArrayList<>(readings.values()).forEach(reading -> reading.listener().shutdown());
        close();
        command.done().complete(true);
        return Behaviors.stopped();
    }

    private Behavior<Command> onStop() {
        close();
        return Behaviors.stopped();
    }

    private void close() {
        consumer.close();
        stats.remove(consumer.feed());
        losses.tellMore(nowNs());
        lossesTold.tellMore(nowNs());
    }

    private Behavior<Command> wakeAll() {
        for (Reading reading : readings.values()) {
            if (reading.state().hasNext()) {
                reading.listener().wake();
            }
        }
        return next();
    }

    private Behavior<Command> next() {
        long nowNs = nowNs();
        long again = consumer.registeredAgain();
        if (again != registeredAgain) {
            stats.add(Count.REREGISTRATIONS, again - registeredAgain);
            registeredAgain = again;
        }
        alarm.set(consumer.deadlineNs(nowNs), nowNs);
        return this;
    }

    private Behavior<Command> onReport(Report command) {
        List<RegistrationStatus> registrations = consumer.registrations().stream()
                .map(r -> new RegistrationStatus(r.node(), r.phase().toLowerCase(Locale.ROOT), r.position()))
                .toList();
        long nowNs = nowNs();
        List<SubscriptionStatus> subscriptions = readings.values().stream()
                .map(reading -> reading.listener().stats().status(nowNs))
                .sorted(SubscriptionStats.WORST_FIRST)
                .limit(MAX_REPORTED)
                .toList();
        command.to()
                .complete(new ConsumerStatus(
                        registrations,
                        consumer.registeredAgain(),
                        consumer.feed().size(),
                        settings.ringMessages(),
                        consumer.feed().bytes(),
                        settings.ringBytes(),
                        readings.size(),
                        subscriptions,
                        ProducerActor.copy(consumer.expiries())));
        return this;
    }

    @Override
    public void send(long toUid, ToProducer message) {
        peers.send(toUid, message);
    }

    @Override
    public void ready(long subscription, Set<String> silent) {
        Reading reading = readings.get(subscription);
        if (reading != null) {
            reading.listener().ready(silent);
        } else {
            readyWhileOpening = silent;
        }
    }

    @Override
    public void missed(String node, long reader, Reason reason, @Nullable Position behind, @Nullable Position upTo) {
        losses.log(reason, () -> Losses.ofFeed(topic, node, peers.nameOf(uid), reason, behind, upTo), nowNs());
    }
}
