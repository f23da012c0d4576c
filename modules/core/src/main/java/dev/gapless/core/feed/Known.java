package dev.gapless.core.feed;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a feed tells any thread about its producers, at one moment. Immutable.
 *
 * @param origins where each producer's stream first began in the feed, unless it began with an expiry, which nobody must skip
 * @param newest of each producer a position in the stretch that it is in, or the end that it has come to
 * @param mustBeListed producers that a token must list whatever was read of them: without a position yet, or still there after their end
 * @param passed which incarnations that ended lie behind, and where
 */
public record Known(Map<String, At> origins, Map<String, Placed> newest, Set<String> mustBeListed, Passed passed) {
    static final Known NOBODY = new Known(Map.of(), Map.of(), Set.of(), Passed.NOTHING);

    /** Where a producer's stream began. */
    Known began(At origin) {
        Map<String, At> more = new HashMap<>(origins);
        more.put(origin.node(), origin);
        return new Known(Map.copyOf(more), newest, mustBeListed, passed);
    }

    /** A producer went on in another stretch, or came to its end. */
    Known wentTo(Placed position) {
        Map<String, Placed> more = new HashMap<>(newest);
        more.put(position.node(), position);
        return new Known(origins, Map.copyOf(more), mustBeListed, passed);
    }

    Known with(Set<String> nodes, Passed more) {
        return new Known(origins, newest, nodes, more);
    }

    Known without(Set<String> nodes) {
        Map<String, At> fewerOrigins = new HashMap<>(origins);
        fewerOrigins.keySet().removeAll(nodes);
        Map<String, Placed> fewer = new HashMap<>(newest);
        fewer.keySet().removeAll(nodes);
        return new Known(Map.copyOf(fewerOrigins), Map.copyOf(fewer), mustBeListed, passed);
    }

    /**
     * Where a subscription with these positions stands; null if nothing of that producer has come. Of one that answered after the subscription was
     * opened it is where its stream began in the feed.
     */
    public @Nullable Placed where(String node, Vector positions) {
        Placed position = positions.get(node);
        return position == null ? origins.get(node) : position;
    }
}
