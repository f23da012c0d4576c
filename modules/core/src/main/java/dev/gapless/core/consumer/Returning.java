package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Position;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.subscription.SubscriptionState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that the shared feed can place: whoever comes back with one needs no reader of its own, and nothing is asked of any producer, however
 * many come back at once (rule S5).
 */
final class Returning {
    private Returning() {}

    /**
     * V of a subscription that resumes this token in the shared feed. Null if a producer or the history has something to say of it first: if a
     * producer has not answered, is waited for or has left, or is in another stretch than the token; if the token leaves one out; or if somebody
     * ended whom the token does not know of.
     *
     * @param shared the shared reader, whose feed may still have dropped something that the token lacks
     */
    static @Nullable Vector place(CursorToken token, TopicReader shared, HistoryView history, long nowNs) {
        if (!shared.isWhole() || !knowsAllWhoEnded(token, history, nowNs)) {
            return null;
        }
        // A member that the token says was told as lost has no position there: it is asked first.
        Map<String, Placed> positions = new HashMap<>();
        for (Registration r : shared.withNames()) {
            Position position = token.positions().get(r.node());
            if (position == null || !(r.at() instanceof At at) || !at.epoch().equals(position.epoch())) {
                return null;
            }
            positions.put(r.node(), new At(at.era(), position.sequence()));
        }
        return positions.size() == token.positions().size()
                ? SubscriptionState.startOf(token).with(positions)
                : null;
    }

    private static boolean knowsAllWhoEnded(CursorToken token, HistoryView history, long nowNs) {
        CursorToken.Seen seen = token.seen();
        if (seen == null) {
            return true; // made by hand
        }
        return history.covers(token, nowNs)
                && history.departures().stream()
                        .allMatch(departure -> !history.endedSince(token.timeMs(), departure)
                                || seen.ended().contains(departure.uid()));
    }
}
