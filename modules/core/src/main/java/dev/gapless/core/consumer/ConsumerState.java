package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.Registration.Phase;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.log.Frame;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One reader of all producers of a topic: a registration for each of them, and the feed that they fill. It is a node's
 * shared one, or a catch-up reader with a feed of its own.
 *
 * <p>There is one way to recover from anything, be it a gap, silence, or a new life on either side: register again, with the
 * position that the feed has reached. Until that is answered nothing else is believed.
 *
 * <p>{@link Registration} draws the states. Not thread-safe.
 */
final class ConsumerState {
    private static final int GAPS_AT_ONCE = 3;

    private final String topic;
    private final long reader;
    private final long uid;
    private final TopicSettings settings;
    private final Feed feed;
    private final Eras eras;
    private final LongSupplier sessions;
    private final RandomGenerator jitter;
    private final ConsumerEffects effects;
    private final Start startOfPresent;
    private final @Nullable CursorToken token;

    private final Registrations registrations = new Registrations();
    private Map<Reason, Long> expiries = Map.of();
    private boolean begun;
    private boolean ready;
    private long registeredAgain;

    /**
     * A reader that begins at {@code startOfPresent} with the members that are present, or at its token's positions if it
     * has one; with members that come later, at their beginning.
     */
    ConsumerState(Reader of, Feed feed, Start startOfPresent, @Nullable CursorToken token) {
        this.topic = of.topic;
        this.reader = of.reader;
        this.uid = of.uid;
        this.settings = of.settings;
        this.eras = of.eras;
        this.sessions = of.sessions;
        this.jitter = of.jitter;
        this.effects = of.effects;
        this.feed = feed;
        this.startOfPresent = startOfPresent;
        this.token = token;
        if (token != null) {
            feed.unresolved(withoutPosition(token)); // also before this node is up
        }
    }

    private static Set<String> withoutPosition(CursorToken token) {
        Set<String> nodes = new HashSet<>();
        token.positions().forEach((node, position) -> {
            if (position == null) {
                nodes.add(node);
            }
        });
        return Set.copyOf(nodes);
    }

    /** What a topic's readers share, and the number of this one. */
    record Reader(
            String topic,
            long reader,
            long uid,
            TopicSettings settings,
            Eras eras,
            LongSupplier sessions,
            RandomGenerator jitter,
            ConsumerEffects effects) {}

    Feed feed() {
        return feed;
    }

    Map<Reason, Long> expiries() {
        return expiries;
    }

    /** How often it registered with a member that it had registered with before. */
    long registeredAgain() {
        return registeredAgain;
    }

    // ------------------------------------------------------------------ members (rules C6 to C10, T1)

    /** This node is up, and these are the members: the present ones. */
    void begin(List<MemberEvent> members, long nowMs, long nowNs) {
        if (token != null) {
            waitForListed(token, nowNs);
        }
        onMembers(members, nowMs, nowNs);
        begun = true;
    }

    private void waitForListed(CursorToken resumed, long nowNs) {
        resumed.positions().forEach((node, position) -> {
            Registration r = new Registration(node, Registration.NO_UID, Phase.WAITING, Start.LATEST);
            r.dueNs = nowNs + settings.producerReturnNs();
            if (position == null) {
                r.unresolved = true;
            } else {
                r.at = new Unplaced(node, position);
            }
            registrations.add(r);
        });
        ready = true; // whoever resumes builds on what it has: whatever it cannot get from here on, it is told
    }

    /**
     * Members came, told their names, or went; one's end and its successor's appearance at once, so that no token is of between
     * them, which would know of neither.
     */
    void onMembers(List<MemberEvent> events, long nowMs, long nowNs) {
        for (MemberEvent event : events) {
            onMember(event, nowMs, nowNs);
        }
        registrations.forgetLost();
        publishUnresolved();
    }

    private void onMember(MemberEvent event, long nowMs, long nowNs) {
        if (event instanceof MemberEvent.Present joined) {
            // Invariant: a uid is present once.
            boolean later = begun || token != null;
            Start start = later ? Start.BEGINNING : startOfPresent;
            registrations.appeared(new Registration(joined.address(), joined.uid(), Phase.UNNAMED, start));
        } else if (event instanceof MemberEvent.Named named) {
            onNamed(named, nowMs, nowNs);
        } else if (event instanceof MemberEvent.Removed) {
            onRemoved(event.uid(), nowMs, nowNs);
        }
    }

    private void onNamed(MemberEvent.Named named, long nowMs, long nowNs) {
        Registration fresh = registrations.present(named.uid());
        if (fresh == null || fresh.phase != Phase.UNNAMED) {
            return;
        }
        Registration known = registrations.of(named.node());
        Registration byAddress = registrations.of(fresh.node); // a token may know it by its address alone
        if (byAddress != null && byAddress != known && byAddress.isUnheardOf()) {
            registrations.forget(byAddress);
            if (known == null) {
                known = byAddress;
            } else if (byAddress.phase == Phase.WAITING) {
                lost(byAddress, nowMs); // another life, which is over
            }
        }
        Registration r = known == null ? fresh : known;
        assert known == null || known.uid == Registration.NO_UID : "two members with the name " + named.node();
        r.node = named.node();
        r.address = fresh.address;
        r.uid = named.uid();
        r.late |= fresh.late;
        r.attempts = 0;
        registrations.named(fresh, r);
        register(r, nowNs);
    }

    private void onRemoved(long removedUid, long nowMs, long nowNs) {
        Registration r = registrations.present(removedUid);
        if (r == null) {
            return;
        }
        registrations.gone(r);
        Registration known = registrations.of(r.node);
        if (r.phase == Phase.UNNAMED && known != null && known.uid == Registration.NO_UID) {
            r = known; // its name was its address: another life of it, which never answered
        }
        r.session = null;
        r.unheardUid = r.answeredUid == removedUid ? Registration.NO_UID : removedUid;
        if (r.phase == Phase.LEFT) {
            registrations.forget(r); // C6
        } else if (r.at != null) {
            r.phase = Phase.WAITING; // C7
            r.uid = Registration.NO_UID;
            r.dueNs = nowNs + settings.producerReturnNs();
        } else {
            registrations.forget(r);
            boolean cameLater = r.start == Start.BEGINNING;
            if (ready || r.unresolved || cameLater || startOfPresent instanceof Start.Since) { // the past counts, too
                lost(r, nowMs);
            }
        }
    }

    /** Waited for long enough (C7). Should one that nobody here has heard of be there all the same, it goes on. */
    private void giveUp(List<Registration> overdue, long nowMs) {
        for (Registration r : overdue) {
            lost(r, nowMs);
            r.phase = Phase.LOST;
        }
        registrations.forgetLost(); // once for all of them: a token may have named a thousand
        publishUnresolved();
    }

    private void lost(Registration r, long nowMs) {
        End end = endOf(r);
        if (r.neverPublished()) {
            feed.left(end); // nothing of it can be lost
            return;
        }
        tell(r, end, Reason.PRODUCER_LOST, nowMs);
    }

    private End endOf(Registration r) {
        Placed at = r.at;
        if (r.unheardUid != Registration.NO_UID) {
            return eras.endOfSilent(r.node, r.unheardUid); // beyond the end that others took its position's life for
        }
        return at instanceof At answered
                ? eras.endOf(answered, r.answeredUid)
                : eras.endOfUnanswered(r.node, at == null ? null : at.position());
    }

    /** The producers that it has anything to do with. */
    Set<String> known() {
        return registrations.names();
    }

    // ------------------------------------------------------------------ being ready (rules C9, C10)

    boolean hasBegun() {
        return begun;
    }

    /** Members that are present and have given no position, without those that were already found to be silent. */
    Set<Long> awaited() {
        return registrations.awaited();
    }

    boolean isAwaited(long memberUid) {
        Registration r = registrations.present(memberUid);
        return r != null && r.at == null;
    }

    /** {@code ready()} goes on without these. */
    void goOnWithout(Set<Long> uids) {
        for (long memberUid : uids) {
            Registration r = registrations.present(memberUid);
            if (r != null) {
                r.late = true;
            }
        }
    }

    /** A subscription is ready: from now on a producer that is lost before it answered is a loss. */
    void setReady() {
        ready = true;
    }

    /** The members that were found to be silent. */
    Set<String> silent() {
        return registrations.silent();
    }

    /**
     * Has everybody that can answer done so, and is nobody's end open? Then the reader may join the shared feed (rule S5):
     * that need never have heard of a producer that this one still waits for.
     */
    boolean isSettled() {
        return begun && !registrations.isAnyWaiting();
    }

    /**
     * The open ends of the producers that this reader waits for, but for these. Who begins now, and whose token does not name
     * them, was told how they ended, or never heard of them: either way they are over for it (S5).
     */
    Map<String, Placed> openEndsWithout(Set<String> nodes) {
        Map<String, Placed> ends = new HashMap<>();
        for (Registration r : registrations.withNames()) {
            if (r.phase == Phase.WAITING && r.at != null && !r.isAmong(nodes)) {
                ends.put(r.node, endOf(r).toldBy(End.ToldBy.START));
            }
        }
        return ends;
    }

    // ------------------------------------------------------------------ messages (rules C1 to C6)

    void onMessage(ToConsumer message, long nowMs, long nowNs) {
        Registration r = registrations.of(message.session());
        if (r == null) {
            // While it asks again, its earlier session still keeps its place in the ring of a producer with
            // backpressure.
            TopicConsumer.deregistrationOf(message)
                    .filter(d -> !hasSessionWith(d.toUid()))
                    .ifPresent(d -> effects.send(d.toUid(), d.message()));
            return;
        }
        if (message instanceof Registered registered) {
            onRegistered(r, registered, nowMs, nowNs);
        } else if (message instanceof CursorExpired expired) {
            onExpired(r, expired, nowMs);
        } else if (message instanceof Batch batch) {
            onBatch(r, batch, nowNs);
        } else if (message instanceof Heartbeat heartbeat) {
            onHeartbeat(r, heartbeat, nowNs);
        } else if (message instanceof Gone gone) {
            onGone(r, gone, nowNs);
        }
    }

    private boolean hasSessionWith(long memberUid) {
        Registration r = registrations.present(memberUid);
        return r != null && r.session != null;
    }

    private void onRegistered(Registration r, Registered message, long nowMs, long nowNs) {
        if (r.phase != Phase.REGISTERING) {
            return;
        }
        Placed at = r.at;
        if (at == null) {
            begins(r, message, nowMs);
        } else if (message.next() != at.sequence() + 1) {
            register(r, nowNs); // C2
            return;
        } else if (Epoch.NONE.equals(at.epoch()) && r.unheardUid != Registration.NO_UID) {
            lost(r, nowMs); // a life in between may have published
            At next = new At(eraOf(r, message.log()), at.sequence());
            r.at = next;
            feed.started(next);
        } else {
            At next = new At(goesOn(r, at, message.log()), at.sequence());
            r.at = next;
            if (!next.isLevelWith(at)) {
                feed.started(next);
            }
        }
        accepted(r);
    }

    private void begins(Registration r, Registered message, long nowMs) {
        At at = new At(eraOf(r, message.log()), message.next() - 1);
        boolean missedItsStart = r.late && missedSomething(r.start, message);
        if (r.unresolved) {
            tell(r, at, Reason.POSITION_UNKNOWN, nowMs);
        } else if (missedItsStart) {
            tell(r, at, Reason.REGISTERED_LATE, nowMs);
        } else {
            feed.started(at);
        }
        r.at = at;
    }

    /** Could it have published something since {@code ready()} went on without it that it does not send now? (C9) */
    private static boolean missedSomething(Start start, Registered message) {
        return start instanceof Start.Latest
                ? message.head() > 0
                : message.next() > message.log().first(); // whatever its clock says of when that was published
    }

    private void onExpired(Registration r, CursorExpired message, long nowMs) {
        if (message.answersRegister() != (r.phase == Phase.REGISTERING) || r.phase == Phase.LEFT) {
            return;
        }
        Placed at = r.at;
        At to = new At(eraOf(r, message), message.resumeAt() - 1);
        if (at == null || !Objects.equals(to.position(), at.position())) {
            tell(r, to, message.reason(), nowMs); // C3
        } else if (at instanceof Unplaced) {
            feed.started(to);
        }
        r.at = to;
        accepted(r);
    }

    private Era goesOn(Registration r, Placed from, LogIdentity log) {
        if (isUnpublished(log)) {
            return eraOf(r, log);
        }
        return from instanceof At at && log.epoch().equals(at.epoch()) ? at.era() : eras.continued(r.node, from, log);
    }

    private static boolean isUnpublished(LogIdentity log) {
        return log.epoch().equals(Epoch.NONE);
    }

    private Era eraOf(Registration r, LogIdentity log) {
        return isUnpublished(log) ? eras.ofUnpublished(r.node, log, r.uid) : eras.of(r.node, log);
    }

    private Era eraOf(Registration r, CursorExpired message) {
        Placed at = r.at;
        if (r.unheardUid != Registration.NO_UID) {
            // Its number lies between: who was told the end of the life before sees that another one came.
            eras.endOfSilent(r.node, r.unheardUid);
        }
        return at == null || message.reason() == Reason.PRODUCER_RESTARTED
                ? eraOf(r, message.log())
                : eras.continued(r.node, at, message.log());
    }

    private void accepted(Registration r) {
        r.phase = Phase.LIVE;
        r.answeredUid = r.uid;
        r.answeredAddress = r.address;
        r.unheardUid = Registration.NO_UID;
        r.start = Start.LATEST; // Invariant: there is a position now, and After is asked for
        r.unresolved = false;
        r.late = false;
        r.attempts = 0;
        publishUnresolved();
        acknowledge(r);
    }

    private void onBatch(Registration r, Batch batch, long nowNs) {
        if (r.phase != Phase.LIVE || !(r.at instanceof At at)) {
            return; // not believed before the registration is answered
        }
        if (batch.first() != at.sequence() + 1) {
            again(r, nowNs);
            return;
        }
        r.gaps = 0;
        List<Frame> frames = batch.frames();
        feed.messages(at.era(), frames);
        r.at = new At(at.era(), batch.last());
        acknowledge(r);
    }

    private void onHeartbeat(Registration r, Heartbeat heartbeat, long nowNs) {
        Placed at = r.at;
        if (r.phase != Phase.LIVE || at == null) {
            return;
        }
        if (heartbeat.sent() != at.sequence()) {
            again(r, nowNs);
        } else {
            r.gaps = 0;
            acknowledge(r);
        }
    }

    private void onGone(Registration r, Gone gone, long nowNs) {
        if (!(r.at instanceof At at) || (r.phase != Phase.LIVE && r.phase != Phase.LEFT)) {
            return;
        }
        if (gone.head() != at.sequence()) {
            register(r, nowNs);
            return;
        }
        if (r.phase == Phase.LIVE) {
            r.phase = Phase.LEFT;
            publishUnresolved();
            feed.left(eras.endOf(at, r.answeredUid));
        }
        effects.send(r.uid, new GoneAck(topic, reader, gone.session(), gone.head()));
    }

    // ------------------------------------------------------------------ time and room

    /** No pulse from that node answers ours (rule C5). An answer that is still under way may be of before, too. */
    void onSilent(long silentUid, long nowNs) {
        Registration r = registrations.present(silentUid);
        if (r != null && (r.phase == Phase.LIVE || r.phase == Phase.REGISTERING)) {
            register(r, nowNs);
        }
    }

    void onTime(long nowMs, long nowNs) {
        List<Registration> overdue = new ArrayList<>();
        for (Registration r : registrations.withNames()) {
            if (r.isWaiting() && r.dueNs - nowNs <= 0) {
                if (r.phase == Phase.REGISTERING) {
                    register(r, nowNs);
                } else {
                    overdue.add(r);
                }
            }
        }
        if (!overdue.isEmpty()) {
            giveUp(overdue, nowMs);
        }
    }

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE}. */
    long deadlineNs(long nowNs) {
        long wait = registrations.dueInNs(nowNs);
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    /** The feed has room again: whoever was stopped for want of it may go on. */
    void grantAgain() {
        for (Registration r : registrations.withNames()) {
            if (r.phase == Phase.LIVE) {
                acknowledge(r);
            }
        }
    }

    /** Nobody reads any more: the producers may forget it. */
    void close() {
        for (Registration r : registrations.present()) {
            if (r.session != null) {
                effects.send(r.uid, new Deregister(topic, reader, r.session));
            }
            r.session = null;
        }
        registrations.clear();
    }

    // ------------------------------------------------------------------

    private void register(Registration r, long nowNs) {
        Session session = new Session(uid, sessions.getAsLong());
        r.session = session;
        if (r.attempts > 0 || r.answeredUid == r.uid) {
            registeredAgain++;
        }
        r.phase = Phase.REGISTERING;
        r.dueNs = nowNs + backoffNs(r.attempts++);
        effects.send(r.uid, new Register(topic, reader, session, r.uid, r.asks(), feed.grantBytes()));
    }

    /**
     * Something is missing: registers again, at once. If that has been of no use several times, since the answer is accepted
     * and what follows never comes, the next attempt waits.
     */
    private void again(Registration r, long nowNs) {
        r.gaps++;
        if (r.gaps <= GAPS_AT_ONCE) {
            register(r, nowNs);
        } else {
            r.session = null;
            r.phase = Phase.REGISTERING;
            r.dueNs = nowNs + backoffNs(r.gaps - GAPS_AT_ONCE);
        }
    }

    private long backoffNs(int attempt) {
        long wait = settings.registerBackoff().waitNs(attempt);
        return (long) (wait * (1 + settings.registerJitter() * (2 * jitter.nextDouble() - 1)));
    }

    private void acknowledge(Registration r) {
        Placed at = r.at;
        if (at != null && r.session != null) {
            effects.send(r.uid, new Ack(topic, reader, r.session, at.sequence(), feed.grantBytes()));
        }
    }

    private void tell(Registration r, Placed to, Reason reason, long nowMs) {
        feed.expired(to, reason, nowMs);
        if (expiries.isEmpty()) {
            expiries = new EnumMap<>(Reason.class);
        }
        expiries.merge(reason, 1L, Long::sum);
        Position behind = r.at == null ? null : r.at.position();
        effects.missed(r.node, reader, reason, behind, to instanceof End ? null : to.position());
    }

    private void publishUnresolved() {
        Set<String> nodes = registrations.unresolved();
        if (!nodes.equals(feed.unresolved())) {
            feed.unresolved(Set.copyOf(nodes));
        }
    }

    /** For people. */
    List<RegistrationStatus> registrations() {
        return registrations.statuses();
    }
}
