package dev.gapless.multijvm.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How far one subscription has got with one node. */
final class Stream {
    /** For each epoch the last sequence that was given, or told with a number. */
    final Map<String, Long> reached = new HashMap<>();
    /** Epochs of which the rest was told without a number, or that were left in good order. */
    final Set<String> ended = new HashSet<>();
    /** The epoch that it is in, or was in last; null if none. */
    String current;
    /** Another epoch may begin without a word: nothing has begun, the producer left, or was announced as lost. */
    boolean closed = true;
    /** What had been published before counts as told, whoever of this node published it. */
    private long toldNs = Long.MIN_VALUE;
    /** The same for one epoch. */
    private final Map<String, Long> toldNsByEpoch = new HashMap<>();

    Stream copy() {
        Stream copy = new Stream();
        copy.reached.putAll(reached);
        copy.ended.addAll(ended);
        copy.current = current;
        copy.closed = closed;
        copy.toldNs = toldNs;
        copy.toldNsByEpoch.putAll(toldNsByEpoch);
        return copy;
    }

    void told(long ns) {
        toldNs = Math.max(toldNs, ns);
    }

    void told(String epoch, long ns) {
        toldNsByEpoch.merge(epoch, ns, Math::max);
    }

    /** What was published in that epoch before this time counts as told. */
    long toldNs(String epoch) {
        return Math.max(toldNs, toldNsByEpoch.getOrDefault(epoch, Long.MIN_VALUE));
    }

    /** It was told as lost in a cluster that its node was not in: where it is a member it goes on. */
    void lostElsewhere(String epoch) {
        ended.remove(epoch);
    }

    void enter(String epoch, long upTo) {
        current = epoch;
        closed = false;
        ended.remove(epoch);
        reached.put(epoch, upTo);
    }

    void end(String epoch) {
        ended.add(epoch);
        closed = true;
    }
}
