package dev.gapless.core.wire;

import dev.gapless.core.Departure;
import dev.gapless.core.OtherCluster;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Between nodes: a part of the answer to {@link AskHistory}. Each departure counts by itself, once all of it has come; as a whole they
 * count when all parts have come.
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for
 * @param number that of the question; 0 if nobody asked
 * @param timeMs the cluster's time, as the sender knows it, in milliseconds since 1970
 * @param index of this part, from 0
 * @param parts how many there are
 * @param historyId with the last part: the id of the sender's history; unknown if the sender does not have all of it itself
 * @param horizonMs with the last part: since when it is whole, in milliseconds since 1970
 * @param clusters with the last part: other clusters of which the sender knows (rule M4)
 * @param continued the first departure goes on with the last one of the part before: only some of its streams are in each
 * @param continues the last departure goes on in the next part
 * @param incarnations with the last part: the members that the sender knows, and those that join
 */
public record HistoryPart(
        long fromUid,
        long toUid,
        long number,
        long timeMs,
        int index,
        int parts,
        List<Departure> departures,
        boolean continued,
        boolean continues,
        long historyId,
        long horizonMs,
        List<OtherCluster> clusters,
        Set<Long> incarnations)
        implements NodeMessage {
    /** Departures of one part. */
    public static final int MOST = 64;

    public HistoryPart {
        departures = List.copyOf(departures);
        clusters = List.copyOf(clusters);
        incarnations = Collections.unmodifiableSet(new TreeSet<>(incarnations)); // in one order in every run
    }
}
