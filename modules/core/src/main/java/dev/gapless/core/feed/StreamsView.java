package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import java.util.Map;
import java.util.Set;

/**
 * What a consumer tells any thread of a topic's streams, at one moment. Immutable.
 *
 * @param open streams of members, and those of which it is not settled how they ended
 * @param removed of these and of those that ended when they were removed, by the cluster's time, in milliseconds since 1970; until every
 *     subscription has read the end
 * @param settled those of which it is settled how they ended, until every subscription has read that
 * @param unheard those that the history says are over, and of which nothing has come here: whoever was not told at its start has not passed
 *     them
 * @param remembered the incarnations that ended
 * @param notices how often it was said that something is missed of which nobody knows whose it is
 */
public record StreamsView(
        Map<Epoch, Stream> open,
        Map<Epoch, Long> removed,
        Set<Epoch> settled,
        Set<Epoch> unheard,
        EndedStreams remembered,
        long notices) {
    /** Of a node that is not up. */
    public static final StreamsView NOTHING =
            new StreamsView(Map.of(), Map.of(), Set.of(), Set.of(), EndedStreams.NOTHING, 0);

    public StreamsView {
        open = Map.copyOf(open);
        removed = Map.copyOf(removed);
        settled = Set.copyOf(settled);
        unheard = Set.copyOf(unheard);
    }

    /** Is that the end of an incarnation that was taken for lost before it was a member here, and has come since? */
    public boolean isVoid(FeedEntry.Ended ended) {
        return !ended.end().wasMember() && open.containsKey(ended.stream().epoch());
    }

    /** What is remembered of them. */
    public HistoryView history() {
        return remembered.history();
    }
}
