package dev.gapless.multijvm.checker;

import java.util.Map;
import java.util.TreeMap;

/** Counts what happened. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();

    void add(String what, long count) {
        counts.merge(what, count, Long::sum);
    }

    Map<String, Long> all() {
        return counts;
    }
}
