package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.feed.Placed;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer remembers of one producer.
 *
 * <pre>
 *            named              Registered, CursorExpired
 *   UNNAMED ───────► REGISTERING ═══════════════════════► LIVE ──Gone──► LEFT ──removed──► (nothing)
 *                     ▲   ▲   └─ no answer: again ─┘       │ │
 *                     │   └─── gap, silence, Heartbeat ────┘ │ removed
 *                     └──────── named: a new life ─────── WAITING ──too long──► PRODUCER_LOST, (nothing) or LOST
 * </pre>
 *
 * <p>Invariants: it has a session only while REGISTERING, LIVE or LEFT; LIVE has a position; WAITING has no uid.
 */
final class Registration {
    enum Phase {
        /** A member that has not said its name. */
        UNNAMED,
        /** Asked, and not answered. */
        REGISTERING,
        /** Messages come. */
        LIVE,
        /** Its node is gone, or stands in a token alone, and may come. */
        WAITING,
        /** It was told as lost. A member that has not said its name may yet turn out to be it. */
        LOST,
        /** It left in good order, and its node is not removed yet. */
        LEFT
    }

    static final long NO_UID = 0;

    String node;
    /** Of this life, or of the one before it: its name for whoever has not heard it say another. */
    String address;
    /** That of the life that its position is of. */
    String answeredAddress;

    long uid;
    Phase phase;
    /** Where to begin while there is no position. */
    Start start;

    @Nullable Session session;

    /** How far the feed has got. */
    @Nullable Placed at;
    /** The life that this position is of. */
    long answeredUid = NO_UID;
    /** A later life that came, and went without an answer. */
    long unheardUid = NO_UID;
    /** {@code ready()} went on without it. */
    boolean late;
    /** A token was taken before it had answered. */
    boolean unresolved;

    int attempts;
    /** How often in a row something was missing right after its answer. */
    int gaps;
    /** When to ask again (REGISTERING), or to give up waiting (WAITING). */
    long dueNs;

    Registration(String node, long uid, Phase phase, Start start) {
        this.node = node;
        this.address = node;
        this.answeredAddress = node;
        this.uid = uid;
        this.phase = phase;
        this.start = start;
    }

    /** What to ask for. */
    Start asks() {
        return at == null || at.position() == null ? start : new Start.After(at.position());
    }

    /** Is there a time at which to do something about it? */
    boolean isWaiting() {
        return phase == Phase.REGISTERING || phase == Phase.WAITING;
    }

    /** It stands in a token, and no member with this name has been seen yet. */
    boolean isUnheardOf() {
        return (phase == Phase.WAITING || phase == Phase.LOST) && !isAnswered() && unheardUid == NO_UID;
    }

    /** Is it one of these, by its name, or by an address of which a token knows no more? */
    boolean isAmong(Set<String> nodes) {
        return nodes.contains(node) || nodes.contains(address) || nodes.contains(answeredAddress);
    }

    /** Has it said so itself, here, that it never published, and has no other life been there since? */
    boolean neverPublished() {
        return at != null && Epoch.NONE.equals(at.epoch()) && isAnswered() && unheardUid == NO_UID;
    }

    /** Was another life there than the one that its position is of? */
    boolean hasLaterLife() {
        return unheardUid != NO_UID || (uid != NO_UID && uid != answeredUid);
    }

    /** Has a member answered for it here? If not, its position, if any, is a token's. */
    boolean isAnswered() {
        return answeredUid != NO_UID;
    }
}
