package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Known;
import dev.gapless.core.feed.Passed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription knows of incarnations that ended, beside what the feed says that it reads (rule T2). Immutable.
 *
 * @param token where it began; null if it began without
 * @param ended those that it had passed when it began, or in a feed that it read before
 * @param lost producers that it was told as lost, the newest first, each name once
 */
record Remembered(@Nullable CursorToken token, Set<Long> ended, List<CursorToken.Lost> lost) {
    static final Remembered NOTHING = new Remembered(null, Set.of(), List.of());

    /**
     * What a token says.
     *
     * @param timeMs up to when it knows which incarnations ended
     */
    record Said(long timeMs, CursorToken.@Nullable Seen seen) {}

    static Remembered of(CursorToken token) {
        CursorToken.Seen seen = token.seen();
        return new Remembered(token, seen == null ? Set.of() : seen.ended(), newest(List.of(), token.lost()));
    }

    /** The life that this position is of, by its epoch; 0 if that is not known. */
    long lifeOf(Placed position) {
        boolean isOfTheStart = position instanceof End end && end.toldBy() == End.ToldBy.START;
        if (position instanceof At || (position.uid() != 0 && !isOfTheStart)) {
            return position.uid();
        }
        for (CursorToken.Lost one : lost) {
            if (one.node().equals(position.node()) && one.position().epoch().equals(position.epoch())) {
                return one.uid();
            }
        }
        CursorToken.Seen seen = token == null ? null : token.seen();
        Position from = token == null ? null : token.positions().get(position.node());
        boolean same = from != null && from.epoch().equals(position.epoch());
        return seen == null || !same ? 0 : seen.lives().getOrDefault(position.node(), 0L);
    }

    /** The same, and those that a reader has passed that has dealt with everything before this index: it goes over to another feed. */
    Remembered and(Passed passed, long index) {
        Set<Long> all = new HashSet<>(ended);
        all.addAll(passed.before(index));
        if (passed.history().complete()) {
            Set<Long> known = new HashSet<>();
            passed.history().departures().forEach(departure -> known.add(departure.uid()));
            all.retainAll(known);
        }
        return new Remembered(token, Set.copyOf(all), lost);
    }

    /**
     * The same, and the producers that a reload says are lost, which has succeeded: in another cluster, or where nobody has heard of it yet,
     * they may live on.
     *
     * @param here during the reload
     */
    Remembered told(Standing here) {
        Vector at = here.positions();
        Known known = here.feed().known();
        List<CursorToken.Lost> more = new ArrayList<>();
        here.underWay().upTo().forEach((node, to) -> {
            Placed reached = known.where(node, at);
            Position last = to.position();
            // Of any other life it has got nothing that could come twice.
            if (reached != null && last != null && isOpen(to) && last.epoch().equals(reached.epoch())) {
                long uid = lifeOf(reached);
                if (uid != 0) {
                    more.add(new CursorToken.Lost(node, uid, last));
                }
            }
        });
        List<CursorToken.Lost> before = new ArrayList<>();
        lost.forEach(one -> before.add(furthest(one, here.underWay().upTo())));
        return more.isEmpty() && before.equals(lost) ? this : new Remembered(token, ended, newest(more, before));
    }

    /** Who was told as lost may be told to its last message afterwards. */
    private static CursorToken.Lost furthest(CursorToken.Lost one, Map<String, Placed> upTo) {
        for (Placed to : upTo.values()) {
            if (to instanceof End end && end.isSaidOf(End.ofToken(one))) {
                return new CursorToken.Lost(one.node(), one.uid(), Objects.requireNonNull(end.last()));
            }
        }
        return one;
    }

    /** Is that the end of a producer of which nobody knows what else it published? */
    private static boolean isOpen(Placed to) {
        return to instanceof End end && !end.exact() && end.hasPublished();
    }

    private static List<CursorToken.Lost> newest(List<CursorToken.Lost> newer, List<CursorToken.Lost> older) {
        Map<String, CursorToken.Lost> byNode = new LinkedHashMap<>();
        newer.forEach(lost -> byNode.put(lost.node(), lost));
        older.forEach(lost -> byNode.putIfAbsent(lost.node(), lost));
        return byNode.values().stream().limit(Limits.MAX_TOKEN_LOST).toList();
    }

    /** What a token says that has these positions: also who was told as lost. */
    CursorToken.@Nullable Seen withLost(CursorToken.@Nullable Seen seen, Map<String, @Nullable Position> positions) {
        return seen == null
                ? null
                : seen.withLost(lost.stream()
                        .filter(one -> positions.get(one.node()) == null)
                        .limit(Limits.MAX_TOKEN_LOST)
                        .toList());
    }

    /**
     * What a token says that is taken of a reader that has dealt with everything before this index. As long as there is anything that it
     * has not passed, the token knows of no more than before that.
     */
    Said at(long index, Passed passed, Map<String, Long> lives, Now now) {
        HistoryView history = passed.history();
        if (!history.complete() || passed.unknown() >= index) {
            // One that was made by hand says nothing of whom it does not list. Once it is read on from, that is not
            // enough.
            if (token == null || (token.seen() == null && !passed.equals(Passed.NOTHING))) {
                return new Said(now.ms(), new CursorToken.Seen(0, lives, Set.of()));
            }
            CursorToken.Seen seen = token.seen();
            return new Said(
                    token.timeMs(), seen == null ? null : new CursorToken.Seen(seen.historyId(), lives, seen.ended()));
        }
        List<Departure> departures = history.departures();
        long timeMs = history.timeMs(now.ns());
        for (Departure departure : departures) {
            if (!isBehind(departure, index, passed)) {
                timeMs = Math.min(timeMs, departure.endedMs());
            }
        }
        long since = timeMs - 2 * history.marginMs();
        Set<Long> latest = new HashSet<>();
        for (int i = departures.size() - 1; i >= 0 && latest.size() < Limits.MAX_TOKEN_ENDED; i--) {
            Departure departure = departures.get(i);
            if (departure.endedMs() > since && isBehind(departure, index, passed)) {
                latest.add(departure.uid());
            }
        }
        // Whoever has forgotten some of these cannot name them, and others may remember them still.
        boolean knowsAll = history.covers(history.id(), timeMs);
        return new Said(timeMs, new CursorToken.Seen(knowsAll ? history.id() : 0, lives, latest));
    }

    private boolean isBehind(Departure departure, long index, Passed passed) {
        return ended.contains(departure.uid()) || passed.isBefore(departure.uid(), index);
    }
}
