package dev.gapless.core.consumer;

import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.delivery.Attempts;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a reader remembers of one stream and its producer.
 *
 * <pre>
 *            named              Registered, CursorExpired
 *   UNNAMED ───────► REGISTERING ═══════════════════════► LIVE ──Gone──► LEFT
 *      ▲              ▲   ▲   └─ no answer: again ─┘       │
 *      │ appears      │   └─── gap, silence, Heartbeat ────┘
 *   WAITING ◄─────────┴──────── removed, not settled
 * </pre>
 *
 * <p>When it is settled how the stream ended, the registration is over. Only its own methods change it, each of which asserts that the
 * change is legal; {@link TopicReader} decides.
 */
final class Registration {
    /** Whose it is; by its address until its member has said its name. */
    private Stream stream;
    /** The member that is asked: that of the stream, or a later one of its node, whose store has the stream. */
    private long host;
    /** What it waits for. What belongs to one phase alone is in there. */
    private Phase phase;
    /** What to ask for as long as there is no place, and no predecessor. */
    private Start start;
    /** Everything up to here is in the feed, or was announced as missed; {@link Place#AWAITED} before the first answer. */
    private long at;
    /** Has the feed anything of the stream? */
    private boolean begun;
    /** Of an earlier incarnation of its node: it is asked for what comes behind that, until it has answered. */
    private @Nullable Position predecessor;
    /** What was asked for is overwritten, and others lack less: is it asked for the oldest that there is? */
    private boolean oldest;
    /** The highest sequence that it is known to have had. */
    private long head;
    /** Was it announced that its node's store has less of it than was read? */
    private boolean setBack;
    /** Since when {@code ready()} went on without its answer; null if it did not. */
    private @Nullable Long lateNs;
    /** Does what was published before its first answer count, although it has been removed? */
    private boolean promised = true;
    /** Does it say that nothing is ever published there? */
    private boolean mute;

    /** How often in a row it was asked without an answer to the latest attempt. Invariant: 0 if LIVE or LEFT, and that was answered. */
    private int unanswered;
    /** How often in a row something was missing right after its answer. */
    private int gaps;
    /** How many registrations in a row have failed. For people. */
    private int failures;
    /** When the latest was answered; 0 if none was. For people. */
    private long answeredNs;
    /** Was its member ever asked? Then asking once more is a re-registration. */
    private boolean wasAsked;

    /** Is an Ack put off? Invariant: only while LIVE. */
    private boolean owesAck;
    /** When that is to be sent. Invariant: 0 if none is put off. */
    private long ackDueNs;

    /** Was it asked for what its log has, or has of a time, before an earlier stream in that log came first? */
    private boolean past;

    private Registration(Stream stream, Phase phase, Start start, long at) {
        this.stream = stream;
        this.host = stream.uid();
        this.phase = phase;
        this.start = start;
        this.at = at;
    }

    /** Of a member that is to be asked for this once it has said its name. */
    static Registration ofMember(Stream stream, Start start) {
        return new Registration(stream, new Phase.Unnamed(), start, Place.AWAITED);
    }

    /** Of a stream in which a subscription stands, at this sequence if that is known. */
    static Registration behind(Stream stream, long at, boolean isMember) {
        return new Registration(
                stream,
                isMember ? new Phase.Unnamed() : new Phase.Waiting(),
                Start.LATEST,
                at == Place.UNKNOWN ? Place.AWAITED : at);
    }

    // ------------------------------------------------------------------ changes

    /** Its incarnation is a member after all, which has not said its name: a token may know that. */
    void becomePresent(Stream now) {
        assert phase instanceof Phase.Waiting : this;
        stream = stream.isUnnamed() ? now : stream;
        if (at == 0) { // nothing of it was read: an earlier one of its node may come first
            at = Place.AWAITED;
            start = Start.BEGINNING;
        }
        host = now.uid();
        phase = new Phase.Unnamed();
    }

    /**
     * It has said its name: to be asked now.
     *
     * @param behind what comes behind that in the stream of an incarnation of before it is asked for; null if for its own
     */
    void becomeNamed(Stream named, @Nullable Position behind, long nowNs) {
        assert phase instanceof Phase.Unnamed : this;
        stream = named;
        host = named.uid();
        predecessor = behind;
        phase = new Phase.Unasked(nowNs);
    }

    /** {@code ready()} goes on without it, if it has not answered. */
    void becomeLate(long nowNs) {
        if (at == Place.AWAITED && lateNs == null) {
            lateNs = nowNs;
        }
    }

    /** It was asked anew: no answer to what was asked before counts any more. */
    void becomeRegistering(Session session, long nowNs, long dueNs) {
        assert isPresent() && !(phase instanceof Phase.Unnamed) : this;
        phase = new Phase.Registering(Attempts.of(session), nowNs, dueNs);
        wasAsked = true;
        acknowledged();
        unanswered++;
    }

    /** It was asked the same once more, since no answer came; one to an earlier attempt may still come. */
    void becomeUnanswered(Session session, long dueNs) {
        assert isRegistering() : this;
        phase = new Phase.Registering(attempts().and(session), askedNs(), dueNs);
        unanswered++;
    }

    /** It is not asked the same again before this time. */
    void becomeDue(long dueNs) {
        assert isRegistering() : this;
        phase = new Phase.Registering(attempts(), askedNs(), dueNs);
    }

    /** Something is missing once more, or its answer came too early: it is asked again, but not before this time. Until then nothing of it counts. */
    void becomePatient(long dueNs) {
        assert isLive() || isRegistering() : this;
        acknowledged();
        phase = new Phase.Unasked(dueNs);
    }

    /** It answered this attempt, or was overrun: its messages go on behind this sequence. */
    void becomeLive(Session answered, long to, boolean publishes, long patienceNs) {
        assert isRegistering() || isLive() : this + " at " + to;
        if (isCarried() && to < at) {
            setBack = true;
            head = to;
        }
        at = to;
        begun = true;
        predecessor = null;
        oldest = false;
        lateNs = null;
        mute = !publishes;
        becomeAnswered(answered, patienceNs);
    }

    /**
     * It answered this attempt, and its messages go on behind the place.
     *
     * @param patienceNs how long, beyond the time of the next attempt, the answers to later ones may still be under way
     */
    void becomeAnswered(Session session, long patienceNs) {
        Attempts left = attempts().from(session);
        if (attempts().isLast(session)) {
            unanswered = 0;
            phase = new Phase.Live(left);
        } else if (phase instanceof Phase.Registering asked) {
            phase = new Phase.LiveAmidAttempts(left, asked.dueNs() + patienceNs);
        } else if (phase instanceof Phase.LiveAmidAttempts amid) {
            phase = new Phase.LiveAmidAttempts(left, amid.dueNs());
        }
    }

    /** What the other one's member was asked is answered for this stream, which the same log has. */
    void becomeAnsweredInsteadOf(Registration other) {
        assert (phase instanceof Phase.Waiting || isUnnamed()) && other.isRegistering() : this + ", not " + other;
        stream = new Stream(stream.epoch(), stream.uid(), other.stream.node());
        host = other.host;
        phase = other.phase;
        wasAsked = true;
    }

    /** It is asked for what comes behind that. */
    void becomeAskedBehind(Position behind) {
        assert isRegistering() : this;
        predecessor = behind;
    }

    /** What came before it in its log is over: its own stream comes next. */
    void becomeNext() {
        assert isRegistering() : this;
        predecessor = null;
    }

    /** What its member was asked is answered for an earlier stream: it is asked for its own first message once that is over. */
    void becomePreceded() {
        assert isRegistering() : this;
        phase = new Phase.Unnamed();
        past |= asksForThePast();
        start = Start.BEGINNING;
        predecessor = null;
        oldest = false;
        unanswered = 0;
    }

    /** Everything up to there was announced as missed: what comes behind it is asked for next. */
    void becomeFurther(long sequence) {
        assert (isRegistering() || isLive()) && sequence > at : this + " to " + sequence;
        at = sequence;
        begun = true;
    }

    /** From now on it is asked for the oldest that there is. */
    void becomeAskedForTheOldest() {
        assert isRegistering() : this;
        oldest = true;
    }

    /** What comes follows. */
    void advanceTo(long sequence) {
        assert isLive() && sequence > at : this + " to " + sequence;
        at = sequence;
        gaps = 0;
    }

    /** Nothing is missing. */
    void nothingMissing() {
        assert isLive() : this;
        gaps = 0;
    }

    /** Something is missing: how often in a row. */
    int somethingMissing() {
        assert isLive() : this;
        return ++gaps;
    }

    /** What came is acknowledged at this time, unless it is before. */
    void putOffAck(long dueNs) {
        assert isLive() : this;
        if (!owesAck) {
            owesAck = true;
            ackDueNs = dueNs;
        }
    }

    /** Everything is acknowledged, or nobody waits for that any more. */
    void acknowledged() {
        owesAck = false;
        ackDueNs = 0;
    }

    void becomeLeft() {
        assert isLive() : this;
        acknowledged();
        phase = new Phase.Left(attempts());
    }

    /**
     * Its node is no member any more, and it is not settled how the stream ended.
     *
     * @param ready was anybody ready who reads here?
     */
    void becomeWaiting(boolean ready) {
        assert isPresent() && !hasLeft() : this;
        promised = ready || at != Place.AWAITED || !(start instanceof Start.Latest);
        host = stream.uid();
        predecessor = null;
        oldest = false;
        acknowledged();
        phase = new Phase.Waiting();
    }

    /** It is known to have had this. */
    void heardOf(long sequence) {
        head = Math.max(head, sequence);
    }

    // ------------------------------------------------------------------ its phase

    Phase phase() {
        return phase;
    }

    /** Is its node a member? */
    boolean isPresent() {
        return !(phase instanceof Phase.Waiting);
    }

    boolean isUnnamed() {
        return phase instanceof Phase.Unnamed;
    }

    /** Does a token say more of its stream than the membership: where a subscription is, or whose it is? */
    boolean isNamedByAToken() {
        return isUnnamed() && (hasPlace() || !stream.isUnnamed());
    }

    boolean isRegistering() {
        return phase instanceof Phase.Registering;
    }

    boolean isLive() {
        return phase instanceof Phase.Live || phase instanceof Phase.LiveAmidAttempts;
    }

    boolean hasLeft() {
        return phase instanceof Phase.Left;
    }

    /** Those whose messages are looked at: of whoever is no member none. */
    Attempts attempts() {
        return phase.attempts();
    }

    /** Is this the attempt whose messages count? */
    boolean isCurrent(Session session) {
        return (isLive() || hasLeft()) && attempts().first().equals(session);
    }

    // ------------------------------------------------------------------ how far it is

    Stream stream() {
        return stream;
    }

    /** The member that is asked. */
    long host() {
        return host;
    }

    /** Is its stream in the log of a later incarnation, which answers for it? */
    boolean isCarried() {
        return isPresent() && host != stream.uid();
    }

    /** How far the feed has got; {@link Place#AWAITED} if the producer has not said where it is. */
    long at() {
        return at;
    }

    boolean hasPlace() {
        return at != Place.AWAITED;
    }

    /** Is all of it wanted? */
    boolean beginsAtTheBeginning() {
        return !hasPlace() && start instanceof Start.Beginning;
    }

    /** Does what it publishes depend on when it answers? Not if it is read from its first message. */
    boolean isAwaited() {
        return isPresent() && !hasPlace() && !(start instanceof Start.Beginning);
    }

    /** The same as a position; null if there is none. */
    @Nullable Position position() {
        return hasPlace() ? stream.at(at) : null;
    }

    /** Has anything of the stream come into the feed? */
    boolean hasBegun() {
        return begun;
    }

    /** The highest sequence that it is known to have had. */
    long head() {
        return Math.max(head, at);
    }

    /** Was it announced that its node's store has less of it than was read? */
    boolean wasSetBack() {
        return setBack;
    }

    /** The highest sequence that its producer said that it had. */
    long heard() {
        return head;
    }

    /** Is it asked for what comes behind an earlier incarnation? */
    boolean asksForSuccession() {
        return predecessor != null;
    }

    /** What it is asked for what comes behind of; null if it is asked for its own. */
    @Nullable Position predecessor() {
        return predecessor;
    }

    /** What to ask for. */
    Start asks() {
        if (predecessor != null) {
            return new Start.After(predecessor);
        }
        if (oldest) {
            return Start.EARLIEST;
        }
        return hasPlace() ? new Start.After(stream.at(at)) : start;
    }

    /** Is, or was, it asked for what its log has, or has of a time? */
    boolean asksForThePast() {
        return past || asks() instanceof Start.Earliest || asks() instanceof Start.Since;
    }

    boolean asksForTheOldest() {
        return oldest;
    }

    /** {@code ready()} went on without it, and it has not answered since. */
    boolean isLate() {
        return lateNs != null;
    }

    /** When {@code ready()} went on without it, if it has not answered since; else null. */
    @Nullable Long lateNs() {
        return lateNs;
    }

    boolean isPromised() {
        return promised;
    }

    /** Is nothing ever published there? */
    boolean isMute() {
        return mute;
    }

    boolean owesAck() {
        return owesAck;
    }

    long ackDueNs() {
        return ackDueNs;
    }

    // ------------------------------------------------------------------ how often it is asked

    int unanswered() {
        return unanswered;
    }

    /** Its registration has failed: it was not answered. */
    void failed() {
        failures++;
    }

    /** It was answered at this time. */
    void answered(long nowNs) {
        answeredNs = nowNs;
    }

    /** It is registered with anew. If that is soon after the answer, it has failed. {@return whether it has} */
    boolean endsRegistration(long nowNs) {
        if (!isLive()) {
            return false;
        }
        boolean soon = nowNs - answeredNs < RegistrationStatus.SHORT_LIFE_NS;
        failures = soon ? failures + 1 : 0;
        return soon;
    }

    /** For people. */
    RegistrationStatus status() {
        return new RegistrationStatus(stream.node(), phase.label(), position(), failures, answeredNs);
    }

    /** When the first of its attempts was made. While it is REGISTERING. */
    long askedNs() {
        return ((Phase.Registering) phase).askedNs();
    }

    boolean wasAsked() {
        return wasAsked;
    }

    @Override
    public String toString() {
        return stream.node() + "/" + stream.epoch() + " " + phase + " at " + at;
    }
}
