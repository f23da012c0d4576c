package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer tells any thread of a topic's streams, at one moment. Immutable.
 *
 * @param open streams of members, and those of which it is not settled how they ended
 * @param removed of these and of those that ended when they were removed, by the cluster's time, in milliseconds since 1970; until every
 *     subscription has read the end
 * @param settled those of which it is settled how they ended, until every subscription has read that
 * @param strangers those that are not over for everybody, of incarnations that were no members here
 * @param unheard those that the history says are over, and of which nothing has come here: whoever was not told at its start has not passed
 *     them
 * @param remembered the incarnations that ended
 * @param stored what the logs of members have of earlier incarnations of their nodes
 * @param notices how often it was said that something is missed of which nobody knows whose it is
 */
public record StreamsView(
        Map<Epoch, Stream> open,
        Map<Epoch, Long> removed,
        Set<Epoch> settled,
        Set<Epoch> strangers,
        Set<Epoch> unheard,
        EndedStreams remembered,
        EarlierStreams stored,
        long notices) {
    /** Of a node that is not up. */
    public static final StreamsView NOTHING =
            new StreamsView(Map.of(), Map.of(), Set.of(), Set.of(), EndedStreams.NOTHING, 0);

    public StreamsView {
        open = Map.copyOf(open);
        removed = Map.copyOf(removed);
        settled = Set.copyOf(settled);
        strangers = Set.copyOf(strangers);
        unheard = Set.copyOf(unheard);
    }

    /** Is that the end of an incarnation that was taken for lost before it was a member here, and has come since? */
    public boolean isVoid(FeedEntry.Ended ended) {
        return !ended.end().wasMember() && open.containsKey(ended.stream().epoch());
    }

    /** Where none is waited for, and none is of a stranger. */
    public StreamsView(
            Map<Epoch, Stream> open,
            Map<Epoch, Long> removed,
            Set<Epoch> settled,
            Set<Epoch> unheard,
            EndedStreams remembered,
            long notices) {
        this(open, removed, settled, Set.of(), unheard, remembered, EarlierStreams.NONE, notices);
    }

    /**
     * Is that a stranger's stream, which does not concern a subscription that stands there? It has nothing of it, and has read something of
     * the member that the node has now: what came before that in the member's log is over for it.
     */
    public boolean isPassed(Frontier at, Stream stream) {
        return strangers.contains(stream.epoch()) && at.get(stream) == null && isAtAMember(at, stream.node());
    }

    /**
     * Does nothing more come of a stream that was announced as lost? So it is where a later log has it: what a feed has of it may begin further
     * behind. If its incarnation turns out to be a member, it goes on.
     */
    public boolean staysLost(Place place) {
        return place.kind() == Place.Kind.LOST
                && strangers.contains(place.stream().epoch());
    }

    /** Is its incarnation a member here, or was it one, as far as that counts yet? */
    boolean wasMember(Epoch stream) {
        return open.containsKey(stream) || removed.containsKey(stream);
    }

    /** Has it read something of the stream that a member of that name has? What lies before that in the member's log is passed. */
    public boolean isAtAMember(Frontier at, String node) {
        for (Place place : at.places()) {
            Epoch epoch = place.stream().epoch();
            boolean isMember = open.containsKey(epoch) && !removed.containsKey(epoch);
            if (isMember
                    && !place.over()
                    && place.sequence() > 0
                    && place.stream().node().equals(node)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Is there, or was there, such a stream, of a node of that name? A member has it or had it, the history remembers it, or a log has it. That
     * a token names it is not enough.
     */
    public boolean knows(Epoch stream, @Nullable String node) {
        Stream member = open.get(stream);
        EndedStreams.Gone gone = remembered.get(stream);
        return (member != null && member.node().equals(node))
                || (gone != null && gone.stream().node().equals(node))
                || stored.has(stream, node);
    }

    /** What is remembered of them. */
    public HistoryView history() {
        return remembered.history();
    }
}
