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
 * What one subscription was given and announced, stream by stream. A subscription that is resumed elsewhere goes on with a copy
 * of the witness of the one that its token was taken from.
 */
public final class Witness {
    private final long id;
    private final String origin;

    private final Map<Epoch, Account> accounts = new HashMap<>();
    /** Begins with what was published at this time or later; or null. */
    @Nullable Long sinceMs;

    /** How often it was told the end of each stream since it was opened. */
    final Map<Epoch, Integer> ends = new HashMap<>();

    /** A token of it was taken in one part of a cluster and resumed in the other, before that had a word of the first: when. */
    private long partedUnheard;
    /** Resumed by a process that was not seen to be a member of any, so that this is still to be seen. */
    private @Nullable Handover early;

    @Nullable Heard reader;

    boolean resumed;
    boolean earliest;
    /** What had been published when it was opened. */
    final Map<Epoch, Long> whenOpened = new HashMap<>();

    boolean ready;
    /** Nodes of which something was given. */
    final Set<String> begun = new HashSet<>();

    /** By the names of nodes the last stream of which something was given, unless it was told since that something of the node is missed. */
    final Map<String, Epoch> last = new HashMap<>();

    /** By their nodes' names the streams of which something was given, and nothing of the node announced as missed since. */
    final Map<String, Set<Epoch>> trusted = new HashMap<>();

    @Nullable List<Gap> pending;
    /** What had been published when the reload that is under way began. */
    final Map<Epoch, Long> whenReloadBegan = new HashMap<>();
    /** Up to where reloads said that they have each stream. */
    final Map<Epoch, Long> reflected = new HashMap<>();
    /** Streams that were over, and that nobody remembered where it was resumed with positions alone. */
    final Set<Epoch> unremembered = new HashSet<>();
    /** Streams of which nothing was given since it was told that anything may be missed: how much of them that was, nobody says. */
    final Set<Epoch> uncounted = new HashSet<>();
    /**
     * Streams that were over, or of which its node knew nothing, when it was told that anything may be missed: it has all of them from its source. Had
     * its node seen that they ended?
     */
    final Map<Epoch, Boolean> reloaded = new HashMap<>();
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

    /** What it was given and announced up to now, for a subscription that may be resumed from here later. */
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
        copy.accounts.putAll(accounts);
        copy.reflected.putAll(reflected);
        copy.last.putAll(last);
        copy.unremembered.addAll(unremembered);
        copy.reloaded.putAll(reloaded);
        copy.uncounted.addAll(uncounted);
        trusted.forEach((node, streams) -> copy.trusted.put(node, new HashSet<>(streams)));
        copy.sinceMs = sinceMs;
        copy.ready = ready;
        copy.resumed = resumed;
        copy.handovers.addAll(handovers);
        copy.reader = reader;
        copy.partedUnheard = partedUnheard;
        copy.early = early;
        return copy;
    }

    // ------------------------------------------------------------------ one stream

    Account of(Truth.Incarnation incarnation) {
        return accounts.getOrDefault(incarnation.epoch, Account.EMPTY);
    }

    void put(Truth.Incarnation incarnation, Account account) {
        accounts.put(incarnation.epoch, account);
    }

    /** Everything behind this sequence must still be given or announced; null while nobody knows where the subscription begins. */
    @Nullable Long dueBehind(Truth.Incarnation incarnation) {
        Account account = of(incarnation);
        if (ready) {
            return account.dueBehindAtLeast(0); // who comes later is given from the beginning
        }
        return sinceMs == null ? account.due() : Long.valueOf(account.dueBehindAtLeast(incarnation.before(sinceMs)));
    }

    /** What had been published when the reload began is in it. */
    void markInReload(Truth.Incarnation incarnation) {
        put(incarnation, of(incarnation).covers(whenReloadBegan.getOrDefault(incarnation.epoch, 0L)));
    }

    /** It was told that the stream ended, and the stream cannot come back: only who comes from the past may find one that does. */
    boolean isAtItsEnd(Truth.Incarnation incarnation) {
        return ends.containsKey(incarnation.epoch) && !comesFromThePast();
    }

    boolean comesFromThePast() {
        return resumed || sinceMs != null;
    }

    /** Did its process take that stream's incarnation for ended? */
    /** Is its node told that this incarnation is there? */
    boolean isToldOf(Truth.Incarnation incarnation) {
        return Objects.requireNonNull(reader).knows(incarnation.uid);
    }

    boolean sawTheEndOf(Truth.Incarnation incarnation) {
        return Objects.requireNonNull(reader).sawTheEndOf(incarnation.uid);
    }

    /** Was it no member yet when the token was taken that this began with? */
    boolean cameAfterTheToken(Truth.Incarnation incarnation) {
        return !handovers.isEmpty()
                && incarnation.memberSince > handovers.get(0).taken();
    }

    // ------------------------------------------------------------------ other clusters

    /** Was it a member of another cluster? Then it is told of when that one gives way, or is gone (M4). */
    boolean isElsewhere(Truth.Incarnation incarnation) {
        return Objects.requireNonNull(reader).others().isElsewhere(incarnation.uid);
    }

    /**
     * Was that published in another cluster that is over, and of which nobody here had a word since? Or was a token resumed where nobody
     * knew of the cluster that it came from, which has the same history up to a split? Then nobody can know (M4).
     */
    boolean isUnheard(Truth.Incarnation incarnation, long sequence) {
        looksWhetherParted();
        return incarnation.memberSince < partedUnheard
                || (isElsewhere(incarnation)
                        && incarnation.publishedNs(sequence)
                                > Objects.requireNonNull(reader).others().heardUntilNs(incarnation.uid));
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

    /** How many tokens lie between it and the subscription that was opened without one. */
    public int resumptions() {
        return handovers.size();
    }

    public String describe() {
        return accounts + (ready ? "" : ", not ready") + (pending == null ? "" : " pending " + pending);
    }

    @Override
    public String toString() {
        return "s" + id + " (" + origin + ")";
    }
}
