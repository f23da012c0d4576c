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
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One topic's log on a node, and its readers: carries out what {@link ProducerState} decides. One thread at a time. */
final class ProducerHost extends Alarms.Sleeper implements ProducerEffects {

    /** Where producers run, and what they share there. */
    interface Place {
        long uid();

        String nameOf(long uid);

        void send(long toUid, ToConsumer message);

        /** {@link ProducerEffects#expired}, of this topic. */
        void expired(LocalProducer local, Session session, Reason reason, long first, long resumeAt);
    }

    private final LocalProducer local;
    private final Place place;
    private final ProducerState state;
    private @Nullable CompletableFuture<Boolean> leaving;
    /** When it is dropped if nobody uses it until then; {@link Alarms#NEVER} while somebody does. */
    private long unusedUntilNs = Alarms.NEVER;

    ProducerHost(LocalProducer local, Place place) {
        this.local = local;
        this.place = place;
        this.state = new ProducerState(local.topic, place.uid(), local.log, local.settings, this);
    }

    /** There may be something new in the log. */
    void look() {
        local.look(() -> state.onAppended(nowMs(), nowNs()));
    }

    void onMessage(ToProducer message) {
        state.onMessage(message, nowMs(), nowNs());
    }

    void onRemoved(long uid) {
        state.onRemoved(uid, nowMs(), nowNs());
    }

    void onForgotten(long uid) {
        state.onForgotten(uid, nowMs(), nowNs());
    }

    void onReachability(long uid, boolean reachable) {
        state.onReachability(uid, reachable, nowMs(), nowNs());
    }

    void onTime() {
        state.onTime(nowMs(), nowNs());
    }

    long deadlineNs() {
        long dueNs = state.deadlineNs(nowNs());
        boolean isFirst = unusedUntilNs != Alarms.NEVER && (dueNs == Alarms.NEVER || unusedUntilNs - dueNs < 0);
        return isFirst ? unusedUntilNs : dueNs;
    }

    LocalProducer local() {
        return local;
    }

    /** Has nobody used it for so long that it need not be kept (rule P9)? */
    boolean isForgotten() {
        return isUnused() && unusedUntilNs != Alarms.NEVER && unusedUntilNs - nowNs() <= 0;
    }

    private boolean isUnused() {
        return local.isUnused() && state.cursorCount() == 0;
    }

    /** Leaves in good order; {@code drained} completes when that is done, or has taken too long. */
    void leave(CompletableFuture<Boolean> drained) {
        leaving = drained;
        state.leave(nowMs(), nowNs());
    }

    /** Something has happened: tells whoever waits for it, or asks how far the readers are. */
    void tellOthers() {
        CompletableFuture<Boolean> drained = leaving;
        if (drained != null && state.isDrained(nowNs())) {
            drained.complete(state.cursors().stream().allMatch(cursor -> cursor.acked() == local.log.head()));
            leaving = null;
        }
        local.cursors(state.cursorCount(), state.lowestAcked());
        if (!isUnused()) {
            unusedUntilNs = Alarms.NEVER;
        } else if (unusedUntilNs == Alarms.NEVER) {
            unusedUntilNs = nowNs() + local.settings.producerReturnNs();
        }
    }

    ProducerStatus status() {
        Log log = local.log;
        List<CursorStatus> cursors = state.cursors().stream()
                .map(c -> new CursorStatus(
                        place.nameOf(c.session().uid()),
                        c.reader(),
                        stateOf(c),
                        c.sent(),
                        c.acked(),
                        log.head() - c.acked(),
                        c.confirmed(),
                        c.bytesInFlight(),
                        c.windowBytes()))
                .toList();
        return new ProducerStatus(
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
                copy(state.expiries()));
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
        place.send(message.session().uid(), message);
    }

    @Override
    public void expired(Session session, long reader, Reason reason, long sent, long resumeAt) {
        local.stats().cursorExpired(reason);
        place.expired(local, session, reason, sent < 0 ? 0 : sent + 1, resumeAt);
    }
}
