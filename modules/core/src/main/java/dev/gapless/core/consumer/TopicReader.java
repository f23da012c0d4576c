package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One reader of all producers of a topic: a registration for each of them, and the feed that they fill. It is a node's
 * shared one, or a catch-up reader with a feed of its own.
 *
 * <p>There is one way to recover from anything, be it a gap, silence, or a new life on either side: register again, with the
 * position that the feed has reached. Until that is answered nothing else is believed.
 *
 * <pre>
 *   members ──► {@link Producers} ─────┐
 *                                 ├──► {@link Registration}, {@link FeedWriter} ──► feed
 *   messages, time ──► here ──────┘    {@link Registrar} ──► producers
 * </pre>
 *
 * <p>{@link Registration} draws the states. Not thread-safe.
 */
final class TopicReader {
    private final Outbox outbox;
    private final Feed feed;
    private final Registrations registrations = new Registrations();
    private final Registrar registrar;
    private final FeedWriter writer;
    /** How long the answers to attempts that were made in vain may still be under way. */
    private final long patienceNs;

    private final long heartbeatNs;

    private final Producers producers;

    /**
     * A reader that begins at {@code startOfPresent} with the members that are present, or at its token's positions if it
     * has one; with members that come later, at their beginning.
     */
    TopicReader(ReaderContext context, Feed feed, Start startOfPresent, @Nullable CursorToken token) {
        this.outbox = context.outbox();
        this.feed = feed;
        this.registrar = new Registrar(context, feed);
        this.writer = new FeedWriter(context, feed);
        this.patienceNs = context.settings().registerBackoff().maxNs();
        this.heartbeatNs = context.settings().heartbeatNs();
        Ends ends = new Ends(context.topic(), feed);
        this.producers = new Producers(
                context.topic(), context.settings(), startOfPresent, token, registrations, registrar, writer, ends);
    }

    /** Its token's subscription left out messages that this one may want: it begins with a notice of that. */
    void hasLeftOut() {
        producers.hasLeftOut();
    }

    Feed feed() {
        return feed;
    }

    Map<Reason, Long> expiries() {
        return writer.expiries();
    }

    /** How often it registered with a member that it had registered with before. */
    long registeredAgain() {
        return registrar.registeredAgain();
    }

    /** The same, since this was called last. */
    long takeRegisteredAgain() {
        return registrar.takeRegisteredAgain();
    }

    /** How many registrations have failed. */
    long registrationFailures() {
        return registrar.failures();
    }

    // ------------------------------------------------------------------ members (rules C6 to C10, T1)

    /**
     * This node is up, these are the members, the present ones, and this is remembered of others.
     *
     * @param over producers that its subscription takes for over from the start
     */
    void begin(List<MemberEvent> members, HistoryView history, Set<String> over, Now now) {
        producers.begin(members, history, over, now);
    }

    /** The same, at the positions of a token that says where its subscriptions are. */
    void beginAgain(List<MemberEvent> members, HistoryView history, Now now) {
        producers.beginAgain(members, history, now);
    }

    /** Members came, told their names, or went; what belongs together comes at once. */
    void onMembers(List<MemberEvent> events, HistoryView history, Now now) {
        producers.onMembers(events, history, now);
    }

    /** The producers that it has anything to do with. */
    Set<String> known() {
        return registrations.names();
    }

    // ------------------------------------------------------------------ being ready (rules C9, C10)

    boolean hasBegun() {
        return producers.hasBegun();
    }

    /** Members that are present and have given no position, without those that {@code ready()} went on without. */
    Set<Long> notYetLate() {
        return registrations.notYetLate();
    }

    /** Is it a member, and has given no position? */
    boolean hasNoPosition(long memberUid) {
        Registration r = registrations.present(memberUid);
        return r != null && r.at() == null;
    }

    /** Has it a position of a member of which that one has none, and will begin further on? */
    boolean isAheadOf(TopicReader other) {
        for (long memberUid : other.registrations.withoutPosition()) {
            if (!hasNoPosition(memberUid)) {
                return true;
            }
        }
        return false;
    }

    /** {@code ready()} goes on without these. */
    void goOnWithout(Set<Long> uids, long nowNs) {
        for (long memberUid : uids) {
            Registration r = registrations.present(memberUid);
            if (r != null) {
                r.becomeLate(nowNs);
            }
        }
    }

    /** A subscription that began in the past may read its feed from now on, which has nothing of these either. */
    void joinedFromThePast(long nowNs) {
        for (long memberUid : registrations.withoutPosition()) {
            Registration r = registrations.present(memberUid);
            if (r != null) {
                r.becomeLateSinceEver(nowNs);
            }
        }
    }

    /** A subscription is ready: from now on a producer that is lost before it answered is a loss. */
    void setReady() {
        producers.setReady();
    }

    /** The members that {@code ready()} went on without. */
    Set<String> late() {
        return registrations.late();
    }

    /**
     * Has everybody that can answer done so, and is nobody's end open? Then the reader may join the shared feed (rule S5):
     * that need never have heard of a producer that this one still waits for.
     */
    boolean isSettled() {
        return producers.hasBegun() && !registrations.isAnyUnsettled();
    }

    /** Members that have said their names, and producers that are waited for. */
    Collection<Registration> withNames() {
        return registrations.withNames();
    }

    /** Is everybody that it knows a member that has answered and goes on? */
    boolean isWhole() {
        return producers.hasBegun() && registrations.areWhole();
    }

    /**
     * The open ends of the producers that this reader waits for, but for these. Who begins now, and whose token does not name
     * them, was told how they ended, or never heard of them: either way they are over for it (S5).
     */
    Map<String, Placed> openEndsWithout(Set<String> nodes) {
        Map<String, Placed> ends = new HashMap<>();
        for (Registration r : registrations.withNames()) {
            if (r.isWaiting() && r.at() != null && !r.isAmong(nodes)) {
                ends.put(r.node(), writer.endOf(r).toldBy(End.ToldBy.START));
            }
        }
        return ends;
    }

    // ------------------------------------------------------------------ messages (rules C1 to C6)

    void onMessage(ToConsumer message, Now now) {
        Registration r = registrations.of(message.session());
        if (r == null) {
            if (message instanceof Heartbeat heartbeat && !isDealingWith(heartbeat.fromUid())) {
                outbox.send(heartbeat.fromUid(), heartbeat.deregister());
            }
            return;
        }
        if ((r.isLive() || r.hasLeft()) && !r.isCurrent(message.session())) {
            onLaterAttempt(r, message, now.ns());
        } else if (message instanceof Registered registered) {
            onRegistered(r, registered, now);
        } else if (message instanceof CursorExpired expired) {
            onExpired(r, expired, now);
        } else if (message instanceof Batch batch) {
            onBatch(r, batch, now.ns());
        } else if (message instanceof Heartbeat heartbeat) {
            onHeartbeat(r, heartbeat, now.ns());
        } else if (message instanceof Gone gone) {
            onGone(r, gone, now.ns());
        }
    }

    /**
     * Has it a session with this member, or will ask for one? Until then its earlier cursor keeps its place in the ring of a
     * producer with backpressure.
     */
    private boolean isDealingWith(long memberUid) {
        Registration r = registrations.present(memberUid);
        return r != null && !r.isUnnamed();
    }

    private void onRegistered(Registration r, Registered message, Now now) {
        if (!r.isRegistering()) {
            return;
        }
        hasUpTo(message.head(), message.next() - 1, now.ns());
        Placed at = r.at();
        if (at == null) {
            accepted(r, message.session(), writer.begins(r, message, now), now);
        } else if (message.next() == at.sequence() + 1) {
            accepted(r, message.session(), writer.resumed(r, at, message, now.ms()), now);
        } else {
            registrar.register(r, now.ns()); // C2
        }
    }

    private void onExpired(Registration r, CursorExpired message, Now now) {
        if (message.answersRegister() != r.isRegistering() || r.hasLeft()) {
            return;
        }
        hasUpTo(message.head(), message.resumeAt() - 1, now.ns());
        accepted(r, message.session(), writer.expires(r, message, now.ms()), now);
    }

    /** A producer has that much, and the feed will have this much of it (rule S6). */
    private void hasUpTo(long head, long sequence, long nowNs) {
        if (head > sequence) {
            feed.behind(nowNs);
        }
    }

    /**
     * An attempt that was made after the one that was answered has moved the producer's cursor: to where the feed is, or it is
     * asked anew.
     */
    private void onLaterAttempt(Registration r, ToConsumer message, long nowNs) {
        Position after = answeredAfter(message);
        Placed at = r.at();
        if (r.hasLeft() && at != null) {
            if (!(message instanceof Batch)) {
                registrar.acknowledgeEnd(r, message.session(), at.sequence()); // it waits for that reader, too
            }
        } else if (after == null) {
            registrar.registerAfterGap(r, nowNs); // its answer was lost
        } else if (after.equals(r.position())) {
            r.becomeAnswered(message.session(), patienceNs);
            registrar.acknowledge(r);
        } else {
            registrar.register(r, nowNs);
        }
    }

    /** The position after which an attempt was answered to go on; null if this is no answer. */
    private static @Nullable Position answeredAfter(ToConsumer message) {
        if (message instanceof Registered registered) {
            return new Position(registered.log().epoch(), registered.next() - 1);
        }
        return message instanceof CursorExpired expired && expired.answersRegister()
                ? new Position(expired.log().epoch(), expired.resumeAt() - 1)
                : null;
    }

    private void accepted(Registration r, Session session, At at, Now now) {
        registrar.answered(r, session, now.ns());
        r.becomeLive(session, at, patienceNs);
        producers.settle();
        registrar.acknowledge(r);
    }

    private void onBatch(Registration r, Batch batch, long nowNs) {
        if (!r.isLive() || !(r.at() instanceof At at)) {
            return; // not believed before the registration is answered
        }
        if (batch.first() != at.sequence() + 1) {
            registrar.registerAfterGap(r, nowNs);
            return;
        }
        hasUpTo(batch.head(), batch.last(), nowNs);
        r.advanceTo(writer.messages(at, batch));
        if (batch.asks()) {
            registrar.acknowledge(r);
        } else {
            registrar.acknowledgeSoon(r, nowNs);
        }
    }

    private void onHeartbeat(Registration r, Heartbeat heartbeat, long nowNs) {
        if (!r.isLive() || !(r.at() instanceof At at)) {
            return;
        }
        if (heartbeat.sent() != at.sequence()) {
            registrar.registerAfterGap(r, nowNs);
        } else {
            hasUpTo(heartbeat.head(), at.sequence(), nowNs);
            r.nothingMissing();
            registrar.acknowledge(r);
        }
    }

    private void onGone(Registration r, Gone gone, long nowNs) {
        if (!(r.at() instanceof At at) || !(r.isLive() || r.hasLeft())) {
            return;
        }
        if (gone.head() != at.sequence()) {
            registrar.register(r, nowNs);
            return;
        }
        if (r.isLive()) {
            r.becomeLeft();
            producers.settle();
            writer.left(r, at);
        }
        registrar.acknowledgeEnd(r, gone.session(), gone.head());
    }

    // ------------------------------------------------------------------ time and room

    /** No ping from that node answers ours (rule C5). An answer that is still under way may be of before, too. */
    void onSilent(long silentUid, long nowNs) {
        Registration r = registrations.present(silentUid);
        if (r != null && (r.isLive() || r.isRegistering())) {
            registrar.register(r, nowNs);
        }
    }

    void onTime(Now now) {
        for (Registration r : registrations.withNames()) {
            if (r.owesAck() && r.ackDueNs() - now.ns() <= 0) {
                registrar.acknowledge(r);
            }
            if (r.phase() instanceof Phase.Timed timed && timed.dueNs() - now.ns() <= 0) {
                onDue(r, now.ns());
            }
        }
        producers.giveUpOverdue(now);
    }

    private void onDue(Registration r, long nowNs) {
        if (r.isRegistering()) {
            registrar.repeat(r, nowNs);
        } else if (!r.isWaiting()) {
            registrar.register(r, nowNs); // its turn has come, or the answer to its last attempt may be lost
        }
    }

    /** When {@link #onTime} is due next, or {@code Long.MAX_VALUE}. */
    long deadlineNs(long nowNs) {
        long wait = registrations.dueInNs(nowNs);
        if (feed.wantsRoom()) {
            wait = Math.min(wait, heartbeatNs);
        }
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    /** The feed has room again: whoever was stopped for want of it may go on. */
    void grantAgain() {
        for (Registration r : registrations.withNames()) {
            if (r.isLive()) {
                registrar.acknowledge(r);
            }
        }
    }

    /** Nobody reads any more: the producers may forget it. */
    void close() {
        registrations.present().forEach(registrar::deregister);
        registrations.clear();
    }

    /** For people. */
    List<RegistrationStatus> registrations() {
        return registrations.statuses();
    }
}
