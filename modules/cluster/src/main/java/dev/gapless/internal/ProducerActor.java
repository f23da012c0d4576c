package dev.gapless.internal;

import static dev.gapless.internal.Clock.nowMs;
import static dev.gapless.internal.Clock.nowNs;

import dev.gapless.NodeStatus.CursorStatus;
import dev.gapless.NodeStatus.ProducerStatus;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ProducerEffects;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Carries out what {@link ProducerState} decides, for one topic. */
final class ProducerActor extends AbstractBehavior<ProducerActor.Command> implements ProducerEffects {

    sealed interface Command {}

    private enum Signal implements Command {
        LOOK,
        RING,
        LOSSES
    }

    /** There may be something new in the log. */
    static final Command LOOK = Signal.LOOK;

    record FromReader(ToProducer message) implements Command {}

    record Removed(long uid) implements Command {}

    record Forgotten(long uid) implements Command {}

    record Reachability(long uid, boolean reachable) implements Command {}

    /** Leave in good order; {@code drained} completes when that is done, or has taken too long. */
    record Leave(CompletableFuture<Boolean> drained) implements Command {}

    record Report(CompletableFuture<ProducerStatus> to) implements Command {}

    private final LocalProducer local;
    private final Peers peers;
    private final long uid;
    private final ProducerState state;
    private final Alarm<Command> alarm;
    private final LossLog losses;
    private List<CompletableFuture<Boolean>> leaving = List.of();

    static Behavior<Command> create(
            LocalProducer local, long uid, Peers peers, Set<Long> unreachable, Duration lossLogInterval) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            LossLog losses = new LossLog(
                    context.getLog(), lossLogInterval, () -> timers.startSingleTimer(Signal.LOSSES, lossLogInterval));
            return new ProducerActor(context, local, uid, peers, unreachable, new Alarm<>(timers, Signal.RING), losses);
        }));
    }

    private ProducerActor(
            ActorContext<Command> context,
            LocalProducer local,
            long uid,
            Peers peers,
            Set<Long> unreachable,
            Alarm<Command> alarm,
            LossLog losses) {
        super(context);
        this.local = local;
        this.uid = uid;
        this.peers = peers;
        this.alarm = alarm;
        this.losses = losses;
        this.state = new ProducerState(local.topic, uid, local.log, local.settings, this);
        unreachable.forEach(member -> state.onReachability(member, false, nowMs(), nowNs()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Signal.LOOK, this::onLook)
                .onMessage(FromReader.class, this::onMessage)
                .onMessageEquals(Signal.RING, this::onRing)
                .onMessageEquals(Signal.LOSSES, this::onLosses)
                .onMessage(Removed.class, this::onRemoved)
                .onMessage(Forgotten.class, this::onForgotten)
                .onMessage(Reachability.class, this::onReachability)
                .onMessage(Leave.class, this::onLeave)
                .onMessage(Report.class, this::onReport)
                .build();
    }

    private Behavior<Command> onLook() {
        local.look(() -> state.onAppended(nowMs(), nowNs()));
        return next();
    }

    private Behavior<Command> onMessage(FromReader command) {
        state.onMessage(command.message(), nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> onRing() {
        alarm.rang();
        state.onTime(nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> onLosses() {
        losses.tellMore(nowNs());
        return this;
    }

    private Behavior<Command> onRemoved(Removed command) {
        state.onRemoved(command.uid(), nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> onForgotten(Forgotten command) {
        state.onForgotten(command.uid(), nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> onReachability(Reachability command) {
        state.onReachability(command.uid(), command.reachable(), nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> onLeave(Leave command) {
        leaving = List.of(command.drained());
        state.leave(nowMs(), nowNs());
        return next();
    }

    private Behavior<Command> next() {
        long nowNs = nowNs();
        if (!leaving.isEmpty() && state.isDrained(nowNs)) {
            boolean all = state.cursors().stream().allMatch(cursor -> cursor.acked() == local.log.head());
            leaving.forEach(drained -> drained.complete(all));
            leaving = List.of();
        }
        alarm.set(state.deadlineNs(nowNs), nowNs);
        local.cursors(state.cursorCount(), state.lowestAcked());
        return this;
    }

    private Behavior<Command> onReport(Report command) {
        Log log = local.log;
        List<CursorStatus> cursors = state.cursors().stream()
                .map(c -> new CursorStatus(
                        peers.nameOf(c.session().uid()),
                        c.reader(),
                        stateOf(c),
                        c.sent(),
                        c.acked(),
                        log.head() - c.acked(),
                        c.confirmed(),
                        c.bytesInFlight(),
                        c.windowBytes()))
                .toList();
        command.to()
                .complete(new ProducerStatus(
                        log.identity().epoch(),
                        Instant.ofEpochMilli(log.identity().startedMs()),
                        log.oldest(),
                        log.head(),
                        log.size(),
                        local.settings.ringMessages(),
                        log.bytes(),
                        local.settings.ringBytes(),
                        log.waiting(),
                        cursors,
                        copy(state.expiries())));
        return this;
    }

    private String stateOf(ProducerState.CursorStatus cursor) {
        if (!cursor.reachable()) {
            return "unreachable";
        } else if (cursor.stalled()) {
            return "stalled";
        } else if (!cursor.confirmed()) {
            return "unconfirmed";
        } else if (cursor.acked() >= local.log.head()) {
            return "level";
        }
        return cursor.windowBytes() == 0 ? "stopped" : "behind";
    }

    static EnumMap<Reason, Long> copy(java.util.Map<Reason, Long> counts) {
        EnumMap<Reason, Long> copy = new EnumMap<>(Reason.class);
        copy.putAll(counts);
        return copy;
    }

    @Override
    public void send(ToConsumer message) {
        if (message instanceof Batch batch) {
            local.stats().sent(batch);
        }
        peers.send(message.session().uid(), message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        local.stats().cursorExpired(reason);
        long first = sent < 0 ? 0 : sent + 1;
        losses.log(
                reason,
                () -> Losses.ofCursor(
                        local.topic,
                        peers.nameOf(uid),
                        peers.nameOf(session.uid()),
                        reason,
                        first,
                        resumeAt,
                        local.log),
                nowNs());
    }
}
