package dev.gapless.internal.takeover;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Since when nodes are waited for that are gone. Not thread-safe. */
final class Waits {
    /** Of members that wait for the same node, each gives those that are older so much time. */
    static final Duration TURN = Duration.ofSeconds(10);

    private final long afterNs;
    private final Map<String, Long> since = new HashMap<>();

    /** A node is waited for so long before it is taken over. */
    Waits(Duration after) {
        this.afterNs = after.toNanos();
    }

    /**
     * These are waited for now.
     *
     * @param older how many members are older than this one
     * @return those that it is this node's turn to take over, the one that is waited for longest first
     */
    List<String> due(Set<String> awaited, int older, long nowNs) {
        since.keySet().retainAll(awaited);
        awaited.forEach(name -> since.putIfAbsent(name, nowNs));
        long waitNs = afterNs + older * TURN.toNanos();
        return since.entrySet().stream()
                .filter(one -> nowNs - one.getValue() >= waitNs)
                .sorted(Comparator.comparing(one -> one.getValue() - nowNs))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** It is being taken over: if that fails, it is waited for anew. */
    void tried(String name, long nowNs) {
        since.put(name, nowNs);
    }
}
