package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.List;

/** What a subscription has to be given or told: everything that was published once it was ready, as far as it was not yet. */
final class Due {
    private final Truth truth;
    private final Tally tally;
    private final List<Handover> handovers = new ArrayList<>();
    private long readyNs = Long.MAX_VALUE;

    /** Who wrote a token and when, and who resumed it. */
    private record Handover(String taker, long takenNs, String reader, long resumedNs) {}

    Due(Truth truth, Tally tally) {
        this.truth = truth;
        this.tally = tally;
    }

    Due copy() {
        Due copy = new Due(truth, tally);
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
        long dueNs = Math.max(readyNs, stream.toldNs);
        for (long s = stream.reached.getOrDefault(log.epoch, 0L) + 1; s <= Math.min(upTo, log.head()); s++) {
            Message message = log.at(s);
            if (message != null && message.accepted && message.publishedNs >= dueNs) {
                if (handovers.stream().anyMatch(h -> missed(h, log.id))) {
                    tally.add("limit: lives between a token and its resumption", 1);
                    return null;
                }
                return from + "/" + log.epoch + ":" + s + (guaranteedAtStart(stream, log) ? " (G4)" : "");
            }
        }
        return null;
    }

    private static boolean guaranteedAtStart(Stream stream, Life log) {
        return !stream.reached.containsKey(log.epoch);
    }

    /** The known limit of tokens: a life that began behind the token and ended before it was resumed. */
    private boolean missed(Handover handover, String publisher) {
        return !truth.knewBefore(handover.taker(), publisher, handover.takenNs())
                && !truth.knewSince(handover.reader(), publisher, handover.resumedNs());
    }

    /** What one producer still owes, though it publishes no more; or null. */
    String lacks(String topic, String from, Stream stream) {
        List<Life> lives = truth.lives(topic, from);
        Life current = stream.current == null ? null : truth.ofEpoch(stream.current);
        if (current != null && current.over && !stream.closed) {
            return "is not told of the end of " + from + "/" + stream.current;
        }
        int begin = current != null ? current.index : stream.current == null ? 0 : lives.size() - 1;
        for (Life log : lives.subList(begin, lives.size())) {
            String due = log.epoch == null ? null : first(from, stream, log, log.head());
            if (due != null) {
                return "has neither got " + due + " nor been told of it";
            }
        }
        return null;
    }
}
