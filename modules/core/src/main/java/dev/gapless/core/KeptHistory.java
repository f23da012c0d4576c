package dev.gapless.core;

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
}
