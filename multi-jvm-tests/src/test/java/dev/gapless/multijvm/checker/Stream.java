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
    /** Whatever had been published before counts as told. */
    long toldNs = Long.MIN_VALUE;

    Stream copy() {
        Stream copy = new Stream();
        copy.reached.putAll(reached);
        copy.ended.addAll(ended);
        copy.current = current;
        copy.closed = closed;
        copy.toldNs = toldNs;
        return copy;
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
