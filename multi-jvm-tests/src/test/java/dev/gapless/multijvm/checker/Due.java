package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.List;

/**
 * What a subscription has to be given or announced: of a stream in which it stands all that follows, of any other one all that was
 * published once the subscription was ready.
 */
final class Due {
    private final Truth truth;
    private final List<Handover> handovers = new ArrayList<>();
    private long readyNs = Long.MAX_VALUE;
    /** When it was told for the last time that something is missing, and nobody knows whose it is. */
    private long toldOfNobodyNs = Stream.NEVER;
    /** The process that told it. */
    private String toldOfNobodyBy = "";

    /** Who wrote a token and when, and who resumed it. */
    private record Handover(String taker, long takenNs, String reader, long resumedNs) {}

    Due(Truth truth) {
        this.truth = truth;
    }

    Due copy() {
        Due copy = new Due(truth);
        copy.readyNs = readyNs;
        copy.toldOfNobodyNs = toldOfNobodyNs;
        copy.toldOfNobodyBy = toldOfNobodyBy;
        copy.handovers.addAll(handovers);
        return copy;
    }

    /** It owes what the one owed that had written the token. */
    void resumes(Streams.Kept kept, Reader reader) {
        Due taken = kept.due();
        readyNs = taken.readyNs;
        toldOfNobodyNs = taken.toldOfNobodyNs;
        toldOfNobodyBy = taken.toldOfNobodyBy;
        handovers.addAll(taken.handovers);
        handovers.add(new Handover(kept.taker().incarnation(), kept.ns(), reader.incarnation(), reader.beganNs()));
    }

    boolean isResumed() {
        return !handovers.isEmpty();
    }

    void ready(long ns) {
        readyNs = Math.min(readyNs, ns);
    }

    boolean isReady() {
        return readyNs != Long.MAX_VALUE;
    }

    /** Whatever anybody had published by then counts as told. */
    void toldOfNobody(long ns, String by) {
        toldOfNobodyNs = Math.max(toldOfNobodyNs, ns);
        toldOfNobodyBy = by;
    }

    /** Was it told that anything may be missed where that one was no member any more? Then the reload has all of it. */
    boolean isInReload(Incarnation log) {
        return toldOfNobodyNs != Stream.NEVER
                && log.lastNs() < toldOfNobodyNs
                && !truth.knewSince(toldOfNobodyBy, log.id, toldOfNobodyNs);
    }

    /** Did it begin behind a token, and end before that token was resumed? */
    boolean isBetween(Incarnation log) {
        return handovers.stream()
                .anyMatch(h -> !truth.knewBefore(h.taker(), log.id, h.takenNs())
                        && !truth.knewSince(h.reader(), log.id, h.resumedNs()));
    }

    /** The first message of that stream up to that sequence that is due, and was neither given nor announced; or null. */
    String first(Stream stream, Incarnation log, long upTo) {
        return firstSince(dueNs(stream), stream, log, upTo);
    }

    private long dueNs(Stream stream) {
        long toldNs = stream.isLost() ? stream.endNs() : Stream.NEVER;
        return Math.max(toldNs, stream.hasBegun() ? stream.toldOfAnythingNs() : Math.max(readyNs, toldOfNobodyNs));
    }

    private String firstSince(long dueNs, Stream stream, Incarnation log, long upTo) {
        if (log.lastNs() < dueNs) {
            return null;
        }
        for (long s = stream.reached() + 1; s <= Math.min(upTo, log.head()); s++) {
            Message message = log.at(s);
            if (message != null && isPublished(message) && message.publishedNs >= dueNs) {
                return log.node + "/" + log.epoch + ":" + s + (stream.hasBegun() ? "" : " (G4)");
            }
        }
        return null;
    }

    /** What a durable log gives to one it gives to all, also if its publisher never had an answer. */
    private boolean isPublished(Message message) {
        return message.accepted || truth.isDurable();
    }

    /** What it lacks of a stream, though nobody publishes any more; or null. */
    String lacks(Stream stream, Incarnation log, String reader) {
        if (stream.isLost() && (log.over || !truth.knows(reader, log.id))) {
            return null; // it does not go on here
        }
        if (log.over && !truth.isDurable()) {
            if (isInReload(log)) {
                return null;
            } else if (stream.hasAnything() && !stream.isOver()) {
                return "is not told of the end of " + log.node + "/" + log.epoch;
            }
        }
        String due = first(stream, log, log.head());
        return due == null ? null : "has neither got " + due + " nor been told of it";
    }
}
