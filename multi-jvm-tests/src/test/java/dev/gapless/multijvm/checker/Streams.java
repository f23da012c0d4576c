package dev.gapless.multijvm.checker;

import java.util.HashMap;
import java.util.Map;

/**
 * The streams of one subscription, by epoch, and what each message and each gap has to keep. They have no order, but what goes by
 * the name of a node goes on from one of its incarnations to the next.
 */
final class Streams {
    private final Reader reader;
    private final Truth truth;
    private final Violations violations;
    private final Due due;
    private Map<String, Stream> byEpoch = new HashMap<>();

    /** What stands for a token. */
    record Kept(Map<String, Stream> byEpoch, Due due, Reader taker, boolean isList, long ns) {}

    Streams(Reader reader, Truth truth, Violations violations) {
        this.reader = reader;
        this.truth = truth;
        this.violations = violations;
        this.due = new Due(truth);
    }

    Reader reader() {
        return reader;
    }

    Due due() {
        return due;
    }

    Stream of(String epoch) {
        return byEpoch.computeIfAbsent(epoch, e -> new Stream());
    }

    /** Nothing is known of an incarnation's stream as long as nobody has said its epoch. */
    private Stream of(Incarnation log) {
        return log.epoch == null ? new Stream() : of(log.epoch);
    }

    /** As they are now. A client that has no token of now has a list. */
    Kept kept(String text, long ns) {
        return new Kept(copy(byEpoch), due.copy(), reader, text.startsWith("{"), ns);
    }

    /** They go on where they were. */
    void resume(Kept kept) {
        byEpoch = copy(kept.byEpoch());
        due.resumes(kept, reader);
        byEpoch.forEach((epoch, stream) -> {
            if (kept.isList()) {
                stream.isListed();
            }
            Incarnation log = truth.ofEpoch(epoch);
            if (stream.isLost() && log != null && truth.knewSince(reader.incarnation(), log.id, reader.beganNs())) {
                stream.returns();
            }
        });
    }

    private static Map<String, Stream> copy(Map<String, Stream> streams) {
        Map<String, Stream> copy = new HashMap<>();
        streams.forEach((epoch, stream) -> copy.put(epoch, stream.copy()));
        return copy;
    }

    /** Nobody knows who came and went: whatever anybody had published by then is in the reload. */
    void toldOfNobody(long ns) {
        due.toldOfNobody(ns, reader.incarnation());
        byEpoch.values().forEach(stream -> stream.toldOfAnything(ns));
    }

    // ------------------------------------------------------------------------------------------ what has to be kept

    /** The stream goes on behind this sequence: everything up to there must have been given or announced, or not be due. */
    void nothingSkipped(Stream stream, Incarnation log, long upTo, String when) {
        String skipped = log == null ? null : due.first(stream, log, upTo);
        if (skipped != null) {
            fail("G1", skipped + " is neither given nor announced " + when);
        }
    }

    /**
     * A stream that ended goes on only where its producer is a member all the same: the subscription was told of the end elsewhere, or
     * before its process had heard of the producer.
     */
    void mayGoOn(Stream stream, Incarnation log, String what) {
        if (stream.isOver() && !(stream.isLost() && mayHaveReturned(stream, log))) {
            fail("G2", what + " of a log that was over");
        }
    }

    /** In one process no stream comes back that it has seen the end of; but it may have been a member where the token was resumed before. */
    boolean mayHaveReturned(Stream stream, Incarnation log) {
        if (log == null || stream.hasReturned()) {
            return due.isResumed();
        }
        long ns = stream.endedAt(reader.incarnation()) ? stream.endNs() : reader.beganNs();
        return !truth.sawTheEndBefore(reader.incarnation(), log.id, ns);
    }

    /** By that name nothing is given before the incarnations before are told to have ended, and nothing once something of a later one was. */
    void isItsTurn(String name, String epoch, String what) {
        Incarnation log = truth.isItsName(name) ? truth.ofEpoch(epoch) : null;
        if (log != null) {
            truth.earlier(log).forEach(earlier -> mustBeOver(earlier, false, what));
            noLaterOneHasBegun(log, what);
        }
    }

    /** The same of a gap behind which a stream goes on: who left in good order, and of whom nothing is missing, is told right after it. */
    void isTheTurnOfAGap(Gap gap) {
        Incarnation log = truth.isItsName(gap.node()) ? truth.ofEpoch(gap.epoch()) : null;
        if (log != null) {
            truth.earlier(log).forEach(earlier -> mustBeOver(earlier, isComplete(earlier), "is told " + gap));
            noLaterOneHasBegun(log, "is told " + gap);
        }
    }

    private boolean isComplete(Incarnation log) {
        return due.first(of(log), log, log.head()) == null;
    }

    private void mustBeOver(Incarnation earlier, boolean orComplete, String what) {
        Stream stream = of(earlier);
        if (truth.isDurable()) {
            nothingSkipped(stream, earlier, earlier.head(), what);
        } else if (stream.hasAnything()
                && stream.isNamed()
                && !stream.isOver()
                && !due.isInReload(earlier)
                && !orComplete) {
            fail("G1", what + " silently, being in " + earlier.epoch);
        }
    }

    private void noLaterOneHasBegun(Incarnation log, String what) {
        for (Incarnation later : truth.later(log)) {
            if (of(later).isGivenByItsName()) {
                fail("G1", what + ", having been in " + later.epoch);
            }
        }
    }

    /** What is due and missing, though nobody publishes any more; or null. */
    String lacks() {
        for (Incarnation log : truth.logs(reader.topic())) {
            String lack = log.epoch == null ? null : due.lacks(of(log), log, reader.incarnation());
            if (lack != null) {
                return lack;
            }
        }
        return null;
    }

    void fail(String guarantee, String what) {
        violations.add(guarantee, reader + " " + what);
    }
}
