package dev.gapless.internal;

import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.producer.ProducerEffects;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;

/** One topic's log on one life of a node: what {@link ProducerHost} does, in turns. */
final class ProducerSide implements ProducerEffects {
    private final Life life;
    private final Clock clock;
    private final LocalProducer local;
    private final ProducerState state;

    ProducerSide(Life life, Clock clock, LocalProducer local) {
        this.life = life;
        this.clock = clock;
        this.local = local;
        this.state = new ProducerState(local.topic, life.uid(), local.log, local.settings, this);
    }

    ProducerState state() {
        return state;
    }

    void look() {
        local.look(() -> state.onAppended(clock.ms(), clock.ns()));
    }

    void onMessage(ToProducer message) {
        state.onMessage(message, clock.ms(), clock.ns());
    }

    void onRemoved(long uid) {
        state.onRemoved(uid, clock.ms(), clock.ns());
    }

    void onForgotten(long uid) {
        state.onForgotten(uid, clock.ms(), clock.ns());
    }

    void onReachability(long uid, boolean reachable) {
        state.onReachability(uid, reachable, clock.ms(), clock.ns());
    }

    void leave() {
        state.leave(clock.ms(), clock.ns());
    }

    void onTime() {
        state.onTime(clock.ms(), clock.ns());
    }

    long deadlineNs() {
        return state.deadlineNs(clock.ns());
    }

    boolean isDrained() {
        return state.isDrained(clock.ns());
    }

    /** Have all readers of that life all that is in the log? */
    boolean hasLevelReader(long uid) {
        return state.cursors().stream().anyMatch(cursor -> cursor.session().uid() == uid)
                && state.cursors().stream()
                        .filter(cursor -> cursor.session().uid() == uid)
                        .allMatch(cursor -> cursor.confirmed() && cursor.acked() == local.log.head());
    }

    @Override
    public void send(ToConsumer message) {
        life.send(message.session().uid(), message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {}
}
