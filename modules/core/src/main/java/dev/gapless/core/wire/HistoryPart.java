package dev.gapless.core.wire;

import dev.gapless.core.Departure;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Between nodes: a part of the answer to {@link AskHistory}. Each departure counts by itself; as a whole they count when all parts
 * have come. What another cluster hands over (rule M4) counts as a whole only.
 *
 * @param fromUid the sender's life
 * @param toUid the life that it is meant for
 * @param number that of the question; of what another cluster hands over, that of the attempt; 0 if nobody asked
 * @param timeMs the cluster's time, as the sender knows it, in milliseconds since 1970
 * @param index of this part, from 0
 * @param parts how many there are
 * @param horizons with the last part: of each history that the sender goes on from since when it is whole; empty if the sender does not
 *     have all of it itself
 * @param lives with the last part: the members that the sender knows, and those that join; none of them if another cluster hands over
 */
public record HistoryPart(
        long fromUid,
        long toUid,
        long number,
        long timeMs,
        int index,
        int parts,
        List<Departure> departures,
        Map<Long, Long> horizons,
        Set<Long> lives)
        implements NodeMessage {
    /** Departures of one part. */
    public static final int MOST = 64;

    public HistoryPart {
        departures = List.copyOf(departures);
        horizons = Collections.unmodifiableMap(new TreeMap<>(horizons)); // in one order in every run
        lives = Collections.unmodifiableSet(new TreeSet<>(lives));
    }
}
