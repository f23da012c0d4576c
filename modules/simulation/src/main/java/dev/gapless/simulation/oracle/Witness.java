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

    /** Lives to be told of by their addresses, although something of later ones was given already: what is behind this sequence. */
    final Map<Truth.Life, Long> later = new HashMap<>();

    /** Nodes of which it was told the loss of a life by its address: that life may say its name and begin again. */
    final Set<String> lostByAddress = new HashSet<>();

    /** Lives that are over, told of alone and to their last messages: up to where. */
    final Map<Truth.Life, Long> toldAlone = new HashMap<>();

    /** A token of it was taken in one part of a cluster and resumed in the other, before that had a word of the first: when. */
    private long partedUnheard;
    /** Resumed by a process that was not seen to be a member of any, so that this is still to be seen. */
    private @Nullable Handover early;

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
    public record Handover(Heard taker, long taken, Heard reader, long resumed) {}

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
        looksWhetherParted(); // as long as it is known who resumed it
        return copy(0, origin);
    }

    /** Of a subscription that is resumed where this one, {@link #kept}, was. */
    public Witness resumed(long newId, Handover handover) {
        Witness copy = copy(newId, "token of s" + id);
        copy.resumed = true;
        copy.handovers.add(handover);
        Handover before = early; // a process that was no member had the token that it began with
        copy.early = before == null
                ? handover
                : new Handover(before.taker(), before.taken(), handover.reader(), handover.resumed());
        copy.looksWhetherParted();
        return copy;
    }

    private Witness copy(long newId, String how) {
        Witness copy = new Witness(newId, how);
        copy.got.putAll(got);
        copy.due.putAll(due);
        copy.ended.putAll(ended);
        copy.reflected.putAll(reflected);
        copy.later.putAll(later);
        copy.toldAlone.putAll(toldAlone);
        copy.lostByAddress.addAll(lostByAddress);
        copy.sinceMs = sinceMs;
        copy.ready = ready;
        copy.resumed = resumed;
        copy.handovers.addAll(handovers);
        copy.reader = reader;
        copy.partedUnheard = partedUnheard;
        copy.early = early;
        return copy;
    }

    /**
     * A life that its reader, or that of its token, knew by its address alone: nobody knows that the other one, with an address of
     * its own, came after it. It is told of when it goes.
     */
    boolean mayComeLater(Truth.Life life, Truth.Life other) {
        return isElsewhere(life)
                || (!life.address.equals(other.address)
                        && (!Objects.requireNonNull(reader).knewTheEndWhenAppeared(life.uid, other.uid)
                                || handovers.stream().anyMatch(h -> h.taker().knewBefore(life.uid, h.taken()))));
    }

    /** Was it a member of another cluster? Then it is told of when that one gives way, or is gone (M4). */
    boolean isElsewhere(Truth.Life life) {
        return Objects.requireNonNull(reader).others().isElsewhere(life.uid);
    }

    /**
     * Was that published in another cluster that is over, and of which nobody here had a word since? Or was a token resumed where nobody
     * knew of the cluster that it came from, which has the same history up to a split? Then nobody can know (M4).
     */
    boolean isUnheard(Truth.Life life, long sequence) {
        looksWhetherParted();
        return life.memberSince < partedUnheard
                || (isElsewhere(life)
                        && life.publishedNs(sequence)
                                > Objects.requireNonNull(reader).others().heardUntilNs(life.uid));
    }

    /** The process that it resumed at, before that was a member, is one now: what its cluster has heard of others counts as of this moment. */
    public void readerJoins() {
        looksWhetherParted();
    }

    private void looksWhetherParted() {
        Handover handover = early;
        if (handover != null && handover.reader().hasJoined()) {
            early = null;
            partedUnheard = handover.reader().isStranger(handover.taker()) ? handover.resumed() : partedUnheard;
        }
    }

    boolean hasHeardOfOthers() {
        return Objects.requireNonNull(reader).others().areHeardOf();
    }

    /** It is told that somebody is gone for good: by the address if that is all that is known of it. */
    void isToldTheLoss(String node, String name) {
        if (!name.equals(node)) {
            lostByAddress.add(node);
        }
        later.keySet().removeIf(life -> life.node.equals(node) && (name.equals(node) || name.equals(life.address)));
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
