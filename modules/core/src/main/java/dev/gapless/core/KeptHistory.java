package dev.gapless.core;

import java.util.ArrayList;
import java.util.List;

/**
 * The history of a cluster of a single node, as that node's store has kept it (rule T2). Immutable.
 *
 * @param id by which tokens name it, a {@link HistoryId}: the same in all incarnations
 * @param horizonMs since when nothing of it was forgotten, in milliseconds since 1970
 * @param departures the earlier incarnations of the node, the oldest first
 */
public record KeptHistory(long id, long horizonMs, List<Departure> departures) {
    public KeptHistory {
        departures = List.copyOf(departures);
    }

    /** A start of the node: its incarnation's uid, and when that was, in milliseconds since 1970. */
    public record Started(long uid, long atMs) {}

    /** Of a node that was started so often, the last time just now: each incarnation had ended when the next one began. */
    public static KeptHistory of(long id, long horizonMs, String node, List<Started> starts) {
        List<Departure> departures = new ArrayList<>();
        for (int i = 1; i < starts.size(); i++) {
            departures.add(
                    new Departure(starts.get(i - 1).uid(), node, starts.get(i).atMs(), null));
        }
        return new KeptHistory(id, horizonMs, departures);
    }
}
