package dev.gapless.core;

import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * What a node remembers of the incarnations that ended, at one moment (rule T2). Immutable.
 *
 * @param complete does it have all that the others had when it came?
 * @param horizons for each history that it goes on from, by its id, since when nothing of it was forgotten, in milliseconds since 1970
 * @param departures in the order in which they ended
 * @param clock the cluster's time
 * @param marginMs by so much two members may differ about when something happened
 */
public record HistoryView(
        boolean complete, Map<Long, Long> horizons, List<Departure> departures, Now clock, long marginMs) {
    /** Of a node that has heard of nobody. */
    public static final HistoryView NOTHING = new HistoryView(false, Map.of(), List.of(), new Now(0, 0), 0);

    public HistoryView {
        horizons = Map.copyOf(horizons);
        departures = List.copyOf(departures);
    }

    /** The same, as if these had not ended. */
    public HistoryView without(LongPredicate uids) {
        List<Departure> others = departures.stream()
                .filter(departure -> !uids.test(departure.uid()))
                .toList();
        return others.size() == departures.size() ? this : new HistoryView(complete, horizons, others, clock, marginMs);
    }

    /** Does it have everything that ended since that time, for a token of this history? */
    public boolean covers(long historyId, long sinceMs) {
        Long horizon = horizons.get(historyId);
        return complete && horizon != null && horizon <= sinceMs;
    }

    /**
     * The same for what that token knows. One of a time that has not come yet is of another cluster, which goes on from the same history:
     * this one's members only hear of that.
     */
    public boolean covers(CursorToken token, long nowNs) {
        CursorToken.Seen seen = token.seen();
        return seen != null && covers(seen.historyId(), token.timeMs()) && token.timeMs() <= timeMs(nowNs) + marginMs;
    }

    /** May it have ended since that time, by the time of another member? */
    public boolean endedSince(long timeMs, Departure departure) {
        return departure.endedMs() > timeMs - marginMs;
    }

    /** The id by which tokens name it; 0 while it is not complete. */
    public long id() {
        return complete ? horizons.keySet().stream().mapToLong(id -> id).min().orElse(0) : 0;
    }

    /** The cluster's time, in milliseconds since 1970; it goes on with the monotonic clock alone. */
    public long timeMs(long nowNs) {
        return clock.ms() + Math.max(0, nowNs - clock.ns()) / 1_000_000;
    }
}
