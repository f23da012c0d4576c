package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.feed.Passed;
import dev.gapless.core.feed.Unplaced;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription knows of incarnations that ended, beside what the feed says that it reads (rule T2). Immutable.
 *
 * @param token where it began; null if it began without
 * @param ended those that it had passed when it began, or in a feed that it read before
 */
record Remembered(@Nullable CursorToken token, Set<Long> ended) {
    static final Remembered NOTHING = new Remembered(null, Set.of());

    /**
     * What a token says.
     *
     * @param timeMs up to when it knows which incarnations ended
     */
    record Said(long timeMs, CursorToken.@Nullable Seen seen) {}

    static Remembered of(CursorToken token) {
        CursorToken.Seen seen = token.seen();
        return new Remembered(token, seen == null ? Set.of() : seen.ended());
    }

    /** The life that the token's position of that producer is of, if this is that position; 0 if that is not known. */
    long lifeOf(Unplaced position) {
        CursorToken.Seen seen = token == null ? null : token.seen();
        boolean same =
                token != null && position.position().equals(token.positions().get(position.node()));
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
        return new Remembered(token, Set.copyOf(all));
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
                return new Said(now.ms(), CursorToken.Seen.NOTHING);
            }
            return new Said(token.timeMs(), token.seen());
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
        return new Said(timeMs, new CursorToken.Seen(history.id(), lives, latest));
    }

    private boolean isBehind(Departure departure, long index, Passed passed) {
        return ended.contains(departure.uid()) || passed.isBefore(departure.uid(), index);
    }
}
