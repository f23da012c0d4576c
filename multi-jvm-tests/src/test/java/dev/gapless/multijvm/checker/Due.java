package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.List;

/** What a subscription has to be given or told: everything that was published once it was ready, as far as it was not yet. */
final class Due {
    private final Truth truth;
    private final List<Handover> handovers = new ArrayList<>();
    private long readyNs = Long.MAX_VALUE;

    /** Who wrote a token and when, and who resumed it. */
    private record Handover(String taker, long takenNs, String reader, long resumedNs) {}

    Due(Truth truth) {
        this.truth = truth;
    }

    Due copy() {
        Due copy = new Due(truth);
        copy.readyNs = readyNs;
        copy.handovers.addAll(handovers);
        return copy;
    }

    /** It owes what the one owed that had written the token. */
    void resumes(Due taken, String taker, long takenNs, String reader, long resumedNs) {
        readyNs = taken.readyNs;
        handovers.addAll(taken.handovers);
        handovers.add(new Handover(taker, takenNs, reader, resumedNs));
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

    /** The first message of that life that is due, up to that sequence, and was neither given nor told; or null. */
    String first(String from, Stream stream, Life log, long upTo) {
        if (stream.ended.contains(String.valueOf(log.epoch))) {
            return null;
        }
        long dueNs = Math.max(readyNs, stream.toldNs(log.epoch));
        if (log.lastNs() < dueNs) {
            return null;
        }
        for (long s = stream.reached.getOrDefault(log.epoch, 0L) + 1; s <= Math.min(upTo, log.head()); s++) {
            Message message = log.at(s);
            if (message != null && message.accepted && message.publishedNs >= dueNs) {
                return from + "/" + log.epoch + ":" + s + (guaranteedAtStart(stream, log) ? " (G4)" : "");
            }
        }
        return null;
    }

    private static boolean guaranteedAtStart(Stream stream, Life log) {
        return !stream.reached.containsKey(log.epoch);
    }

    /** Did it begin behind a token, and end before that token was resumed? */
    boolean isBetween(Life log) {
        return handovers.stream()
                .anyMatch(h -> !truth.knewBefore(h.taker(), log.id, h.takenNs())
                        && !truth.knewSince(h.reader(), log.id, h.resumedNs()));
    }

    /** What one producer still owes, though it publishes no more; or null. */
    String lacks(String topic, String from, Stream stream) {
        List<Life> lives = truth.lives(topic, from);
        Life current = stream.current == null ? null : truth.ofEpoch(stream.current);
        if (current != null && current.over && !stream.closed) {
            return "is not told of the end of " + from + "/" + stream.current;
        }
        String due = firstOf(from, stream, lives);
        return due == null ? null : "has neither got " + due + " nor been told of it";
    }

    /** The same for lives of which all is due. */
    String firstOf(String from, Stream stream, List<Life> lives) {
        for (Life log : lives) {
            String due = log.epoch == null ? null : first(from, stream, log, log.head());
            if (due != null) {
                return due;
            }
        }
        return null;
    }
}
