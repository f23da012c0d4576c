package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Asked;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads all streams of a topic: a registration for each of them, and the feed that they fill. A node has one that all subscriptions share,
 * and a few more for those that begin in the past, or were overtaken.
 *
 * <p>There is one way to recover from anything, be it a gap, silence, or a new incarnation on either side: register again, with the
 * position that the feed has reached. Until that is answered nothing else is believed.
 *
 * <p>{@link Registration} draws the states. {@link Streams} knows who is a member, and how streams ended. Not thread-safe.
 */
final class TopicReader {
    private static final long NS_PER_MS = 1_000_000;
    /** No two clocks differ by so much of a time that both measure. */
    private static final long MOST_DRIFT_PART = 8;

    /** Its number and settings, and who hears of what it finds. */
    private final ReaderContext context;
    /** Where it puts what is to be sent. */
    private final Outbox outbox;
    /** What it fills. */
    private final Feed feed;
    /** What members that are present are asked for where no subscription has a place. */
    private final Start startOfPresent;
    /** One for each stream that goes on, or of which it is not settled how it ended. */
    private final Registrations registrations = new Registrations();
    /** Asks, and asks again. */
    private final Registrar registrar;
    /** What becomes of the streams of earlier incarnations. */
    private final Succession succession;
    /** How long the answers to attempts that were made in vain may still be under way. */
    private final long patienceNs;

    /** How often a producer with nothing to send is to be heard. */
    private final long heartbeatNs;
    /** What the topic knows of its streams, for all its readers. */
    private final Streams streams;

    /** Has {@code ready()} completed for one of its subscriptions? From then on everything counts that is published. */
    private boolean ready;
    /** How many expiries it put into its feed, by reason. */
    private Map<Reason, Long> expiries = Map.of();

    /** A reader that asks members that are present for that, unless a subscription has a place; members that come later for all. */
    TopicReader(ReaderContext context, Streams streams, Feed feed, Start startOfPresent) {
        this.context = context;
        this.streams = streams;
        this.outbox = context.outbox();
        this.feed = feed;
        this.startOfPresent = startOfPresent;
        this.registrar = new Registrar(context, feed);
        this.succession = new Succession(context, streams, registrations, registrar, feed);
        this.patienceNs = context.settings().registerBackoff().maxNs();
        this.heartbeatNs = context.settings().heartbeatNs();
    }

    Feed feed() {
        return feed;
    }

    long number() {
        return context.reader();
    }

    /** What was announced as missed. */
    Map<Reason, Long> expiries() {
        return expiries;
    }

    /** How many registrations have failed. */
    long registrationFailures() {
        return registrar.failures();
    }

    // ------------------------------------------------------------------ members (rules C6 to C10)

    /**
     * This node is up: begins with what is known of streams, behind the places of subscriptions.
     *
     * @param unlisted what a member is asked for of which these do not say it
     */
    void begin(Frontier from, Start unlisted, Now now) {
        for (Stream member : streams.members()) {
            Place place = from.get(member);
            Stream stream =
                    place == null || streams.isNamed(member) ? member : place.stream(); // a token may know its name
            if (place == null || place.sequence() == Place.AWAITED) {
                registrations.add(Registration.ofMember(stream, place == null ? unlisted : startOfPresent));
            } else if (place.sequence() == 0) {
                registrations.add(Registration.ofMember(stream, Start.BEGINNING));
            } else {
                registrations.add(Registration.behind(stream, place.sequence(), true));
            }
        }
        for (Stream waited : streams.waitedFor()) {
            Place place = from.get(waited);
            boolean leadsOn =
                    place != null && place.over() && streams.isDurable(waited.epoch()); // to what nobody has heard of
            if ((place == null || leadsOn) && streams.wasMember(waited.epoch())) {
                Registration r = Registration.ofMember(waited, unlisted);
                r.becomeWaiting(true);
                registrations.add(r);
            } else if (place != null && !place.over()) {
                Stream stream = waited.isUnnamed() ? place.stream() : waited;
                registrations.add(Registration.behind(stream, place.sequence(), false));
            }
        }
        askNamed(now.ns());
    }

    private void askNamed(long nowNs) {
        streams.named().forEach(named -> onNamed(named, nowNs));
    }

    /** A member came. */
    void appeared(Stream stream) {
        Registration known = registrations.of(stream.epoch());
        if (known == null) {
            registrations.add(Registration.ofMember(stream, Start.BEGINNING));
        } else if (!known.isPresent()) {
            known.becomePresent(stream);
        }
    }

    /** A member has said its name. */
    void onNamed(Stream stream, long nowNs) {
        Registration r = registrations.of(stream.epoch());
        if (r != null && r.isUnnamed() && !succession.isPreceded(stream)) {
            r.becomeNamed(stream, succession.asksBehind(r, stream), nowNs);
            registrar.register(r, nowNs);
        }
    }

    /** A member is gone, and it is not settled how its stream ended. */
    void waitsFor(Epoch stream, long nowNs) {
        Registration r = registrations.of(stream);
        if (r != null && r.isPresent() && !r.hasLeft() && !r.isCarried()) {
            r.becomeWaiting(ready);
            if (!r.stream().isUnnamed()) {
                streams.label(r.stream()); // as a token says
            }
            askNamed(nowNs);
        }
    }

    /** A member is gone: streams of earlier incarnations that it carried on wait again. */
    void hostGone(long uid, Now now) {
        for (Registration r : registrations.at(uid)) {
            if (r.isCarried()) {
                r.becomeWaiting(ready);
                streams.waitLonger(r.stream(), now);
            }
        }
    }

    /** Does it get a stream of an earlier incarnation of that node from the log of a later one now? */
    boolean carriesOf(String node) {
        return registrations.all().stream()
                .anyMatch(r -> r.isCarried() && r.stream().node().equals(node));
    }

    /** The highest sequence that it has heard of in that stream. */
    long heard(Epoch stream) {
        Registration r = registrations.of(stream);
        return r == null ? 0 : r.heard();
    }

    /** Is it yet to read something of that stream? */
    boolean reads(Epoch stream) {
        return registrations.of(stream) != null;
    }

    /** Has it less of that stream than up to there? */
    boolean lacks(Epoch stream, long head) {
        Registration r = registrations.of(stream);
        return r != null && !r.hasLeft() && Math.max(0, r.at()) < head;
    }

    /** It is settled how this stream ended. */
    void ended(Stream stream, End end, long nowNs) {
        Registration r = registrations.remove(stream.epoch());
        if (r == null && end.wasMember() && !feed.hasChain(stream.epoch())) {
            feed.ended(stream, Place.UNKNOWN, end, true); // for whoever counts on it all the same
        }
        if (r == null || r.hasLeft()) {
            return;
        }
        if (r.isPresent()) {
            r.becomeWaiting(ready);
        }
        End its = end.isOpen() || r.heard() <= end.head() ? asAnnouncedHere(end) : End.lost(end.timeMs());
        feed.ended(r.stream(), r.at(), r.hasBegun() ? its.ofMember() : its, r.isPromised());
        boolean isClaimed = !end.wasMember() && !r.hasBegun(); // a token alone names it: that is no loss of this node's
        if (!isClaimed && (its.isOpen() ? r.isPromised() : r.hasPlace() && r.at() < its.head())) {
            count(r, its.reason(), its.successor());
        }
        askNamed(nowNs); // one may have waited for that
    }

    /** The same end: where it goes on is said only if this reader begins with the successor where that begins. */
    End asAnnouncedHere(End end) {
        return isFromTheBeginning(end.successor()) ? end : end.withoutSuccessor();
    }

    /** Does this reader begin with the successor where that begins? */
    private boolean isFromTheBeginning(@Nullable Position successor) {
        Registration r = successor == null ? null : registrations.of(successor.epoch());
        return r == null || r.hasBegun() || asksFromTheBeginning(r);
    }

    /** Says that nothing is ever published in that stream? */
    boolean isMute(Epoch stream) {
        Registration r = registrations.of(stream);
        return r != null && r.isMute();
    }

    /** Is a producer with this name asked for what comes behind an earlier incarnation? */
    boolean asksForSuccession(String node) {
        return registrations.askForSuccession(node);
    }

    // ------------------------------------------------------------------ being ready (rules C9, C10)

    /** Members that are present and have given no place, without those that {@code ready()} went on without. */
    Set<Long> unansweredMembers() {
        return registrations.unansweredMembers();
    }

    /** Is it a member, and has given no place? */
    boolean hasNoPlace(long memberUid) {
        Registration r = registrations.present(memberUid);
        return r != null && r.isAwaited();
    }

    /** {@code ready()} goes on without these. */
    void resumeWithout(Set<Long> uids, long nowNs) {
        for (long memberUid : uids) {
            Registration r = registrations.present(memberUid);
            if (r != null) {
                r.becomeLate(nowNs);
            }
        }
    }

    /** A subscription is ready: from now on a producer that is lost before it answered is a loss. */
    void setReady() {
        ready = true;
    }

    /** The members that {@code ready()} went on without. */
    Set<String> late() {
        return registrations.late();
    }

    // ------------------------------------------------------------------ placing subscriptions (rule S5)

    /** Where a subscription stands that begins with what comes next. */
    Frontier tails() {
        Map<Epoch, Place> places = feed.tails();
        for (Streams.Settled over : streams.settled()) {
            if (over.wasMember()) { // else it may yet turn out to be one
                places.putIfAbsent(over.stream().epoch(), Place.over(over.stream(), Place.AWAITED));
            }
        }
        for (Registration r : registrations.all()) {
            Stream stream = r.stream();
            if (!r.isPresent()) {
                places.remove(stream.epoch());
                if (streams.wasMember(stream.epoch()) || r.hasBegun()) {
                    places.put(stream.epoch(), Place.over(stream, Math.max(r.at(), Place.AWAITED)));
                }
            } else if (!r.hasBegun() && r.asks() instanceof Start.Latest) {
                places.put(stream.epoch(), Place.at(stream, Place.AWAITED));
            }
        }
        return streams.known().stored().upTo(Frontier.of(places));
    }

    /**
     * Places a subscription that stands there; null if this reader does not cover that.
     *
     * @param claims whether its places are what an application says, and may be ones that the producers never had
     * @param began whether this reader began from there
     */
    Feed.@Nullable Placed place(Frontier at, boolean claims, boolean began, long nowNs) {
        boolean fits = asksForUnlisted(at) && knowsNames(at) && (began || asksInOrder(at));
        return fits ? feed.place(at, new Asks(claims), nowNs) : null;
    }

    /** Are all places there within what the producers are known to have had? */
    boolean hasHeardOf(Frontier at) {
        return heardLessOf(at).isEmpty();
    }

    /** Asks those producers how far they are of which a subscription has more than they were heard to have. */
    void asksHowFar(Frontier at, long nowNs) {
        for (Registration r : heardLessOf(at)) {
            if (r.isLive() || r.isRegistering()) {
                registrar.register(r, nowNs);
            }
        }
    }

    /** Those whose producers were heard to have less than that. */
    private List<Registration> heardLessOf(Frontier at) {
        List<Registration> less = new ArrayList<>();
        for (Place place : at.places()) {
            Registration r =
                    place.over() ? null : registrations.of(place.stream().epoch());
            if (r != null && place.sequence() > r.head()) {
                less.add(r);
            }
        }
        return less;
    }

    /** Has it begun every stream that the other one has begun, as far as both read it? */
    boolean hasBegunAs(TopicReader other) {
        for (Registration r : registrations.all()) {
            Registration its = other.registrations.of(r.stream().epoch());
            if (!r.hasBegun() && its != null && its.hasBegun()) {
                return false;
            }
        }
        return true;
    }

    /** Does it know whose each stream is of which a subscription knows that? What comes under its node's name has to wait for it. */
    private boolean knowsNames(Frontier at) {
        for (Registration r : registrations.all()) {
            Place place = r.stream().isUnnamed() ? at.get(r.stream()) : null;
            if (place != null && !place.over() && !place.stream().isUnnamed()) {
                return false;
            }
        }
        return true;
    }

    private boolean asksForUnlisted(Frontier at) {
        for (Registration r : registrations.all()) {
            if (!r.hasBegun() && at.get(r.stream()) == null && !asksFromTheBeginning(r)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Does it come to no stream that a subscription has read through others of the node that were passed elsewhere? Nobody here can say that they
     * were.
     */
    private boolean asksInOrder(Frontier at) {
        for (Place place : at.places()) {
            Registration r = place.sequence() <= 0
                    ? null
                    : registrations.of(place.stream().epoch());
            Registration first = r == null || r.hasBegun() ? null : succession.comesBefore(r);
            Place before = first == null ? null : at.get(first.stream());
            if (first != null && (before == null || before.over() || !before.isKnown())) {
                return false;
            }
        }
        return true;
    }

    private static boolean asksFromTheBeginning(Registration r) {
        return r.asksForSuccession() || (r.hasPlace() ? r.at() == 0 : r.asks() instanceof Start.Beginning);
    }

    /** What it asks its producers, and has heard of them. */
    private final class Asks implements Asked {
        private final boolean claims;

        Asks(boolean claims) {
            this.claims = claims;
        }

        @Override
        public boolean asks(Place place) {
            return asksFor(place, claims);
        }

        @Override
        public long head(Stream stream) {
            Registration r = registrations.of(stream.epoch());
            return r == null ? Place.UNKNOWN : claims ? r.head() : Long.MAX_VALUE;
        }
    }

    private boolean asksFor(Place place, boolean claims) {
        Registration r = registrations.of(place.stream().epoch());
        if (r == null || r.hasBegun()) {
            return false;
        } else if (!place.isKnown()) {
            boolean asksBehind = place.sequence() == Place.UNKNOWN && r.asksForSuccession();
            return asksBehind || r.asks() instanceof Start.Latest;
        } else if (!r.hasPlace()) {
            return asksFromTheBeginning(r) && (!claims || place.sequence() == 0);
        }
        return r.at() == place.sequence() || (r.at() < place.sequence() && (!claims || place.sequence() <= r.head()));
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
        LogIdentity log = logOf(message);
        if (log != null && r.isRegistering()) {
            if (log.durable()) {
                streams.hasInItsLog(
                        Stream.of(r.host(), context.topic(), r.stream().node()), log.earlier());
            }
            r = succession.answered(r, log, message, ready, now);
            if (r == null) {
                return;
            }
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
            onGone(r, gone, now);
        }
    }

    private static @Nullable LogIdentity logOf(ToConsumer message) {
        return message instanceof Registered registered
                ? registered.log()
                : message instanceof CursorExpired expired && expired.answersRegister() ? expired.log() : null;
    }

    /**
     * Has it a session with this member, or will ask for one? Until then its earlier cursor keeps its place in the ring of a
     * producer with backpressure.
     */
    private boolean isDealingWith(long memberUid) {
        return registrations.at(memberUid).stream().anyMatch(r -> !r.isUnnamed());
    }

    private void onRegistered(Registration r, Registered message, Now now) {
        if (!r.isRegistering()) {
            return;
        }
        long to = message.next() - 1;
        onHead(r, message.head(), to, now.ns());
        boolean goesOnLater = r.asksForTheOldest() && to > Math.max(0, r.at());
        if (!goesOnLater && (r.hasPlace() ? r.at() != to : r.asksForSuccession())) {
            registrar.register(r, now.ns()); // C2
            return;
        }
        if (putsOff(r, message.log(), now)) {
            return;
        }
        if (goesOnLater) {
            expires(r, to, Reason.OVERRUN, now.ms());
        } else if (!r.hasPlace() && missedSomething(r, message, now.ns())) {
            expires(r, to, Reason.POSITION_UNKNOWN, now.ms());
        } else if (!r.hasBegun()) {
            feed.began(r.stream(), to);
        }
        accepted(r, message.session(), to, message.log(), now);
    }

    /**
     * It answers what comes next, or since when: earlier incarnations are lost by that. Unless another reader asks it what became of them:
     * nothing of it comes before that is settled, and it is asked again.
     *
     * @return whether its answer is put off
     */
    private boolean putsOff(Registration r, LogIdentity log, Now now) {
        boolean isSuccessor =
                !r.hasBegun() && !r.asksForSuccession() && !r.isCarried() && succession.isSuccessor(r.stream());
        Position behind = isSuccessor && log.durable() ? succession.alsoAsksBehind(r) : null;
        if (behind != null) {
            r.becomeAskedBehind(behind); // of several the log has said what became of one
            registrar.register(r, now.ns());
            return true;
        }
        if (!isSuccessor
                || context.heard().replaced(context.reader(), r.stream().node(), now)) {
            return false;
        }
        registrar.registerLater(r, now.ns());
        return true;
    }

    /** Could it have published something since {@code ready()} went on without it that it does not send now? (C9) */
    private static boolean missedSomething(Registration r, Registered message, long nowNs) {
        Long lateNs = r.lateNs();
        if (lateNs == null) {
            return false;
        } else if (!(r.asks() instanceof Start.Latest)) {
            return message.next() > 1; // whatever its clock says of when that was published
        }
        long surelyQuietMs = message.quietMs() - message.quietMs() / MOST_DRIFT_PART;
        return message.head() > 0 && surelyQuietMs <= (nowNs - lateNs) / NS_PER_MS;
    }

    private void onExpired(Registration r, CursorExpired message, Now now) {
        if (message.answersRegister() != r.isRegistering() || r.hasLeft()) {
            return;
        }
        long to = message.resumeAt() - 1;
        onHead(r, message.head(), to, now.ns());
        if (putsOff(r, message.log(), now)) {
            return;
        }
        if (r.asksForSuccession()) {
            context.heard()
                    .restarted(
                            context.reader(),
                            r.stream().node(),
                            r.stream().at(1),
                            now); // what it lacks is told by itself
        }
        boolean isOverrun = message.answersRegister() && message.reason() == Reason.OVERRUN;
        if (isOverrun
                && !r.isCarried()
                && context.heard().areFurther(context.reader(), r.stream().epoch(), Math.max(0, r.at()))) {
            r.becomeAskedForTheOldest(); // the ring may have all that others lack
            registrar.register(r, now.ns());
            return;
        }
        long sharedFrom = context.heard().sharedFrom(r.stream().epoch());
        boolean isBehind = Math.max(0, r.at()) < sharedFrom && (r.hasPlace() || r.asks() instanceof Start.Beginning);
        if (isBehind && sharedFrom < to) {
            // Where the producer would have it go on is behind what another feed of this node has: it asks for that.
            expires(r, sharedFrom, message.reason(), now.ms());
            r.becomeFurther(sharedFrom);
            registrar.register(r, now.ns());
            return;
        }
        if (to == Math.max(0, r.at())) { // C3
            if (!r.hasBegun()) {
                feed.began(r.stream(), to);
            }
        } else {
            expires(r, to, message.reason(), now.ms());
        }
        accepted(r, message.session(), to, message.log(), now);
    }

    private void expires(Registration r, long to, Reason why, long nowMs) {
        // What was lost of the incarnation before is told at the end of its stream. Of the one that goes on its ring
        // has overwritten something.
        Reason reason = why == Reason.PRODUCER_RESTARTED ? Reason.OVERRUN : why;
        feed.expired(r.stream(), r.at(), to, reason, nowMs);
        count(r, reason, r.stream().at(to));
    }

    private void count(Registration r, Reason reason, @Nullable Position upTo) {
        if (expiries.isEmpty()) {
            expiries = new EnumMap<>(Reason.class);
        }
        expiries.merge(reason, 1L, Long::sum);
        outbox.add(new Effect.Missed(context.topic(), r.stream().node(), context.reader(), reason, r.position(), upTo));
    }

    /** A producer has that much, and the feed will have this much of it (rule S6). */
    private void onHead(Registration r, long head, long sequence, long nowNs) {
        r.heardOf(head);
        if (head > sequence) {
            feed.behind(nowNs);
        }
    }

    /**
     * An attempt that was made after the one that was answered has moved the producer's cursor: to where the feed is, or it is
     * asked anew.
     */
    private void onLaterAttempt(Registration r, ToConsumer message, long nowNs) {
        long after = answeredAfter(message, r.stream().epoch());
        if (r.hasLeft()) {
            if (!(message instanceof Batch)) {
                registrar.acknowledgeEnd(r, message.session(), r.at()); // it waits for that reader, too
            }
        } else if (after == Place.UNKNOWN) {
            registrar.registerAfterGap(r, nowNs); // its answer was lost
        } else if (after == r.at()) {
            r.becomeAnswered(message.session(), patienceNs);
            registrar.acknowledge(r);
        } else {
            registrar.register(r, nowNs);
        }
    }

    /** The sequence behind which an attempt was answered to go on; {@link Place#UNKNOWN} if this is no answer, or for another stream. */
    private static long answeredAfter(ToConsumer message, Epoch stream) {
        if (message instanceof Registered registered && registered.log().epoch().equals(stream)) {
            return registered.next() - 1;
        }
        return message instanceof CursorExpired expired
                        && expired.answersRegister()
                        && expired.log().epoch().equals(stream)
                ? expired.resumeAt() - 1
                : Place.UNKNOWN;
    }

    private void accepted(Registration r, Session session, long to, LogIdentity log, Now now) {
        boolean publishes = log.publishes();
        boolean durable = log.durable();
        registrar.answered(r, session, now.ns());
        r.becomeLive(session, to, publishes, patienceNs);
        streams.setDurable(r.stream().epoch(), durable);
        registrar.acknowledge(r);
    }

    private void onBatch(Registration r, Batch batch, long nowNs) {
        if (!r.isLive()) {
            return; // not believed before the registration is answered
        }
        if (batch.first() != r.at() + 1) {
            registrar.registerAfterGap(r, nowNs);
            return;
        }
        onHead(r, batch.head(), batch.last(), nowNs);
        feed.messages(r.stream(), batch.first(), batch.slices());
        r.advanceTo(batch.last());
        if (batch.asks()) {
            registrar.acknowledge(r);
        } else {
            registrar.acknowledgeSoon(r, nowNs);
        }
    }

    private void onHeartbeat(Registration r, Heartbeat heartbeat, long nowNs) {
        if (!r.isLive()) {
            return;
        }
        if (heartbeat.sent() != r.at()) {
            registrar.registerAfterGap(r, nowNs);
        } else {
            onHead(r, heartbeat.head(), r.at(), nowNs);
            r.nothingMissing();
            registrar.acknowledge(r);
        }
    }

    private void onGone(Registration r, Gone gone, Now now) {
        if (!(r.isLive() || r.hasLeft())) {
            return;
        }
        if (gone.head() != r.at()) {
            registrar.register(r, now.ns());
            return;
        }
        registrar.acknowledgeEnd(r, gone.session(), gone.head());
        if (r.isLive() && r.isCarried()) {
            r.becomeWaiting(ready);
            askNamed(now.ns()); // for what comes behind it
        } else if (r.isLive()) {
            r.becomeLeft();
            feed.ended(r.stream(), r.at(), End.exact(gone.head(), now.ms()), true);
            context.heard().left(r.stream().epoch(), gone.head());
        }
    }

    // ------------------------------------------------------------------ time and room

    /** No ping from that node answers ours (rule C5). An answer that is still under way may be of before, too. */
    void onSilent(long silentUid, long nowNs) {
        for (Registration r : registrations.at(silentUid)) {
            if (r.isLive() || r.isRegistering()) {
                registrar.register(r, nowNs);
            }
        }
    }

    void onTime(Now now) {
        for (Registration r : registrations.all()) {
            if (r.owesAck() && r.ackDueNs() - now.ns() <= 0) {
                registrar.acknowledge(r);
            }
            if (r.phase() instanceof Phase.Timed timed && timed.dueNs() - now.ns() <= 0) {
                onDue(r, now.ns());
            }
        }
    }

    private void onDue(Registration r, long nowNs) {
        if (r.isRegistering()) {
            registrar.repeat(r, nowNs);
        } else {
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
        if (feed.wantsRoom() && feed.grantBytes() > 0) {
            for (Registration r : registrations.all()) {
                if (r.isLive()) {
                    registrar.acknowledge(r);
                }
            }
        }
    }

    /** Nobody reads any more: the producers may forget it. */
    void close() {
        registrations.all().forEach(registrar::deregister);
        registrations.clear();
    }

    /** For people. */
    List<RegistrationStatus> registrations() {
        return registrations.statuses();
    }
}
