package dev.gapless.simulation.oracle;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Log;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Judges what subscriptions were given and announced by what was really published: guarantees G1 to G7, stream by stream. It shares no code with
 * what it judges, and believes nothing of it.
 */
public final class Oracle {
    /** What a notice in a feed is charged for. */
    private static final int NOTICE_BYTES = 64;

    private final Truth truth;
    private final TopicSettings settings;
    private final boolean faults;
    private final Observer observer;
    private final Need need;
    private final JudgedStreams streams;
    private final Notices notices;

    /**
     * A judge.
     *
     * @param faults whether anything may go wrong; if not, next to nothing may be missed
     */
    public Oracle(Truth truth, TopicSettings settings, boolean faults, Observer observer) {
        this.truth = truth;
        this.settings = settings;
        this.faults = faults;
        this.observer = observer;
        this.need = new Need(truth);
        this.streams = new JudgedStreams(truth, observer);
        this.notices = new Notices(truth, streams, observer);
    }

    /** A subscription is about to be opened, by this process. */
    public void opened(Witness w, Heard reader) {
        w.reader = reader;
        truth.incarnations().forEach(incarnation -> w.whenOpened.put(incarnation.epoch, incarnation.head()));
    }

    // ------------------------------------------------------------------ G4

    /** From now on everything that is published counts; and what was asked for of those who are there. */
    public void ready(Witness w, Heard reader) {
        if (!w.ready) {
            w.ready = true;
            truth.incarnations()
                    .forEach(incarnation ->
                            w.put(incarnation, w.of(incarnation).beginsBehind(start(w, reader, incarnation))));
        }
    }

    private static long start(Witness w, Heard reader, Truth.Incarnation incarnation) {
        if (w.cameAfterTheToken(incarnation)) {
            return 0;
        }
        return w.sinceMs != null && reader.knows(incarnation.uid) ? incarnation.before(w.sinceMs) : incarnation.head();
    }

    // ------------------------------------------------------------------ G1, G2, G3

    public void given(Witness w, String name, Position position, long content) {
        observer.count("messages: delivered", 1);
        observer.trace(w, () -> "is given " + name + " " + position);
        Truth.Incarnation incarnation = streams.of(w, name, position.epoch());
        if (w.pending != null) {
            JudgedStreams.fail(w, "S2", position + " of " + name + " is given during a reload");
        }
        checkPublished(w, incarnation, position, content);
        if (position.sequence() <= w.of(incarnation).got()) {
            JudgedStreams.fail(
                    w,
                    "G2",
                    position + " of " + name + " is given again, it has got to "
                            + w.of(incarnation).got());
        }
        JudgedStreams.goesOn(w, incarnation);
        streams.nothingSkipped(w, incarnation, position.sequence() - 1, "before " + position);
        earlierOnesAreSettled(w, incarnation);
        if (name.equals(incarnation.node)) {
            comesBehindEarlierOnes(w, incarnation);
            w.trusted.computeIfAbsent(incarnation.node, node -> new HashSet<>()).add(incarnation.epoch);
        }
        w.begun.add(incarnation.node);
        w.uncounted.remove(incarnation.epoch);
        Account now = w.of(incarnation).hasGot(position.sequence());
        w.put(incarnation, name.equals(incarnation.node) ? now.goesByItsName() : now);
    }

    private static void checkPublished(Witness w, Truth.Incarnation incarnation, Position position, long content) {
        if (position.sequence() < 1 || position.sequence() > incarnation.head()) {
            JudgedStreams.fail(w, "G3", position + " was never published, the head is " + incarnation.head());
        }
        if (incarnation.contents.get((int) position.sequence() - 1) != content) {
            JudgedStreams.fail(w, "G3", position + " has the content " + content);
        }
        if (content == Truth.INVALIDATION) {
            JudgedStreams.fail(w, "P16", position + " is an invalidation, and is given as a message");
        }
    }

    /**
     * M2: an incarnation ends before anything of its successor is given. That holds for one whose name the subscription knows, since it was
     * given something under that name. Of others nobody knows that they were the node's.
     */
    private void earlierOnesAreSettled(Witness w, Truth.Incarnation incarnation) {
        for (Truth.Incarnation earlier : truth.incarnations(incarnation.node)) {
            if (earlier == incarnation) {
                return;
            }
            Account account = w.of(earlier);
            if (account.named() && !account.over() && earlier.isRemoved() && JudgedStreams.lacks(w, earlier)) {
                JudgedStreams.fail(
                        w, "M2", "is given something of " + incarnation + " and was not told all of " + earlier);
            }
        }
    }

    /** M2: what was published earlier on a node is given earlier, but for what is there yet after something was announced as missed. */
    private void comesBehindEarlierOnes(Witness w, Truth.Incarnation incarnation) {
        Epoch before = w.last.put(incarnation.node, incarnation.epoch);
        if (before == null || before.equals(incarnation.epoch)) {
            return;
        }
        Truth.Incarnation last = truth.incarnation(incarnation.node, before);
        List<Truth.Incarnation> all = truth.incarnations(incarnation.node);
        if (all.indexOf(last) > all.indexOf(incarnation) && truth.cameAfter(last, incarnation)) {
            JudgedStreams.fail(w, "M2", "is given something of " + incarnation + " behind something of " + last);
        }
    }

    // ------------------------------------------------------------------ gaps

    /** A reload begins; it counts once it has succeeded (S2). */
    public void missed(Witness w, List<Gap> gaps) {
        observer.trace(w, () -> "is told " + gaps);
        if (gaps.isEmpty()) {
            JudgedStreams.fail(w, "G1", "is told of nothing");
        }
        if (!faults) {
            gaps.forEach(gap -> checkMissedWithoutFaults(w, gap));
        }
        if (w.pending == null) {
            gaps.forEach(gap -> observer.count("expired: " + gap.reason(), 1));
            need.of(w, gaps).forEach(what -> observer.count(what, 1));
        } else if (!w.pending.equals(gaps)) {
            JudgedStreams.fail(w, "S2", "is told something else after a reload that failed");
        }
        w.pending = gaps;
        truth.incarnations().forEach(incarnation -> w.whenReloadBegan.put(incarnation.epoch, incarnation.head()));
    }

    /** When nothing goes wrong, who comes from the past, or to a node that was first, may find the ring gone on. */
    private void checkMissedWithoutFaults(Witness w, Gap gap) {
        if (gap.node() == null) {
            notices.checkConcernsEverybody(w, gap);
            return;
        }
        long first = gap.firstMissing() == null ? 1 : gap.firstMissing();
        Epoch epoch = gap.epoch();
        boolean wasThere = epoch != null && first <= w.whenOpened.getOrDefault(epoch, 0L);
        boolean begun = w.begun.contains(streams.nodeOf(gap.node()));
        boolean past = (w.comesFromThePast() || w.earliest) && (wasThere || !begun);
        boolean cameLater = first == 1 && !begun;
        boolean invalidated = epoch != null && isInvalidated(w, truth.incarnation(gap.node(), epoch), first);
        boolean claimed = epoch != null && truth.claimsTooMuch(w, epoch);
        if (!past && !cameLater && !invalidated && !claimed) {
            JudgedStreams.fail(w, "nothing had gone wrong", "is told of " + gap);
        }
    }

    /** Its node may be behind what a reload of it reflects: then an invalidation in front of that overruns the cursor of the node. */
    private static boolean isInvalidated(Witness w, Truth.Incarnation incarnation, long first) {
        return incarnation.isInvalidatedFrom(Math.min(first, w.of(incarnation).got() + 1));
    }

    public void reloaded(Witness w, @Nullable CursorToken reflects) {
        observer.trace(w, () -> "has reloaded" + (reflects == null ? "" : ", up to " + reflects.positions()));
        List<Gap> gaps = Objects.requireNonNull(w.pending);
        w.pending = null;
        notices.areAnnounced(w, gaps);
        w.whenReloadBegan.clear();
        for (Gap gap : gaps) {
            if (gap.node() == null) {
                w.last.clear();
                w.trusted.clear();
            } else {
                w.last.remove(streams.nodeOf(gap.node()));
                w.trusted.remove(streams.nodeOf(gap.node()));
            }
        }
        if (reflects != null) {
            reflects.positions().forEach((node, position) -> reflected(w, node, position));
        }
    }

    /** What the source of truth reflects need not come any more, or what it claims, until the subscription is told where its stream goes on. */
    private void reflected(Witness w, String node, @Nullable Position position) {
        if (position != null) {
            Truth.Incarnation incarnation = streams.of(w, node, position.epoch());
            w.reflected.merge(incarnation.epoch, position.sequence(), Math::max);
            w.put(incarnation, w.of(incarnation).covers(position.sequence()));
        }
    }

    /** A client that keeps its own place takes what lies in front of where a node goes on as told: of that there may have been a gap to come. */
    public void goesBy(Witness w, List<Gap> gaps) {
        for (Gap gap : gaps) {
            Position resumesAt = gap.resumesAt();
            if (gap.node() != null && resumesAt != null) {
                Truth.Incarnation next = streams.of(w, streams.nodeOf(gap.node()), resumesAt.epoch());
                w.put(next, w.of(next).covers(resumesAt.sequence() - 1));
            }
        }
    }

    // ------------------------------------------------------------------ the end of a producer

    public void left(Witness w, String name, @Nullable Position position) {
        if (position == null) {
            throw new Violation("C6: " + name + " is said to have left somewhere");
        }
        observer.count("subscription: told that a producer left", 1);
        observer.trace(w, () -> "is told that " + name + " left at " + position);
        Truth.Incarnation incarnation = streams.of(w, name, position.epoch());
        if (!incarnation.left) {
            JudgedStreams.fail(w, "C6", name + " is said to have left in good order, and did not");
        }
        if (position.sequence() != incarnation.head()) {
            JudgedStreams.fail(
                    w, "C6", name + " is said to have left at " + position + ", its head was " + incarnation.head());
        }
        streams.nothingSkipped(w, incarnation, incarnation.head(), "before it left at " + position);
        streams.checkAnnouncedOnce(w, incarnation.epoch);
        w.put(incarnation, w.of(incarnation).hasGot(incarnation.head()).isOver());
    }

    /**
     * It was resumed with positions alone, which do not say when that was: what is over, and remembered by nobody there, it is not told.
     *
     * @param isKnown whether anything is known there of a stream
     */
    public void resumedWithPositions(Witness w, Predicate<Epoch> isKnown) {
        truth.incarnations().stream()
                .filter(incarnation -> incarnation.isRemoved() && !isKnown.test(incarnation.epoch))
                .forEach(incarnation -> w.unremembered.add(incarnation.epoch));
    }

    /**
     * It begins with positions alone: of a stream that the list lacks, or has without a number, it may be given and told again what it has.
     *
     * @param listed streams of which the list has a number
     */
    public void beginsWithPositions(Witness w, Set<Epoch> listed) {
        truth.incarnations().stream()
                .filter(incarnation -> w.of(incarnation).got() > 0 && !listed.contains(incarnation.epoch))
                .forEach(incarnation -> {
                    observer.count("positions alone: the list lacks a stream of which it has something", 1);
                    w.put(incarnation, w.of(incarnation).mayComeAgain());
                    w.last.remove(incarnation.node, incarnation.epoch);
                });
    }

    // ------------------------------------------------------------------ G6, G5

    /** Faults are over, and the time for it is up: it has got, or was told of, everything. */
    public void checkLevel(Witness w) {
        if (!w.ready) {
            JudgedStreams.fail(w, "G6", "is not ready");
        }
        if (w.pending != null) {
            JudgedStreams.fail(w, "G6", "is still reloading");
        }
        truth.incarnations().forEach(incarnation -> checkLossAnnounced(w, incarnation));
        for (Truth.Incarnation incarnation : truth.incarnations()) {
            streams.nothingSkipped(w, incarnation, incarnation.owed(), "at the end (G6)");
            checkEndAnnounced(w, incarnation);
        }
    }

    /** C11: a subscription that has messages which the node's store has lost, and something published later, was told so. */
    private void checkLossAnnounced(Witness w, Truth.Incarnation later) {
        Set<Epoch> trusted = w.trusted.getOrDefault(later.node, Set.of());
        for (Truth.Incarnation earlier : truth.incarnations(later.node)) {
            long got = w.of(earlier).got();
            boolean hasBoth = trusted.contains(earlier.epoch) && trusted.contains(later.epoch);
            if (hasBoth && truth.hadLost(earlier, got, later)) {
                JudgedStreams.fail(
                        w,
                        "C11",
                        "has got to " + got + " of " + earlier + ", which the store of " + later + " has lost");
            }
        }
    }

    /** A producer that is gone for good has been announced to whoever was given something of it, unless its node's store goes on with it. */
    private void checkEndAnnounced(Witness w, Truth.Incarnation incarnation) {
        Account account = w.of(incarnation);
        Boolean sawItsEnd = w.reloaded.get(incarnation.epoch);
        boolean isReloaded = sawItsEnd != null && (sawItsEnd || !w.sawTheEndOf(incarnation));
        boolean isDue = account.got() > 0 && !isReloaded;
        if (incarnation.isRemoved() && isDue && !account.over() && !truth.goesOn(incarnation)) {
            JudgedStreams.fail(
                    w, "G6", "got to " + account.got() + " of " + incarnation + ", which is gone, and is not told so");
        }
    }

    /** A log holds no more than it may. */
    public void checkBounds(String what, int messages, long bytes) {
        checkWithin(what, messages, bytes, settings.bufferMessages(), settings.bufferBytes());
    }

    /** The same. A log has room for one message, whatever its id takes in memory. */
    public void checkBounds(String what, Log log) {
        int messages = log.size();
        checkBounds(what, messages, log.bytes() - (messages == 1 ? log.idBytes() : 0));
    }

    /**
     * In a feed, what was granted to each sender, and one batch of each, may come on top: with backpressure, or while it is behind. So may where
     * each stream of a durable log begins and ends.
     */
    public void checkBounds(String what, int messages, long bytes, int senders, long largestEntryBytes) {
        boolean waits = settings.backpressure() || settings.feedHoldNs() > 0;
        long onTop = waits ? settings.windowBytes() + settings.batchBytes() : 0;
        long smallest = 8 + 64;
        long notices = waits && settings.durable() ? 2L * senders * Limits.MOST_EARLIER_STREAMS : 0;
        long mostMessages = settings.mostInFeed() + 2L * senders * (onTop / smallest + 1) + notices;
        long mostBytes =
                settings.mostBytesInFeed() + senders * 2L * (onTop + largestEntryBytes) + notices * NOTICE_BYTES;
        checkWithin(what, messages, bytes, mostMessages, mostBytes);
    }

    private static void checkWithin(String what, int messages, long bytes, long mostMessages, long mostBytes) {
        if (bytes > mostBytes || messages > mostMessages) {
            throw new Violation("G5: " + what + " holds " + messages + " entries, " + bytes + " bytes");
        }
    }
}
