package dev.gapless.core.topic;

import dev.gapless.core.Position;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node's copies of the logs of a topic's producers: one registration with each member that has said its name.
 *
 * <p>There is one way to recover from anything, be it a gap, silence, or a new incarnation on either side: register again, with the place that the
 * copy has reached. Until that is answered nothing else is believed. What the log is made of, and where it goes on, is its answer. Not thread-safe.
 */
final class LogCopies {
    private static final long NS_PER_MS = 1_000_000;
    /** No two clocks differ by so much of a time that both measure. */
    private static final long MOST_DRIFT_PART = 8;

    /** Is told what logs say. */
    interface Heard {
        /** It goes on there from now on, and since then nothing was published for certain, by the clock for durations. */
        void answered(CopyRegistration r, long quietSinceNs, long nowNs);

        /** The ring overtook the copy of that slot's log. */
        void overrun(CopyRegistration r, Position before);
    }

    private final String topic;
    private final TopicSettings settings;
    private final TopicProducers producers;
    private final TopicCache cache;
    private final Reach reach;
    private final CopyRegistrar registrar;
    private final Outbox outbox;
    private final Heard heard;

    private final Map<Integer, CopyRegistration> bySlot = new HashMap<>(4);
    /** The last of a producer that has no member now. */
    private final Map<Integer, CopyRegistration> earlier = new HashMap<>();

    LogCopies(
            String topic,
            TopicSettings settings,
            TopicProducers producers,
            TopicCache cache,
            Reach reach,
            CopyRegistrar registrar,
            Outbox outbox,
            Heard heard) {
        this.topic = topic;
        this.settings = settings;
        this.producers = producers;
        this.cache = cache;
        this.reach = reach;
        this.registrar = registrar;
        this.outbox = outbox;
        this.heard = heard;
    }

    // ------------------------------------------------------------------ members

    /** Members came, told their names, or went: new ones that have said their names are asked, and nobody asks those that are gone. */
    void onMembers(long nowNs) {
        List<KnownMember> members = producers.members();
        bySlot.values().removeIf(r -> {
            boolean isGone = members.stream().noneMatch(member -> member.uid() == r.host());
            if (isGone) {
                earlier.put(r.slot(), r);
            }
            return isGone;
        });
        for (KnownMember member : members) {
            if (member.slot() >= 0 && !bySlot.containsKey(member.slot())) {
                CopyRegistration before = earlier.remove(member.slot());
                CopyRegistration added =
                        new CopyRegistration(member.slot(), member, before, producers.cameLater(member.uid()), nowNs);
                bySlot.put(member.slot(), added);
                registrar.register(added, nowNs);
            }
        }
        reach.copies(bySlot.size());
    }

    /** Nobody is in that slot any more. */
    void forget(int slot) {
        earlier.remove(slot);
    }

    /** The registration for that slot; null if it has no member. */
    @Nullable CopyRegistration get(int slot) {
        return bySlot.get(slot);
    }

    /** The registration whose messages of this session count; null if there is none. */
    @Nullable CopyRegistration live(Session session) {
        CopyRegistration r = of(session);
        return r != null && r.isLive() && r.isCurrent(session) ? r : null;
    }

    /** The registration with an attempt of this session; null if there is none. */
    @Nullable CopyRegistration of(Session session) {
        for (CopyRegistration r : bySlot.values()) {
            if (r.attempts().contains(session)) {
                return r;
            }
        }
        return null;
    }

    // ------------------------------------------------------------------ messages

    /** Takes what belongs to a registration. */
    void onMessage(ToConsumer message, long nowNs) {
        CopyRegistration r = of(message.session());
        if (r == null) {
            if (message instanceof Heartbeat heartbeat && !isDealingWith(heartbeat.fromUid())) {
                outbox.send(heartbeat.fromUid(), heartbeat.deregister());
            }
        } else if (message instanceof Registered registered) {
            onRegistered(r, registered, nowNs);
        } else if (!r.isCurrent(message.session())) {
            if (r.isLive()) {
                asksAfterGap(r, nowNs); // it is of a later attempt, whose answer was lost
            } else if (r.state() == CopyRegistration.State.LEFT && !(message instanceof Batch)) {
                registrar.acknowledgeEnd(r, message.session(), r.log().newest()); // it waits for that session, too
            }
        } else if (message instanceof Batch batch) {
            onBatch(r, batch, nowNs);
        } else if (message instanceof Heartbeat heartbeat) {
            onHeartbeat(r, heartbeat, nowNs);
        } else if (message instanceof CursorExpired expired) {
            onOverrun(r, expired, nowNs);
        } else if (message instanceof Gone gone) {
            onGone(r, gone, nowNs);
        }
    }

    /** Has it a session with this member, or will ask for one? */
    private boolean isDealingWith(long uid) {
        return bySlot.values().stream().anyMatch(r -> r.host() == uid);
    }

    private void onRegistered(CopyRegistration r, Registered message, long nowNs) {
        long to = message.next() - 1;
        if (r.state() == CopyRegistration.State.LEFT) {
            registrar.acknowledgeEnd(r, message.session(), r.log().newest());
        } else if (r.isLive()) {
            onLaterAnswer(r, message.session(), to, nowNs);
        } else {
            registrar.answered(r, message.session(), nowNs);
            CopiedLog copy = new CopiedLog(
                    CopiedLog.parts(message.log(), r.host(), topic),
                    to,
                    message.head(),
                    message.oldest(),
                    settings.resumeAfterExpiry() == ResumeAfterExpiry.RETAINED);
            r.isLive(message.session(), copy, message.log().publishes(), nowNs, patienceNs());
            producers.answered(r.slot(), copy.parts(), message.log().durable(), copy);
            if (!message.log().publishes()) {
                producers.endsAt(r.host(), 0);
            }
            reach.changed();
            heard.answered(r, message.head() == 0 ? nowNs - Long.MAX_VALUE / 2 : nowNs - surelyQuietNs(message), nowNs);
            registrar.acknowledge(r, nowNs);
        }
    }

    private static long surelyQuietNs(Registered message) {
        return (message.quietMs() - message.quietMs() / MOST_DRIFT_PART) * NS_PER_MS;
    }

    /** An attempt that was made after the one that was answered has moved the producer's cursor: to where the copy is, or it is asked anew. */
    private void onLaterAnswer(CopyRegistration r, Session session, long to, long nowNs) {
        if (r.attempts().first().equals(session)) {
            return;
        }
        if (to == r.log().newest()) {
            r.accepts(session, patienceNs());
            registrar.acknowledge(r, nowNs);
        } else {
            asksAnew(r, nowNs);
        }
    }

    private long patienceNs() {
        return settings.registerBackoff().maxNs();
    }

    private void onBatch(CopyRegistration r, Batch batch, long nowNs) {
        if (!r.isLive()) {
            return;
        }
        CopiedLog copy = r.log();
        if (batch.first() != copy.newest() + 1) {
            asksAfterGap(r, nowNs);
            return;
        }
        copy.hears(batch.head(), batch.oldest());
        copy.split(
                batch.first(),
                batch.slices(),
                (epoch, sequence, slices) -> cache.push(epoch, sequence, slices, reach, nowNs));
        copy.reaches(batch.last());
        r.follows();
        if (batch.asks()) {
            registrar.acknowledge(r, nowNs);
        } else {
            registrar.acknowledgeSoon(r, nowNs);
        }
    }

    private void onHeartbeat(CopyRegistration r, Heartbeat heartbeat, long nowNs) {
        if (!r.isLive()) {
            return;
        }
        if (heartbeat.sent() != r.log().newest()) {
            asksAfterGap(r, nowNs);
        } else {
            r.log().hears(heartbeat.head(), heartbeat.oldest());
            r.follows();
            registrar.acknowledge(r, nowNs);
        }
    }

    /** The ring overtook the producer's cursor: the copy goes on further ahead, and who lacks what is between fetches it, or has lost it. */
    private void onOverrun(CopyRegistration r, CursorExpired expired, long nowNs) {
        if (!r.isLive()) {
            return;
        }
        CopiedLog copy = r.log();
        Position before = copy.position(copy.newest());
        copy.hears(expired.head(), expired.oldest());
        copy.isOverrun(expired.resumeAt() - 1);
        heard.overrun(r, before);
        registrar.acknowledge(r, nowNs);
    }

    private void onGone(CopyRegistration r, Gone gone, long nowNs) {
        if (gone.head() != r.log().newest()) {
            asksAnew(r, nowNs);
            return;
        }
        registrar.acknowledgeEnd(r, gone.session(), gone.head());
        if (r.isLive()) {
            r.left();
            r.log().hears(gone.head(), gone.head() + 1); // it answers nobody any more: what is not here is lost
            Position end = r.log().newestStated();
            producers.endsAt(r.host(), end.sequence());
        }
    }

    /** Nothing of it counts until it has answered. */
    private void asksAnew(CopyRegistration r, long nowNs) {
        registrar.register(r, nowNs);
        producers.asksAgain(r.slot());
    }

    /** The same, as something is missing. */
    private void asksAfterGap(CopyRegistration r, long nowNs) {
        registrar.registerAfterGap(r, nowNs);
        producers.asksAgain(r.slot());
    }

    // ------------------------------------------------------------------ time and room

    /** No ping from that node answers ours (rule C5). An answer that is still under way may be of before, too. */
    void onSilent(long uid, long nowNs) {
        for (CopyRegistration r : bySlot.values()) {
            if (r.host() == uid && r.state() != CopyRegistration.State.LEFT) {
                asksAnew(r, nowNs);
            }
        }
    }

    void onTime(long nowNs) {
        for (CopyRegistration r : bySlot.values()) {
            if (r.ackDueNs() != CopyRegistration.NEVER && r.ackDueNs() - nowNs <= 0) {
                registrar.acknowledge(r, nowNs);
            }
            if (r.dueNs() == CopyRegistration.NEVER || r.dueNs() - nowNs > 0) {
                continue;
            }
            if (r.state() == CopyRegistration.State.REGISTERING) {
                registrar.repeat(r, nowNs);
            } else {
                asksAnew(r, nowNs); // its turn has come, or the answer to its last attempt may be lost
            }
        }
    }

    /** In how many nanoseconds {@link #onTime} is due; {@code Long.MAX_VALUE} if nothing is. */
    long dueInNs(long nowNs) {
        long wait = Long.MAX_VALUE;
        for (CopyRegistration r : bySlot.values()) {
            wait = r.dueNs() == CopyRegistration.NEVER ? wait : Math.min(wait, r.dueNs() - nowNs);
            wait = r.ackDueNs() == CopyRegistration.NEVER ? wait : Math.min(wait, r.ackDueNs() - nowNs);
        }
        return wait;
    }

    /** Subscriptions have read on: producers may send again, and logs need keep less. */
    void onRoom(long nowNs) {
        for (CopyRegistration r : bySlot.values()) {
            if (r.isLive() && r.isClosed() && reach.windowBytes(r) > 0) {
                registrar.acknowledge(r, nowNs);
            } else if (r.isLive() && r.isHeld()) {
                r.acknowledgesBy(nowNs + settings.ackDelayNs());
            }
        }
    }

    /** Logs are to keep what a subscription lacks that begins. */
    void keepFor(long nowNs) {
        if (settings.backpressure()) {
            bySlot.values().forEach(r -> r.acknowledgesBy(nowNs));
        }
    }

    /** Does a producer send nothing, or keep what was read, until somebody here has read on? */
    boolean presses() {
        for (CopyRegistration r : bySlot.values()) { // for each message
            if (r.isLive() && (r.isClosed() || r.isHeld())) {
                return true;
            }
        }
        return false;
    }

    /** Does a log keep something for who reads here? */
    boolean holdUp() {
        return bySlot.values().stream().anyMatch(r -> r.isLive() && r.isHeld());
    }

    /** Nobody reads any more: the producers may forget it. */
    void close() {
        bySlot.values().forEach(registrar::deregister);
        bySlot.clear();
    }

    /** For people. */
    List<RegistrationStatus> statuses() {
        List<RegistrationStatus> statuses = new ArrayList<>();
        bySlot.values().forEach(r -> statuses.add(r.status()));
        statuses.sort(Comparator.comparing(RegistrationStatus::node));
        return statuses;
    }
}
