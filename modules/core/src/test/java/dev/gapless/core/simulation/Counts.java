package dev.gapless.core.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often each thing occurred. */
final class Counts {
    private final Map<String, Long> counts = new TreeMap<>();

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long howOften) {
        counts.merge(what, howOften, Long::sum);
    }

    void add(Counts others) {
        others.counts.forEach(this::add);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, howOften) ->
                text.append(what).append(' ').append(howOften).append('\n'));
        return text.toString();
    }
}
