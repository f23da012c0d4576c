package dev.gapless.multijvm.node;

import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what publishing returned. Thread-safe. */
final class Positions {
    private final Map<String, Long> failed = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Integer, Long> lastOfThread = new TreeMap<>();
    private long accepted;
    private long first;
    private long last;
    private String epoch;

    /** Counts a position; what one thread publishes is sequenced in that order. */
    synchronized void accepted(int thread, Position position) {
        accepted++;
        first = first == 0 ? position.sequence() : Math.min(first, position.sequence());
        last = Math.max(last, position.sequence());
        epoch = position.epoch().toString();
        Long before = lastOfThread.put(thread, position.sequence());
        if (before != null && before >= position.sequence()) {
            Recorder.add(violations, "thread " + thread + " got " + position + " behind " + before);
        }
    }

    synchronized void failed(Throwable cause) {
        failed.merge(cause.getClass().getSimpleName(), 1L, Long::sum);
    }

    synchronized Published result() {
        return new Published(accepted, first, last, epoch, new TreeMap<>(failed), List.copyOf(violations));
    }
}
