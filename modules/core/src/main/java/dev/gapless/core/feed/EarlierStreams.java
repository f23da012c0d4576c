package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import java.util.List;
import java.util.Map;

/**
 * What the logs of durable nodes have of streams of earlier incarnations, as their members said (rule D7). Immutable.
 *
 * @param logs by the members' own streams: the earlier ones of their logs, the oldest first
 * @param heads the last sequence that the nodes' logs have of each; 0 of one that they have lost
 */
public record EarlierStreams(Map<Epoch, List<Stream>> logs, Map<Epoch, Long> heads) {
    public static final EarlierStreams NONE = new EarlierStreams(Map.of(), Map.of());

    public EarlierStreams {
        logs = Map.copyOf(logs);
        heads = Map.copyOf(heads);
    }

    /** What lies in front of a member's own stream in its log. */
    List<Stream> before(Epoch own) {
        return logs.getOrDefault(own, List.of());
    }

    /** Has whoever stands there read a stream to its end, and further than the node's log has it by now? Else its reader finds that. */
    public boolean hasLostOf(Frontier at) {
        if (!heads.isEmpty()) {
            for (Place place : at.places()) {
                if (hasLostOf(place)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Is that place behind what the node's log has? */
    public boolean hasLostOf(Place place) {
        Long head = heads.get(place.stream().epoch());
        return head != null && place.over() && place.sequence() > head;
    }

    /** The same place, or the last one in front of it that the node's log has. */
    public Place upTo(Place place) {
        Long head = heads.get(place.stream().epoch());
        return head == null || place.sequence() <= head ? place : new Place(place.stream(), head, place.kind());
    }

    /** May whoever stands there not be given these? The node's log has lost them, or they come too late. */
    public boolean forbids(Frontier at, FeedEntry.Messages messages) {
        Long head = heads.get(messages.stream().epoch());
        return head != null && (messages.lastSequence() > head || isTooLate(at, messages.stream()));
    }

    /** Has it read something that lies behind that stream in a log? Then what is left of the stream comes too late for it. */
    public boolean isTooLate(Frontier at, Stream stream) {
        for (Map.Entry<Epoch, List<Stream>> log : logs.entrySet()) {
            boolean isInFront = false;
            for (Stream one : log.getValue()) {
                if (isInFront && isRead(at, one.epoch())) {
                    return true;
                }
                isInFront |= one.epoch().equals(stream.epoch());
            }
            if (isInFront && isRead(at, log.getKey())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRead(Frontier at, Epoch stream) {
        Place place = at.get(stream);
        return place != null && place.sequence() > 0;
    }
}
