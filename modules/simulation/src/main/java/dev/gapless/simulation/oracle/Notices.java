package dev.gapless.simulation.oracle;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Judges what the gaps of one reload say, each of its stream, in whatever order they are told. */
final class Notices {
    /** Of one stream: by where they begin, and one without numbers before one with numbers. */
    private static final Comparator<Gap> IN_ORDER =
            Comparator.comparingLong(Notices::begin).thenComparing(gap -> gap.missed() != null);

    private final Truth truth;
    private final JudgedStreams streams;
    private final Observer observer;

    Notices(Truth truth, JudgedStreams streams, Observer observer) {
        this.truth = truth;
        this.streams = streams;
        this.observer = observer;
    }

    private static long begin(Gap gap) {
        if (gap.firstMissing() != null) {
            return gap.firstMissing();
        }
        return goesOn(gap) ? Objects.requireNonNull(gap.resumesAt()).sequence() : 0;
    }

    /** Does the stream go on behind the gap? */
    private static boolean goesOn(Gap gap) {
        return gap.resumesAt() != null && gap.resumesAt().epoch().equals(gap.epoch());
    }

    /** The reload has succeeded. */
    void areAnnounced(Witness w, List<Gap> gaps) {
        Set<Epoch> ended = new HashSet<>();
        gaps.stream().filter(gap -> gap.node() == null).forEach(gap -> ofEverybody(w, gap));
        List<Gap> ofNodes =
                gaps.stream().filter(gap -> gap.node() != null).sorted(IN_ORDER).toList();
        boolean anything = ofNodes.size() < gaps.size();
        ofNodes.forEach(gap -> leadsOn(w, gap, anything));
        ofNodes.forEach(gap -> reflectsEarlier(w, gap));
        for (Gap gap : ofNodes) {
            String name = Objects.requireNonNull(gap.node());
            if (gap.epoch() == null) {
                ofSomeStream(w, name, gap);
            } else {
                ofStream(w, streams.of(w, name, gap.epoch()), gap);
                if (!goesOn(gap)) {
                    ended.add(gap.epoch());
                }
            }
        }
        ended.forEach(epoch -> streams.checkAnnouncedOnce(w, epoch));
    }

    // ------------------------------------------------------------------ gaps that name no stream

    private void ofEverybody(Witness w, Gap gap) {
        checkConcernsEverybody(w, gap);
        observer.count("expired: without a producer", 1);
        if (!w.resumed && w.sinceMs == null) {
            observer.count("clusters: another one told as nobody", 1);
        }
        for (Truth.Incarnation incarnation : truth.incarnations()) {
            w.markInReload(incarnation);
            w.uncounted.add(incarnation.epoch);
            if (isSucceeded(w, incarnation) || incarnation.isRemoved()) { // the reload has read all that it published
                w.reloaded.put(incarnation.epoch, true);
            } else if (!w.isToldOf(incarnation)) {
                w.reloaded.merge(incarnation.epoch, w.sawTheEndOf(incarnation), Boolean::logicalOr);
            }
        }
    }

    /** Has its node another incarnation by now, of which the subscription's node knows? Then nothing more was published by that one. */
    private boolean isSucceeded(Witness w, Truth.Incarnation incarnation) {
        return truth.incarnations(incarnation.node).stream()
                .anyMatch(later -> truth.isLater(later, incarnation.epoch) && w.isToldOf(later));
    }

    /** Who comes from the past may be told once that nobody knows who came and went. */
    void checkConcernsEverybody(Witness w, Gap gap) {
        boolean unknown = gap.reason() == Reason.POSITION_UNKNOWN || gap.reason() == Reason.PRODUCER_LOST;
        boolean mayBe = w.resumed || w.sinceMs != null || w.hasHeardOfOthers();
        if (!unknown || gap.epoch() != null || !mayBe) {
            JudgedStreams.fail(w, "G1", "is told of a gap without a producer: " + gap);
        }
    }

    /** Some stream of that node is over. It may be any, but for the one that goes on. */
    private void ofSomeStream(Witness w, String name, Gap gap) {
        if (gap.firstMissing() != null || gap.missed() != null) {
            JudgedStreams.fail(w, "G1", "is told of numbers without an epoch: " + gap);
        }
        Position resumesAt = gap.resumesAt();
        Truth.Incarnation next = resumesAt == null ? null : ofSuccessor(w, gap, resumesAt);
        for (Truth.Incarnation incarnation : truth.incarnations(streams.nodeOf(name))) {
            if (incarnation == next) {
                long behind = Objects.requireNonNull(resumesAt).sequence() - 1;
                w.put(incarnation, w.of(incarnation).beginsBehind(behind).covers(behind));
            } else if (incarnation.goesBy(name)) {
                w.markInReload(incarnation);
                boolean isSucceeded = next != null && truth.isLater(next, incarnation.epoch);
                if (isSucceeded || incarnation.isRemoved() || w.sawTheEndOf(incarnation)) {
                    w.put(incarnation, w.of(incarnation).isOver());
                }
            }
        }
    }

    // ------------------------------------------------------------------ gaps of one stream

    private void ofStream(Witness w, Truth.Incarnation incarnation, Gap gap) {
        if (gap.firstMissing() != null) {
            beginsBehindAll(w, incarnation, gap, gap.firstMissing());
        }
        if (goesOn(gap)) {
            JudgedStreams.goesOn(w, incarnation);
        }
        if (gap.missed() != null) {
            inNumbers(w, incarnation, gap, gap.missed());
        } else if (goesOn(gap)) {
            withoutNumbers(w, incarnation, gap);
        } else {
            withAnOpenEnd(w, incarnation, gap);
        }
        if (!goesOn(gap)) {
            w.put(incarnation, w.of(incarnation).isOver());
        }
    }

    private void beginsBehindAll(Witness w, Truth.Incarnation incarnation, Gap gap, long firstMissing) {
        if (firstMissing - 1 > Math.max(incarnation.head(), w.reflected.getOrDefault(incarnation.epoch, 0L))) {
            JudgedStreams.fail(
                    w, "G1", "is told of what was never published, the head is " + incarnation.head() + ": " + gap);
        }
        if (firstMissing <= w.of(incarnation).got() && !incarnation.isLostBehind(firstMissing - 1)) {
            JudgedStreams.fail(
                    w,
                    "G2",
                    "is told of what it has got, up to " + w.of(incarnation).got() + ": " + gap);
        }
        streams.nothingSkipped(w, incarnation, firstMissing - 1, "before " + gap);
    }

    private void inNumbers(Witness w, Truth.Incarnation incarnation, Gap gap, long missed) {
        if (gap.firstMissing() == null || missed < 1) {
            JudgedStreams.fail(w, "G1", "is told of how many, and not of which: " + gap);
        }
        boolean isEnd = gap.resumesAt() == null && gap.reason() == Reason.PRODUCER_LOST;
        if (gap.reason() != Reason.OVERRUN && !isEnd) {
            JudgedStreams.fail(w, "G1", "is told how many are missing, neither of an overrun nor of an end: " + gap);
        }
        long last = begin(gap) + missed - 1;
        if (last > incarnation.head()) {
            JudgedStreams.fail(w, "G1", "is told that it missed up to " + last + ", the head is " + incarnation.head());
        }
        Position resumesAt = gap.resumesAt();
        // In its half of a split it may be a member yet, but writes nothing more once another has its store.
        boolean isFinal = incarnation.isRemoved() || incarnation.left || truth.goesOn(incarnation);
        boolean isAll = last == incarnation.head() || incarnation.isLostBehind(last);
        if (resumesAt == null && !(isAll && isFinal)) {
            JudgedStreams.fail(
                    w, "G1", "is told of an end that was none: " + gap + ", the head is " + incarnation.head());
        }
        if (resumesAt != null && !resumesAt.equals(new Position(incarnation.epoch, last + 1))) {
            JudgedStreams.fail(w, "G1", "goes on at " + resumesAt + ", having got to " + last + ": " + gap);
        }
        observer.count("messages: announced as missed", missed);
        w.put(incarnation, w.of(incarnation).hasGot(last));
    }

    /** Nobody knows where it was; it goes on there. */
    private void withoutNumbers(Witness w, Truth.Incarnation incarnation, Gap gap) {
        if (gap.firstMissing() != null || gap.reason() != Reason.POSITION_UNKNOWN) {
            JudgedStreams.fail(w, "G1", "is not told how many it missed: " + gap);
        }
        long behind = begin(gap) - 1;
        if (isPlaceKnown(w, incarnation, behind)) {
            JudgedStreams.fail(
                    w,
                    "G1",
                    "is not told how many it missed behind " + w.of(incarnation).got() + ": " + gap);
        }
        boolean isBack = behind < w.of(incarnation).got() && !incarnation.isLostBehind(behind);
        if (isBack || behind > incarnation.head()) {
            JudgedStreams.fail(
                    w,
                    "G1",
                    "goes on where it cannot: " + gap + ", got to "
                            + w.of(incarnation).got() + ", the head is " + incarnation.head());
        }
        w.put(incarnation, w.of(incarnation).goesOnAgainBehind(behind));
    }

    /** Was it given something of the stream, further than what a source reflects, and stands in front of that? Then it can be told how many are missing. */
    private boolean isPlaceKnown(Witness w, Truth.Incarnation incarnation, long behind) {
        Account account = w.of(incarnation);
        long at = Math.max(account.got(), account.dueBehindAtLeast(0));
        return account.got() > w.reflected.getOrDefault(incarnation.epoch, 0L)
                && !w.uncounted.contains(incarnation.epoch)
                && at < behind
                && !account.over()
                && !incarnation.isLostBehind(at)
                && !truth.claimsTooMuch(w, incarnation.epoch);
    }

    /** It is over, or its successor says so, and nobody knows what was in it. What comes of it later must come, or be told. */
    private void withAnOpenEnd(Witness w, Truth.Incarnation incarnation, Gap gap) {
        Reason reason = gap.resumesAt() == null ? Reason.PRODUCER_LOST : Reason.PRODUCER_RESTARTED;
        if (gap.reason() != reason) {
            JudgedStreams.fail(w, "G1", "is told of an end for another reason than " + reason + ": " + gap);
        }
        w.markInReload(incarnation);
    }

    /**
     * Its node goes on in another stream: of that all comes, or is announced, also what a reload had before. If the same reload is for anything
     * that may be missing, that is all from where it goes on.
     */
    private void leadsOn(Witness w, Gap gap, boolean anything) {
        Position resumesAt = gap.resumesAt();
        if (gap.epoch() != null && gap.missed() == null && resumesAt != null && !goesOn(gap)) {
            Truth.Incarnation next = ofSuccessor(w, gap, resumesAt);
            if (!truth.isLater(next, gap.epoch())) {
                JudgedStreams.fail(w, "G1", "goes on in a stream that is no later one: " + gap);
            }
            Long since = w.ready ? null : w.sinceMs; // its time counts for the successor, too
            long begins = Math.max(w.reflected.getOrDefault(next.epoch, 0L), since == null ? 0 : next.before(since));
            begins = Math.max(begins, anything ? resumesAt.sequence() - 1 : 0);
            w.put(next, w.of(next).goesOnBehind(begins)); // what its ring has lost is a gap of its own
        }
    }

    /** What its node had published in earlier incarnations is in what the reload has read, whether this node has heard of them or not. */
    private void reflectsEarlier(Witness w, Gap gap) {
        Position resumesAt = gap.resumesAt();
        if (resumesAt != null) {
            Truth.Incarnation next = ofSuccessor(w, gap, resumesAt);
            truth.incarnations(next.node).stream()
                    .filter(earlier -> truth.isLater(next, earlier.epoch))
                    .forEach(w::markInReload);
        }
    }

    private Truth.Incarnation ofSuccessor(Witness w, Gap gap, Position resumesAt) {
        Truth.Incarnation next = streams.of(w, streams.nodeOf(Objects.requireNonNull(gap.node())), resumesAt.epoch());
        if (resumesAt.sequence() - 1 > next.head()) {
            JudgedStreams.fail(w, "G1", "goes on behind the head, which is " + next.head() + ": " + gap);
        }
        return next;
    }
}
