package dev.gapless.core.feed;

import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which incarnations that ended lie behind a reader of a feed, and where (rule T2). Immutable.
 *
 * @param history what this node remembers
 * @param unknown the index of the entry that says that nobody knows who came and went; 0 if there is none
 * @param indexes for each that the feed has come to an end with the index of its last entry then; 0 if it had ended before
 */
public record Passed(HistoryView history, long unknown, Map<Long, Long> indexes) {
    /** Of a feed that has not begun. */
    public static final Passed NOTHING = new Passed(HistoryView.NOTHING, 0, Map.of());

    public Passed {
        indexes = Map.copyOf(indexes);
    }

    /** Those that a reader has passed that has dealt with everything before this index. */
    public Set<Long> before(long index) {
        Set<Long> uids = new TreeSet<>();
        for (Departure departure : history.departures()) {
            if (isBefore(departure.uid(), index)) {
                uids.add(departure.uid());
            }
        }
        return uids;
    }

    /** Has a reader passed it that has dealt with everything before this index? */
    public boolean isBefore(long uid, long index) {
        Long last = indexes.get(uid);
        return last != null && last < index;
    }
}
