package dev.gapless.core;

import java.util.List;
import java.util.function.LongPredicate;

/**
 * What a node remembers of the incarnations that ended, at one moment (rule T2). Immutable.
 *
 * @param id by which tokens name it, a {@link HistoryId}; {@link HistoryId#UNKNOWN} as long as it lacks what the others had when it came
 * @param horizonMs since when nothing of it was forgotten, in milliseconds since 1970
 * @param severalClusters was there another cluster, not long ago (rule M4)?
 * @param unannouncedCluster was one heard of which nothing was announced yet? A token may be of its half of a split: none is covered
 * @param departures in the order in which they ended
 * @param clock the cluster's time
 * @param lastPing until when it heard of other members
 * @param marginMs by so much two members may differ about when something happened
 */
public record HistoryView(
        long id,
        long horizonMs,
        boolean severalClusters,
        boolean unannouncedCluster,
        List<Departure> departures,
        Now clock,
        LastPing lastPing,
        long marginMs) {
    /** Of a node that has heard of nobody. */
    public static final HistoryView NOTHING = new HistoryView(
            HistoryId.UNKNOWN, Long.MIN_VALUE, false, false, List.of(), new Now(0, 0), new LastPing(), 0);

    public HistoryView {
        departures = List.copyOf(departures);
    }

    /** The same, as if these had not ended. */
    public HistoryView without(LongPredicate uids) {
        List<Departure> others = departures.stream()
                .filter(departure -> !uids.test(departure.uid()))
                .toList();
        return others.size() == departures.size()
                ? this
                : new HistoryView(
                        id, horizonMs, severalClusters, unannouncedCluster, others, clock, lastPing, marginMs);
    }

    /** Does it have all that the others had when it came? */
    public boolean complete() {
        return id != HistoryId.UNKNOWN;
    }

    /** Does it have everything that ended since that time, for a token of this history? */
    public boolean covers(long historyId, long sinceMs) {
        return complete() && !unannouncedCluster && historyId == id && horizonMs <= sinceMs;
    }

    /**
     * The same for what that token knows. One of a time that has not come yet is of another cluster, which goes on from the same history:
     * this one's members only hear of that.
     */
    public boolean covers(CursorToken token, long nowNs) {
        return covers(token.historyId(), token.timeMs()) && token.timeMs() <= timeMs(nowNs) + marginMs;
    }

    /** A token of that time lists as over what ended later than this. */
    public long listedSinceMs(long timeMs) {
        return timeMs - 2 * marginMs;
    }

    /** May it have ended since that time, by the time of another member? */
    public boolean endedSince(long timeMs, Departure departure) {
        return departure.endedMs() > timeMs - marginMs;
    }

    /**
     * Was it announced since that something of another cluster is missed (rule M4)? Who has a history only now may not have heard it.
     *
     * @param before what this node remembered then
     */
    public boolean announcedSince(HistoryView before) {
        return before.complete() ? HistoryId.count(id) > HistoryId.count(before.id) : complete() && severalClusters;
    }

    /** The cluster's time, in milliseconds since 1970; it goes on with the monotonic clock alone. */
    public long timeMs(long nowNs) {
        return clock.ms() + Math.max(0, nowNs - clock.ns()) / 1_000_000;
    }

    /** Up to when it can know who ended: never later than the last ping of another member, if there is one. */
    public long heardUpToMs(long nowNs) {
        return Math.min(timeMs(nowNs), lastPing.timeMs());
    }
}
