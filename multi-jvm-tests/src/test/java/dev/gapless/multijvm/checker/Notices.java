package dev.gapless.multijvm.checker;

import java.util.List;

/** Judges what the gaps of one reload say, each of its stream, in whatever order they are told. */
final class Notices {
    private static final String OVERRUN = "OVERRUN";
    private static final String RESTARTED = "PRODUCER_RESTARTED";
    private static final String LOST = "PRODUCER_LOST";
    private static final String UNKNOWN = "POSITION_UNKNOWN";

    /** Streams that began behind a token, and ended before it was resumed. */
    private static final String BEHIND_A_TOKEN = "incarnations behind a token, announced ";

    /** By so much members may differ about when something happened. */
    private static final long MARGIN_NS = 60_000_000_000L;
    /** So long after its last message another cluster may count as gone: six times the longest grace of these tests. */
    private static final long GONE_NS = 18_000_000_000L;

    private final Streams streams;
    private final Truth truth;
    private final Tally tally;
    /** How many messages a ring of this topic holds, or 0 if that is not to be judged. */
    private final long largeRing;
    /** When they were told. */
    private final long ns;

    Notices(Streams streams, Truth truth, Tally tally, long largeRing, long ns) {
        this.streams = streams;
        this.truth = truth;
        this.tally = tally;
        this.largeRing = largeRing;
        this.ns = ns;
    }

    /** The reload has succeeded. */
    void areTold(List<Gap> gaps) {
        gaps.forEach(gap -> tally.add("expired: " + gap.reason(), 1));
        gaps.stream().filter(gap -> gap.node() == null).forEach(this::ofNobody);
        gaps.stream().filter(gap -> gap.node() != null).forEach(this::ofStream);
        boolean anything = gaps.stream().anyMatch(gap -> gap.node() == null);
        gaps.stream()
                .filter(gap -> gap.resumesAt() != null)
                .forEach(gap -> goesOn(gap, anything)); // once all ends are known
    }

    /** Something is delivered again behind it: in its stream, or in that of the next incarnation. */
    private void goesOn(Gap gap, boolean anything) {
        if (gap.goesOnInItsStream()) {
            streams.isTheTurnOfAGap(gap);
            return;
        }
        Incarnation successor = truth.ofEpoch(gap.resumesEpoch());
        isOf(gap, successor);
        isWithin(gap, gap.resumesAt() - 1, successor);
        Stream next = streams.of(gap.resumesEpoch());
        next.begin(gap.resumesAt());
        if (anything) {
            next.isListed(); // what its ring has lost is among all that may be missing
        }
    }

    private void isWithin(Gap gap, long sequence, Incarnation log) {
        if (log != null && sequence > log.intended()) {
            fail("G1", "is told that it missed what never was: " + gap);
        }
    }

    // ------------------------------------------------------------------ of nobody knows whom

    /** Nobody knows who came and went: whatever they had published is in the reload. */
    private void ofNobody(Gap gap) {
        if (!gap.reason().equals(UNKNOWN) || gap.epoch() != null || gap.first() != null || gap.resumesAt() != null) {
            fail("G1", "is told of nobody what is somebody's: " + gap);
        }
        if (!streams.due().isResumed()) {
            if (mayHearOfAnotherCluster()) {
                tally.add("told of another cluster", 1);
            } else {
                neverHadOneFromElsewhere(gap);
            }
        }
        tally.add("told that anything may be missed", 1);
        streams.toldOfNobody(ns);
    }

    /** Whoever has just started is also told of one that was there shortly before: nobody knows by how much clocks differ. */
    private boolean mayHearOfAnotherCluster() {
        return truth.wasApart(streams.reader().incarnation(), streams.reader().beganNs(), ns)
                || truth.wereTwoClusters(ns - MARGIN_NS - GONE_NS, ns);
    }

    private void neverHadOneFromElsewhere(Gap gap) {
        fail("G1", "is told that its position is unknown, and never had one from elsewhere: " + gap);
    }

    // ------------------------------------------------------------------ of one stream

    private void ofStream(Gap gap) {
        if (gap.epoch() == null) {
            fail("G1", "is told of no stream: " + gap);
            return;
        }
        Stream stream = streams.of(gap.epoch());
        Incarnation log = truth.ofEpoch(gap.epoch());
        isOf(gap, log);
        if (log != null && streams.due().isBetween(log)) {
            tally.add(BEHIND_A_TOKEN + (gap.missed() == null ? "without numbers" : "in numbers"), 1);
        }
        if (gap.first() != null) {
            beginsBehindAll(gap, gap.first(), stream, log);
        }
        if (gap.goesOnInItsStream() || gap.missed() != null) {
            streams.mayGoOn(stream, log, "is told " + gap);
        }
        if (gap.missed() != null) {
            inNumbers(gap, stream, log);
        } else if (gap.goesOnInItsStream()) {
            withoutNumbers(gap, stream, log);
        } else {
            withAnOpenEnd(gap, stream, log);
        }
        if (truth.isItsName(gap.node())) {
            stream.goesByItsName();
        } else {
            tally.add("expired, by an address: " + gap.reason(), 1);
        }
    }

    private void isOf(Gap gap, Incarnation log) {
        if (log != null && !log.node.equals(truth.node(gap.node()))) {
            fail("G3", "is told of " + log + " by another name: " + gap);
        }
    }

    private void beginsBehindAll(Gap gap, long first, Stream stream, Incarnation log) {
        if (first <= stream.reached()) {
            fail("G2", "is told that it missed what it has: " + gap + ", having reached " + stream.reached());
        } else if (stream.hasBegun() && !stream.mayPassOver() && first > stream.reached() + 1) {
            fail("G1", "is told too little: " + gap + ", having reached " + stream.reached());
        } else {
            streams.nothingSkipped(stream, log, first - 1, "before " + gap);
        }
        isWithin(gap, first - 1, log);
    }

    private void inNumbers(Gap gap, Stream stream, Incarnation log) {
        if (gap.first() == null || gap.reason().equals(UNKNOWN)) {
            fail("G1", "is told a number and no position, or the other way round: " + gap);
            return;
        }
        long upTo = gap.first() + gap.missed() - 1;
        if (gap.missed() < 1) {
            fail("G1", "is told of nothing: " + gap);
        }
        isWithin(gap, upTo, log);
        if (gap.reason().equals(OVERRUN) && log != null && log.at(gap.first()) != null) {
            isOverrun(gap, log.at(gap.first()));
        }
        tally.add("announced as missed", gap.missed());
        stream.reach(Math.max(upTo, stream.reached()));
        if (gap.resumesAt() == null) {
            if (log != null && log.head() > upTo) {
                fail("G1", "is told of an end that was none: " + gap + ", its head is " + log.head());
            }
            stream.end(Stream.End.EXACT, ns, streams.reader().incarnation());
        } else if (!gap.goesOnInItsStream() || gap.resumesAt() != upTo + 1) {
            fail("G1", "does not go on behind what it missed: " + gap);
        }
    }

    /** What else is told as an overrun hides a defect. */
    private void isOverrun(Gap gap, Message first) {
        long since = truth.published(streams.reader().topic(), first.publishedNs, ns);
        if (since < largeRing / 2) {
            fail("G1", "is told of an overrun, though only " + since + " messages came after: " + gap);
        }
    }

    /** It goes on there, and nobody knows where the subscription was. */
    private void withoutNumbers(Gap gap, Stream stream, Incarnation log) {
        if (gap.first() != null || !gap.reason().equals(UNKNOWN)) {
            fail("G1", "is not told how many it missed: " + gap);
        } else if (!streams.due().isResumed() && stream.hasBegun()) {
            neverHadOneFromElsewhere(gap);
        }
        long upTo = gap.resumesAt() - 1;
        if (upTo < stream.reached()) {
            fail("G2", "goes on before what it has: " + gap + ", having reached " + stream.reached());
        }
        isWithin(gap, upTo, log);
        stream.reach(Math.max(upTo, stream.reached()));
    }

    /** It is over, and nobody knows what was in it. What had been published by then counts as told. */
    private void withAnOpenEnd(Gap gap, Stream stream, Incarnation log) {
        String reason = gap.resumesAt() == null ? LOST : RESTARTED;
        if (!gap.reason().equals(reason)) {
            fail("G1", "is told of an open end, and not that it is " + reason + ": " + gap);
        }
        if (stream.isOver() && !streams.mayHaveReturned(stream, log)) {
            fail("G2", "is told again that it ended: " + gap);
        }
        stream.end(Stream.End.OPEN, ns, streams.reader().incarnation());
    }

    private void fail(String guarantee, String what) {
        streams.fail(guarantee, what);
    }
}
