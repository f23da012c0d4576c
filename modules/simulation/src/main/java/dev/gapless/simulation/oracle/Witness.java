package dev.gapless.simulation.oracle;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one subscription was given and told, per producing node. A subscription that is resumed elsewhere goes on with a copy
 * of the witness of the one that its token was taken from.
 */
public final class Witness {
    private final long id;
    private final String origin;

    /** Up to where everything was given or told; nothing behind it may come again. */
    final Map<String, Place> got = new HashMap<>();
    /** All that was published behind this must still come, or be told. At a closed end the same as {@link #got}. */
    final Map<String, Place> due = new HashMap<>();
    /** Begins with what was published at this time or later; or null. */
    @Nullable Long sinceMs;

    /** What reloads were said to reflect before it was ready. */
    final Map<String, Place> reflected = new HashMap<>();

    /** The life of each node whose end it was told last. */
    final Map<String, Integer> ended = new HashMap<>();

    /** How often it was told the end of each life. */
    final Map<Epoch, Integer> ends = new HashMap<>();

    /** Lives to be told of by their addresses, although something of later ones was given already. */
    final Set<Truth.Life> later = new HashSet<>();

    /** Nodes of which it was told the loss of a life by its address: that life may say its name and begin again. */
    final Set<String> lostByAddress = new HashSet<>();

    @Nullable Heard reader;

    boolean resumed;
    boolean earliest;
    /** What had been published when it was opened. */
    final Map<String, Place> whenOpened = new HashMap<>();

    boolean ready;
    /** Nodes of which something was given. */
    final Set<String> begun = new HashSet<>();

    @Nullable List<Gap> pending;
    /** What had been published when the reload that is under way began. */
    final Map<String, Place> whenReloadBegan = new HashMap<>();
    /** Where it was resumed from tokens. */
    final List<Handover> handovers = new ArrayList<>();

    /** Who took a token and when, and who resumed it. */
    public record Handover(Heard taker, long taken, Heard reader, long resumed) {

        /**
         * Rule T2 is not built: a life that the token's taker had not heard of, and that was over before whoever resumed it
         * could hear of it, is neither given nor told. Returns what such a life is counted as, or null for any other.
         */
        @Nullable String excepts(Truth.Life life) {
            boolean over =
                    life.memberUntil < Math.max(resumed, reader.joined()) && !reader.knewSince(life.uid, resumed);
            if (!over || taker.knewBefore(life.uid, taken)) {
                return null;
            }
            return life.memberSince > taken
                    ? "limit: life between token and resumption"
                    : "limit: life over at resumption, its news not there when the token was taken";
        }
    }

    private Witness(long id, String origin) {
        this.id = id;
        this.origin = origin;
    }

    /** Of a subscription that begins with what comes next. */
    public static Witness latest(long id) {
        return new Witness(id, "latest");
    }

    /** Of one that begins with what is still there. */
    public static Witness earliest(long id) {
        Witness witness = new Witness(id, "earliest");
        witness.earliest = true;
        return witness;
    }

    /** Of one that begins with what was published at this time or later, in milliseconds since 1970. */
    public static Witness since(long id, long timeMs) {
        Witness witness = new Witness(id, "since");
        witness.sinceMs = timeMs;
        return witness;
    }

    public long id() {
        return id;
    }

    /** What it was given and told up to now, for a subscription that may be resumed from here later. */
    public Witness kept() {
        return copy(0, origin);
    }

    /** Of a subscription that is resumed where this one, {@link #kept}, was. */
    public Witness resumed(long newId, Handover handover) {
        Witness copy = copy(newId, "token of s" + id);
        copy.resumed = true;
        copy.handovers.add(handover);
        return copy;
    }

    private Witness copy(long newId, String how) {
        Witness copy = new Witness(newId, how);
        copy.got.putAll(got);
        copy.due.putAll(due);
        copy.ended.putAll(ended);
        copy.reflected.putAll(reflected);
        copy.later.addAll(later);
        copy.lostByAddress.addAll(lostByAddress);
        copy.sinceMs = sinceMs;
        copy.ready = ready;
        copy.resumed = resumed;
        copy.handovers.addAll(handovers);
        copy.reader = reader;
        return copy;
    }

    /**
     * It was told the end of that life, and its token does not name it. Whoever resumed that still took the life for a member, which it
     * was no more, and it lived on and answered: what it says there comes again.
     */
    boolean livesOn(Truth.Life life) {
        return ended.getOrDefault(life.node, -1) >= life.index
                && handovers.stream()
                        .anyMatch(h ->
                                life.memberUntil < h.resumed() && h.reader().knewSince(life.uid, h.resumed()));
    }

    /** What a life is counted as that began and ended between a token and its resumption, or null for any other. */
    @Nullable String between(Truth.Life life) {
        return handovers.stream()
                .map(handover -> handover.excepts(life))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * A life that its reader, or that of its token, knew by its address alone: nobody knows that the other one, with an address of
     * its own, came after it. It is told of when it goes.
     */
    boolean mayComeLater(Truth.Life life, Truth.Life other) {
        return !life.address.equals(other.address)
                && (!Objects.requireNonNull(reader).knewTheEndWhenAppeared(life.uid, other.uid)
                        || handovers.stream().anyMatch(h -> h.taker().knewBefore(life.uid, h.taken())));
    }

    /** It is told that somebody is gone for good: by the address if that is all that is known of it. */
    void isToldTheLoss(String node, String name) {
        if (!name.equals(node)) {
            lostByAddress.add(node);
        }
        later.removeIf(life -> life.node.equals(node) && (name.equals(node) || name.equals(life.address)));
    }

    /** How many tokens lie between it and the subscription that was opened without one. */
    public int resumptions() {
        return handovers.size();
    }

    public String describe() {
        return "got " + got + " due " + due + (ready ? "" : ", not ready")
                + (pending == null ? "" : " pending " + pending);
    }

    @Override
    public String toString() {
        return "s" + id + " (" + origin + ")";
    }
}
