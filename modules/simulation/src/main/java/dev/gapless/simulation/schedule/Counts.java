package dev.gapless.simulation.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each thing occurred. Not thread-safe. */
public final class Counts {
    private final Map<String, Counter> counts = new HashMap<>();

    /** One of them, for whoever counts often. */
    static final class Counter {
        private long count;

        void add() {
            count++;
        }
    }

    Counter counter(String what) {
        return counts.computeIfAbsent(what, w -> new Counter());
    }

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long howOften) {
        counter(what).count += howOften;
    }

    /** Adds what another schedule counted. */
    public void add(Counts others) {
        others.counts.forEach((what, counter) -> add(what, counter.count));
    }

    public long of(String what) {
        Counter counter = counts.get(what);
        return counter == null ? 0 : counter.count;
    }

    /** All that occurred, by name. */
    public SortedMap<String, Long> all() {
        SortedMap<String, Long> all = new TreeMap<>();
        counts.forEach((what, counter) -> {
            if (counter.count > 0) {
                all.put(what, counter.count);
            }
        });
        return all;
    }
}
