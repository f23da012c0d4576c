package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogEnd;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.member.MemberEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a reader that begins in the past is told of incarnations that ended by now (rule T2). Used once. */
final class Past {
    private final String topic;
    private final HistoryView history;
    private final Set<Long> present = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> over;
    private final FeedWriter writer;
    private final Now now;
    private final Set<Long> told = new HashSet<>();
    private final Set<Long> gone = new HashSet<>();
    private long unknown;

    /**
     * @param over producers that the reader takes for over from the start
     */
    Past(String topic, HistoryView history, List<MemberEvent> members, Set<String> over, FeedWriter writer, Now now) {
        this.over = over;
        this.topic = topic;
        this.history = history;
        this.writer = writer;
        this.now = now;
        for (MemberEvent event : members) {
            present.add(event.uid());
            if (event instanceof MemberEvent.Present joined) {
                names.add(joined.address());
            } else if (event instanceof MemberEvent.Named named) {
                names.add(named.node());
            }
        }
    }

    /** Those that it was told of. */
    Set<Long> told() {
        return told;
    }

    /** Of these those that said farewell. Another one may live: who shuts down takes all others for removed, and says so if asked. */
    Set<Long> gone() {
        return gone;
    }

    /** The index of the entry that says that nobody knows who came and went; 0 if there is none. */
    long unknown() {
        return unknown;
    }

    /** Tells what a token lacks. {@return the positions that only their producers can answer for} */
    Map<String, @Nullable Position> resume(CursorToken token) {
        Map<String, @Nullable Position> open = new HashMap<>(token.positions());
        CursorToken.Seen seen = token.seen();
        if (seen == null) {
            return open; // made by hand
        }
        boolean covered = history.covers(token, now.ns());
        if (!covered) {
            unknown = writer.unknown(now.ms());
        }
        for (Departure departure : history.departures()) {
            if (!present.contains(departure.uid())) {
                endsWithin(open, departure);
            }
        }
        if (!covered) {
            return open;
        }
        for (Departure departure : history.departures()) {
            if (!seen.ended().contains(departure.uid()) && !isToldOtherwise(open, seen, departure)) {
                Position reached = token.reachedIn(departure.endOf(topic)); // one that was told as lost
                tell(departure, reached, token.timeMs(), open.keySet());
            }
        }
        unanswered(open, seen, token.timeMs());
        return open;
    }

    /** Is it known how the life ended that this position is of? */
    private void endsWithin(Map<String, @Nullable Position> open, Departure departure) {
        String node = positionOf(open, departure);
        Position position = node == null ? null : open.get(node);
        LogEnd end = departure.endOf(topic);
        if (node != null && position != null && end != null && position.sequence() <= end.head()) {
            if (writer.endedAfter(node, departure.uid(), end, position, present, now.ms())) {
                open.remove(node);
                told.add(departure.uid());
                gone.add(departure.uid());
            }
        }
    }

    /**
     * Those that the token lists without a position, where nobody has that name, and each life that had it since said farewell: nobody is
     * waited for. Lives of before are told by this, too.
     */
    private void unanswered(Map<String, @Nullable Position> open, CursorToken.Seen seen, long sinceMs) {
        for (String node : new TreeSet<>(open.keySet())) {
            if (open.get(node) != null || names.contains(node)) {
                continue;
            }
            List<Departure> since = history.departures().stream()
                    .filter(departure -> departure.node().equals(node)
                            && history.endedSince(sinceMs, departure)
                            && !seen.ended().contains(departure.uid())
                            && !present.contains(departure.uid()))
                    .toList();
            if (!since.isEmpty() && since.stream().allMatch(departure -> departure.published() != null)) {
                open.remove(node);
                writer.lost(node, now.ms());
                since.forEach(departure -> told.add(departure.uid()));
            }
        }
    }

    /** Does what the token lists tell of it, once the producers have answered or were waited for? */
    private boolean isToldOtherwise(Map<String, @Nullable Position> open, CursorToken.Seen seen, Departure departure) {
        String node = departure.node();
        boolean isWithoutPosition = open.containsKey(node) && open.get(node) == null;
        // By its uid: members that it never told its name know it by its address alone.
        boolean isListed =
                open.keySet().stream().anyMatch(one -> seen.lives().getOrDefault(one, 0L) == departure.uid());
        return isListed || isWithoutPosition || positionOf(open, departure) != null;
    }

    /** Under which name the token has a position of that life, if it has; the members may know it by its address alone. */
    private @Nullable String positionOf(Map<String, @Nullable Position> open, Departure departure) {
        LogEnd end = departure.endOf(topic);
        if (end != null) {
            for (Map.Entry<String, @Nullable Position> entry : open.entrySet()) {
                Position position = entry.getValue();
                if (position != null && position.epoch().equals(end.log().epoch())) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    /** Tells what ended since that time. */
    void since(long timeMs) {
        if (!history.complete() || history.severalClusters()) {
            unknown = writer.unknown(now.ms());
        }
        if (history.complete()) {
            history.departures().forEach(departure -> tell(departure, null, timeMs, Set.of()));
        }
    }

    private void tell(Departure departure, @Nullable Position reached, long sinceMs, Set<String> open) {
        if (history.endedSince(sinceMs, departure) && !present.contains(departure.uid()) && told.add(departure.uid())) {
            boolean alone = open.contains(departure.node()) || over.contains(departure.node());
            writer.departed(departure, alone, reached, now.ms());
            if (departure.published() != null) {
                gone.add(departure.uid());
            }
        }
    }
}
