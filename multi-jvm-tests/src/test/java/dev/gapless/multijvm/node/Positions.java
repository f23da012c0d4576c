package dev.gapless.multijvm.node;

import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what publishing returned. Thread-safe. */
final class Positions {
    private final Map<String, Long> failed = new TreeMap<>();
    /** For each thread, where its messages stand by their index: stages complete in any order. */
    private final Map<Integer, TreeMap<Long, Long>> byThread = new TreeMap<>();

    private long accepted;
    private long first;
    private long last;
    private String epoch;

    /** Counts a position. Where one thread alone publishes, the content itself says where it belongs. */
    synchronized void accepted(Content content, Position position) {
        accepted++;
        first = first == 0 ? position.sequence() : Math.min(first, position.sequence());
        last = Math.max(last, position.sequence());
        epoch = position.epoch().toString();
        if (content.thread() > 0) {
            byThread.computeIfAbsent(content.thread(), t -> new TreeMap<>()).put(content.index(), position.sequence());
        }
    }

    synchronized void failed(Throwable cause) {
        failed.merge(cause.getClass().getSimpleName(), 1L, Long::sum);
    }

    synchronized Published result() {
        return new Published(accepted, first, last, epoch, new TreeMap<>(failed), violations());
    }

    /** What one thread publishes is sequenced in that order. */
    private List<String> violations() {
        List<String> violations = new ArrayList<>();
        byThread.forEach((thread, sequences) -> {
            long before = 0;
            for (long sequence : sequences.values()) {
                if (sequence <= before) {
                    Recorder.add(violations, "thread " + thread + " got " + sequence + " behind " + before);
                }
                before = sequence;
            }
        });
        return violations;
    }
}
