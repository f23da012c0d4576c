package dev.gapless.core.topic;

import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.delivery.Attempts;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.place.KnownMember;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The registration with the log of one member.
 *
 * <pre>
 *               its time has come                  answered
 *     UNASKED ───────────────────► REGISTERING ─────────────────► LIVE ──► LEFT
 *        ▲                          │ ▲  └──┘ no answer: again      │
 *        │  a gap once more         │ └─────────────────────────────┤ a gap, silence
 *        └──────────────────────────┴───────────────────────────────┘
 * </pre>
 *
 * <p>Each attempt has a session. While it is LIVE, an answer to a later attempt may still be under way. Times are of the clock for durations. Not
 * thread-safe.
 */
final class CopyRegistration {
    enum State {
        /** It is asked when it is due. Nothing that comes until then counts. */
        UNASKED,
        /** It was asked, and has not answered. */
        REGISTERING,
        /** Messages come. */
        LIVE,
        /** It has left in good order, and its member is not removed yet. */
        LEFT
    }

    static final long NEVER = Long.MAX_VALUE;

    private final int slot;
    private final KnownMember host;
    private final boolean later;
    private State state = State.UNASKED;
    private Attempts attempts = Attempts.NONE;
    private long askedNs;
    /** When something is to be done; {@link #NEVER} if nothing is. */
    private long dueNs;

    /** How far an earlier copy of the producer had got; null if there was none. */
    private @Nullable Position tail;
    /** Null before the first answer. */
    private @Nullable CopiedLog log;

    /** Behind which the log was to keep everything when it was asked last; null if nobody waits for any. */
    private @Nullable Position least;

    private boolean mute;
    private int unanswered;
    private int gaps;
    private int failures;
    private long answeredNs;
    private boolean wasAsked;

    private long ackDueNs = NEVER;
    private boolean closed;
    private boolean held;

    /**
     * One to be asked now.
     *
     * @param before that of an earlier member with the producer's name; null if there was none
     * @param later did its member come after this node?
     */
    CopyRegistration(int slot, KnownMember host, @Nullable CopyRegistration before, boolean later, long nowNs) {
        this.slot = slot;
        this.host = host;
        this.later = later;
        this.tail = before == null ? null : before.tail();
        this.least = before == null ? null : before.least;
        this.dueNs = nowNs;
    }

    // ------------------------------------------------------------------ changes

    /** Behind this number the log is to keep everything, if it can; beyond all if nobody waits for any. */
    void waitsFor(long number) {
        least = number == Long.MAX_VALUE ? null : log().position(Math.min(number, log().newest()));
    }

    /** It is asked anew: no answer to what was asked before counts any more. */
    void asks(Session session, long nowNs, long nextNs) {
        tail = tail();
        state = State.REGISTERING;
        attempts = Attempts.of(session);
        askedNs = nowNs;
        dueNs = nextNs;
        wasAsked = true;
        ackDueNs = NEVER;
        unanswered++;
    }

    /** It is asked the same once more: an answer to an earlier attempt may still come. */
    void asksAgain(Session session, long nextNs) {
        attempts = attempts.and(session);
        dueNs = nextNs;
        unanswered++;
        failures++;
    }

    /** It is not asked again before this time. */
    void waitsUntil(long timeNs) {
        dueNs = timeNs;
    }

    /** It is asked anew, but not before this time. */
    void restsUntil(long timeNs) {
        tail = tail();
        state = State.UNASKED;
        attempts = Attempts.NONE;
        dueNs = timeNs;
        ackDueNs = NEVER;
    }

    /** It answered this attempt: the copy goes on so. */
    void isLive(Session session, CopiedLog copy, boolean publishes, long nowNs, long patienceNs) {
        log = copy;
        mute = !publishes;
        answeredNs = nowNs;
        accepts(session, patienceNs);
    }

    /**
     * Messages of this attempt count.
     *
     * @param patienceNs how long, beyond the time of the next attempt, the answers to later ones may still be under way
     */
    void accepts(Session session, long patienceNs) {
        boolean isLast = attempts.isLast(session);
        attempts = attempts.from(session);
        if (isLast) {
            unanswered = 0;
            dueNs = NEVER;
        } else if (state == State.REGISTERING) {
            dueNs += patienceNs;
        }
        state = State.LIVE;
    }

    /** What came follows what is here. */
    void follows() {
        gaps = 0;
    }

    /** Something is missing. {@return how often in a row} */
    int misses() {
        return ++gaps;
    }

    /** It has left. */
    void left() {
        state = State.LEFT;
        dueNs = NEVER;
        ackDueNs = NEVER;
    }

    /** What came is acknowledged at this time, unless it is before. */
    void acknowledgesBy(long timeNs) {
        if (state == State.LIVE && (ackDueNs == NEVER || timeNs - ackDueNs < 0)) {
            ackDueNs = timeNs;
        }
    }

    /**
     * It is acknowledged.
     *
     * @param granted may anything come?
     * @param keeps does the log keep something for who reads here that came?
     */
    void acknowledged(boolean granted, boolean keeps) {
        ackDueNs = NEVER;
        closed = !granted;
        held = keeps;
    }

    /** It ends, or is asked anew. {@return whether it has failed: that is so soon after the answer} */
    boolean ends(long nowNs) {
        boolean soon = state == State.LIVE && nowNs - answeredNs < RegistrationStatus.SHORT_LIFE_NS;
        failures = soon ? failures + 1 : state == State.LIVE ? 0 : failures;
        return soon;
    }

    // ------------------------------------------------------------------ what it is

    /** Did its member come after this node? */
    boolean cameLater() {
        return later;
    }

    /** Behind which the log is to keep everything; null if nobody waits for any. */
    @Nullable Position least() {
        return least;
    }

    int slot() {
        return slot;
    }

    long host() {
        return host.uid();
    }

    State state() {
        return state;
    }

    boolean isLive() {
        return state == State.LIVE;
    }

    /** Is this the attempt whose messages count? */
    boolean isCurrent(Session session) {
        return (state == State.LIVE || state == State.LEFT) && attempts.first().equals(session);
    }

    Attempts attempts() {
        return attempts;
    }

    long askedNs() {
        return askedNs;
    }

    long dueNs() {
        return dueNs;
    }

    long ackDueNs() {
        return ackDueNs;
    }

    int unanswered() {
        return unanswered;
    }

    boolean wasAsked() {
        return wasAsked;
    }

    /** Is nothing ever published there? */
    boolean isMute() {
        return mute;
    }

    /** Was it told to send nothing? */
    boolean isClosed() {
        return closed;
    }

    /** Does the log keep something for who reads here? */
    boolean isHeld() {
        return held;
    }

    /** How far the copy has got, by position; null if there is none. */
    @Nullable Position tail() {
        CopiedLog copy = log;
        return copy == null ? tail : copy.position(copy.newest());
    }

    /** The copy. Only once it was answered. */
    CopiedLog log() {
        return Objects.requireNonNull(log, "not answered");
    }

    /** For people. */
    RegistrationStatus status() {
        String phase = state == State.UNASKED ? State.REGISTERING.name() : state.name();
        String node = Objects.requireNonNullElse(host.name(), host.address());
        return new RegistrationStatus(node, phase, tail(), failures, answeredNs);
    }

    @Override
    public String toString() {
        return host.name() + " " + state + " at " + tail();
    }
}
