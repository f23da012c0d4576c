package dev.gapless.simulation.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each thing occurred. Not thread-safe. */
public final class Counts {
    private final Map<String, long[]> counts = new HashMap<>();

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long howOften) {
        counts.computeIfAbsent(what, w -> new long[1])[0] += howOften;
    }

    /** Adds what another schedule counted. */
    public void add(Counts others) {
        others.counts.forEach((what, count) -> add(what, count[0]));
    }

    public long of(String what) {
        long[] count = counts.get(what);
        return count == null ? 0 : count[0];
    }

    /** All of them, by name. */
    public SortedMap<String, Long> all() {
        SortedMap<String, Long> all = new TreeMap<>();
        counts.forEach((what, count) -> all.put(what, count[0]));
        return all;
    }
}
