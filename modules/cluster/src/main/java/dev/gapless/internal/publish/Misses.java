package dev.gapless.internal.publish;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which sequences of a log's own stream the consumers were expired past, 0 and less for those of earlier incarnations: the latest of each node. Where there are more, the oldest two of a node become
 * one that covers both, so that a loss may be told too large, and never too small. Thread-safe.
 */
public final class Misses {
    private static final int MOST_OF_NODE = 64;
    private static final int MOST_NODES = 256;

    private final Map<String, Deque<Range>> byNode = new LinkedHashMap<>();

    private record Range(long first, long last) {}

    /**
     * What a consumer missed of a log.
     *
     * @param first its first sequence
     * @param count how many there are, from there to the last; a few between may have been delivered
     */
    public record Missed(String node, long first, long count) {}

    /** This node was told that it missed these, both included. */
    public synchronized void add(String node, long first, long last) {
        if (first > last) {
            return;
        }
        Deque<Range> ranges = byNode.computeIfAbsent(node, name -> new ArrayDeque<>());
        ranges.add(new Range(first, last));
        if (ranges.size() > MOST_OF_NODE) {
            Range oldest = ranges.remove();
            Range next = ranges.remove();
            ranges.addFirst(new Range(Math.min(oldest.first(), next.first()), Math.max(oldest.last(), next.last())));
        }
        if (byNode.size() > MOST_NODES) {
            byNode.remove(byNode.keySet().iterator().next());
        }
    }

    /** What was missed of these sequences, both included. */
    public synchronized List<Missed> of(long first, long last) {
        List<Missed> missed = new ArrayList<>();
        byNode.forEach((node, ranges) -> {
            long from = Long.MAX_VALUE;
            long to = Long.MIN_VALUE;
            for (Range range : ranges) {
                if (range.first() <= last && first <= range.last()) {
                    from = Math.min(from, Math.max(first, range.first()));
                    to = Math.max(to, Math.min(last, range.last()));
                }
            }
            if (from <= to) {
                missed.add(new Missed(node, from, to - from + 1));
            }
        });
        return missed;
    }
}
