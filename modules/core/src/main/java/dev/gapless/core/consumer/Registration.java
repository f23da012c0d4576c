package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a reader remembers of one producer.
 *
 * <pre>
 *            named              Registered, CursorExpired
 *   UNNAMED ───────► REGISTERING ═══════════════════════► LIVE ──Gone──► LEFT ──removed──► (nothing)
 *                     ▲   ▲   └─ no answer: again ─┘       │ │
 *                     │   └─── gap, silence, Heartbeat ────┘ │ removed
 *                     └──────── named: a new life ─────── WAITING ──too long──► PRODUCER_LOST, (nothing) or LOST
 *                     (removed while REGISTERING: WAITING, too, or nothing if it never answered)
 * </pre>
 *
 * <p>Only its own methods change it, each of which asserts that the change is legal. {@link Producers} lets members come and go,
 * {@link TopicReader} decides on what is heard of them.
 */
final class Registration {
    static final long NO_UID = 0;

    /** What its producer calls itself. Invariant: its address as long as it has not said a name. */
    private String node;
    /** Of this life, or of the one before it: its name for whoever has not heard it say another. */
    private String address;
    /** That of the life that its position is of. */
    private String answeredAddress;

    private Phase phase;
    private Progress progress;

    /** The life that answered last here. Invariant: if there is one, its position is placed; LIVE or LEFT, it is the member. */
    private long answeredUid = NO_UID;
    /** A later life that came, and went without an answer. Invariant: none while LIVE or LEFT. */
    private long unheardUid = NO_UID;

    /** How often in a row it was asked without an answer to the latest attempt. Invariant: 0 if LIVE or LEFT, and that was answered. */
    private int unanswered;
    /** How often in a row something was missing right after its answer. */
    private int gaps;
    /** How many registrations in a row have failed; and when the latest was answered. For people. */
    private int failures;

    private long answeredNs;
    /** Is an Ack put off? Invariant: only while LIVE. */
    private boolean owesAck;
    /** When that is to be sent. Invariant: 0 if none is put off. */
    private long ackDueNs;

    private Registration(String node, Phase phase, Progress progress) {
        this.node = node;
        this.address = node;
        this.answeredAddress = node;
        this.phase = phase;
        this.progress = progress;
        assert isConsistent() : this;
    }

    /** A member that is to be asked for this start once it has said its name. */
    static Registration ofMember(String address, long uid, Start start) {
        return new Registration(address, new Phase.Unnamed(uid), new Progress.Unbegun(start, null, false));
    }

    /** A producer that a token names; with no position if it had not answered when the token was taken. */
    static Registration ofToken(String node, @Nullable Placed at, long dueNs) {
        Progress progress = at == null ? new Progress.Unbegun(Start.LATEST, null, true) : new Progress.Reached(at);
        return new Registration(node, new Phase.Waiting(dueNs), progress);
    }

    // ------------------------------------------------------------------ changes

    /** This member turned out to be it: to be asked now. */
    void becomeNamed(String name, Registration member, long nowNs) {
        assert member == this || phase instanceof Phase.Waiting || phase instanceof Phase.Lost : this;
        assert member.phase instanceof Phase.Unnamed : member;
        node = name;
        address = member.address;
        unanswered = 0;
        gaps = 0;
        failures = 0;
        phase = new Phase.Unasked(member.uid(), nowNs);
        Long lateNs = member.lateNs();
        if (lateNs != null) {
            becomeLate(lateNs);
        }
        assert isConsistent() : this;
    }

    /** Its subscription was told this life as lost, behind this position. It is a member all the same, and goes on there. */
    void becomeFound(Unplaced at) {
        assert phase instanceof Phase.Unasked && progress instanceof Progress.Unbegun : this;
        progress = new Progress.Reached(at);
    }

    /** Its position was another life's, whose end is told: this one is asked from its beginning. */
    void becomeAnother() {
        assert phase instanceof Phase.Present && at() instanceof Unplaced : this;
        progress = new Progress.Unbegun(Start.BEGINNING, null, false);
    }

    /** {@code ready()} goes on without it, if it has not answered. */
    void becomeLate(long nowNs) {
        assert phase instanceof Phase.Present : this;
        if (progress instanceof Progress.Unbegun unbegun && unbegun.lateNs() == null) {
            progress = new Progress.Unbegun(unbegun.start(), nowNs, unbegun.unknownToToken());
        }
    }

    /** A subscription that began in the past goes on without it, too: whatever it published then counts. */
    void becomeLateSinceEver(long nowNs) {
        if (progress instanceof Progress.Unbegun unbegun && isLate()) {
            progress = new Progress.Unbegun(unbegun.start(), nowNs - Long.MAX_VALUE / 2, unbegun.unknownToToken());
        }
    }

    /** It was asked anew: no answer to what was asked before counts any more. */
    void becomeRegistering(Session session, long nowNs, long dueNs) {
        phase = new Phase.Registering(namedUid(), Attempts.of(session), nowNs, dueNs);
        acknowledged();
        unanswered++;
        assert isConsistent() : this;
    }

    /** It was asked the same once more, since no answer came; one to an earlier attempt may still come. */
    void becomeUnanswered(Session session, long dueNs) {
        assert isRegistering() : this;
        phase = new Phase.Registering(uid(), attempts().and(session), askedNs(), dueNs);
        unanswered++;
        assert isConsistent() : this;
    }

    /** It is not asked the same again before this time. */
    void becomeDue(long dueNs) {
        assert isRegistering() : this;
        phase = new Phase.Registering(uid(), attempts(), askedNs(), dueNs);
    }

    /** Something is missing once more: it is asked again, but not before this time. Until then nothing of it counts. */
    void becomePatient(long dueNs) {
        assert isLive() : this;
        acknowledged();
        phase = new Phase.Unasked(uid(), dueNs);
        assert isConsistent() : this;
    }

    /** It answered this attempt, or was overrun: its messages go on after this position. */
    void becomeLive(Session answered, At at, long patienceNs) {
        assert isRegistering() || isLive() : this + " at " + at;
        progress = new Progress.Reached(at);
        answeredUid = uid();
        answeredAddress = address;
        unheardUid = NO_UID;
        becomeAnswered(answered, patienceNs);
    }

    /**
     * It answered this attempt, and its messages go on after the position.
     *
     * @param patienceNs how long, beyond the time of the next attempt, the answers to later ones may still be under way
     */
    void becomeAnswered(Session session, long patienceNs) {
        Attempts left = attempts().from(session);
        if (attempts().isLast(session)) {
            unanswered = 0;
            phase = new Phase.Live(uid(), left);
        } else if (phase instanceof Phase.Registering asked) {
            phase = new Phase.LiveAmidAttempts(uid(), left, asked.dueNs() + patienceNs);
        } else if (phase instanceof Phase.LiveAmidAttempts amid) {
            phase = new Phase.LiveAmidAttempts(uid(), left, amid.dueNs());
        }
        assert isConsistent() : this;
    }

    /** What comes follows. */
    void advanceTo(At at) {
        assert isLive() && at.isLevelWith(Objects.requireNonNull(at())) : this + " to " + at;
        progress = new Progress.Reached(at);
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
        phase = new Phase.Left(uid(), attempts());
        assert isConsistent() : this;
    }

    /** This life of it is no member any more. */
    void lifeEnded(long removedUid) {
        unheardUid = answeredUid == removedUid ? NO_UID : removedUid;
        acknowledged();
    }

    /** After {@link #lifeEnded}: its node may come back until then. */
    void becomeWaiting(long dueNs) {
        assert at() != null && !hasLeft() : this;
        phase = new Phase.Waiting(dueNs);
        assert isConsistent() : this;
    }

    void becomeLost() {
        assert isWaiting() : this;
        phase = new Phase.Lost();
        assert isConsistent() : this;
    }

    private long namedUid() {
        assert phase instanceof Phase.Present && !isUnnamed() : this;
        return uid();
    }

    private boolean isConsistent() {
        boolean streams = isLive() || hasLeft();
        Placed at = at();
        return !(at instanceof End)
                && (!owesAck || isLive())
                && (!hasEverAnswered() || at instanceof At)
                && (!streams
                        || (answeredUid == uid()
                                && unheardUid == NO_UID
                                && !attempts().isEmpty()))
                && (!isWaiting() || at != null || isUnknownToToken());
    }

    // ------------------------------------------------------------------ its phase

    Phase phase() {
        return phase;
    }

    boolean isUnnamed() {
        return phase instanceof Phase.Unnamed;
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

    boolean isWaiting() {
        return phase instanceof Phase.Waiting;
    }

    boolean isLost() {
        return phase instanceof Phase.Lost;
    }

    /** The member, or {@link #NO_UID} if its node is none. */
    long uid() {
        return phase instanceof Phase.Present present ? present.uid() : NO_UID;
    }

    /** Those whose messages are looked at: of whoever is no member none. */
    Attempts attempts() {
        return phase instanceof Phase.Present present ? present.attempts() : Attempts.NONE;
    }

    /** Is this the attempt whose messages count? */
    boolean isCurrent(Session session) {
        return (isLive() || hasLeft()) && attempts().first().equals(session);
    }

    // ------------------------------------------------------------------ how far it is

    String node() {
        return node;
    }

    /** How far the feed has got, or null if it has not begun. */
    @Nullable Placed at() {
        return progress instanceof Progress.Reached reached ? reached.at() : null;
    }

    @Nullable Position position() {
        Placed at = at();
        return at == null ? null : at.position();
    }

    /** What to ask for. */
    Start asks() {
        if (progress instanceof Progress.Unbegun unbegun) {
            return unbegun.start();
        }
        return new Start.After(Objects.requireNonNull(position()));
    }

    /** {@code ready()} went on without it, and it has not answered since. */
    boolean isLate() {
        return lateNs() != null;
    }

    /** When {@code ready()} went on without it, if it has not answered since; else null. */
    @Nullable Long lateNs() {
        return progress instanceof Progress.Unbegun unbegun ? unbegun.lateNs() : null;
    }

    /** A token was taken before it had answered, and it has not answered since. */
    boolean isUnknownToToken() {
        return progress instanceof Progress.Unbegun unbegun && unbegun.unknownToToken();
    }

    // ------------------------------------------------------------------ its lives

    long answeredUid() {
        return answeredUid;
    }

    long unheardUid() {
        return unheardUid;
    }

    /** Did a later life come, and go without an answer? */
    boolean hasUnheardLife() {
        return unheardUid != NO_UID;
    }

    /** Has a member answered for it here? If not, its position, if any, is a token's. */
    boolean hasEverAnswered() {
        return answeredUid != NO_UID;
    }

    /** It stands in a token, and no member with this name has been seen yet. */
    boolean isOnlyInToken() {
        return (isWaiting() || isLost()) && !hasEverAnswered() && !hasUnheardLife();
    }

    /** Is it one of these, by its name, or by an address of which a token knows no more? */
    boolean isAmong(Set<String> nodes) {
        return nodes.contains(node) || nodes.contains(address) || nodes.contains(answeredAddress);
    }

    /** Is its position one of a life that never publishes? All such lives have the same epoch. */
    boolean isUnpublished() {
        Placed at = at();
        return at != null && Epoch.NONE.equals(at.epoch());
    }

    /** Has it said so itself, here, that it never published, and has no other life been there since? */
    boolean neverPublished() {
        return isUnpublished() && hasEverAnswered() && !hasUnheardLife();
    }

    /** Is it a member of which another life answered than the present one? */
    boolean hasLaterLife() {
        return uid() != NO_UID && uid() != answeredUid;
    }

    /** Is an Ack put off? */
    boolean owesAck() {
        return owesAck;
    }

    /** When that is to be sent. */
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
    boolean isOver(long nowNs) {
        if (!isLive()) {
            return false;
        }
        boolean soon = nowNs - answeredNs < RegistrationStatus.SHORT_LIFE_NS;
        failures = soon ? failures + 1 : 0;
        return soon;
    }

    /** For people. */
    RegistrationStatus status() {
        return new RegistrationStatus(node, phase.label(), position(), failures, answeredNs);
    }

    /** When the first of its attempts was made. While it is REGISTERING. */
    long askedNs() {
        return ((Phase.Registering) phase).askedNs();
    }

    /** Was this life asked before? */
    boolean wasAsked() {
        return unanswered > 0 || answeredUid == uid();
    }

    @Override
    public String toString() {
        return node + " " + phase + " " + progress + " answered " + answeredUid + " unheard " + unheardUid;
    }
}
