package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription that stands at V is told in one reload: of each producer all expiries, up to the last of its own (rule S3).
 * Not thread-safe.
 */
final class Expiries {
    private final Feed feed;
    private final Vector at;
    private final List<CursorToken.Lost> lost;
    private final Map<String, Expiry> byNode = new LinkedHashMap<>();

    /** One producer's. */
    private record Expiry(Placed to, Reason reason, long timeMs, boolean severalEpochs) {
        Expiry(FeedEntry.Expired last, @Nullable Expiry before, boolean begins) {
            this(last.after(), last.reason(), last.timeMs(), concernsSeveral(last, before, begins));
        }

        /** It is not told as one that left: that is told otherwise. */
        boolean isLoss() {
            return reason == Reason.PRODUCER_LOST;
        }

        private static boolean concernsSeveral(FeedEntry.Expired last, @Nullable Expiry before, boolean begins) {
            return before == null
                    ? begins && last.reason() == Reason.POSITION_UNKNOWN // the token may be of another life
                    : before.severalEpochs || !before.to.isLevelWith(last.after());
        }
    }

    /**
     * What they come to.
     *
     * @param gaps empty if V has passed them all; in the order of their nodes' names
     * @param upTo where V goes on after them
     * @param timeMs when the last of them became known, in milliseconds since 1970
     * @param left ends of producers of which nothing is missed: they left, and V has all that they published
     */
    record Missed(List<Gap> gaps, Map<String, Placed> upTo, long timeMs, List<End> left) {}

    /** @param lost where it was in lives that it was told are lost, whatever V has of their producers since */
    Expiries(Feed feed, Vector at, List<CursorToken.Lost> lost) {
        this.feed = feed;
        this.at = at;
        this.lost = lost;
    }

    void add(Placed to, Reason reason) {
        byNode.put(to.node(), new Expiry(to, reason, 0, false));
    }

    /** The next one in the feed. */
    void add(FeedEntry.Expired expired) {
        String node = expired.node();
        Expiry known = byNode.get(node);
        Placed before = known == null ? expired.place(feed.where(node, at)) : known.to();
        if (expired.after().isBeyond(before)) {
            byNode.put(node, new Expiry(expired, known, before == null));
        }
    }

    /** All that the feed has from this index on. */
    void addFrom(long index) {
        long last = feed.lastNotice();
        long i = index;
        while (i <= last) {
            FeedEntry entry = feed.get(i);
            if (entry instanceof FeedEntry.Expired expired) {
                add(expired);
            }
            i = entry == null ? Math.max(i + 1, feed.oldest()) : entry.last() + 1;
        }
    }

    /** What fell out of the feed. Returns the ends that lie in it, of producers that left in good order. */
    List<End> addOvertaken(Feed.Overtaken overtaken) {
        List<End> ends = new ArrayList<>();
        overtaken.bases().positions().forEach((node, base) -> {
            Placed position = feed.where(node, at);
            if (base.isBeyond(position)) {
                boolean left = overtaken.left().contains(node);
                Reason reason = left ? Reason.OVERRUN : reason(position, base);
                byNode.put(node, new Expiry(base, reason, 0, position == null));
                if (left && base instanceof End end && end.hasPublished()) {
                    ends.add(end);
                }
            }
        });
        return ends;
    }

    private static Reason reason(@Nullable Placed position, Placed base) {
        if (base instanceof End) {
            return Reason.PRODUCER_LOST;
        }
        boolean same = position == null || position instanceof End || position.isLevelWith(base);
        return same ? Reason.OVERRUN : Reason.PRODUCER_RESTARTED;
    }

    /** By the names of the nodes; of one node lives that are told alone, which are over, come before that which goes on. */
    private List<Map.Entry<String, Expiry>> inOrder() {
        List<Map.Entry<String, Expiry>> entries = new ArrayList<>(byNode.entrySet());
        entries.sort(Comparator.comparing((Map.Entry<String, Expiry> entry) -> Departure.nodeOf(entry.getKey()))
                .thenComparing(entry -> !Departure.isAside(entry.getKey())));
        return entries;
    }

    Missed missed() {
        Set<Gap> gaps = new LinkedHashSet<>(); // of a node that crashes again and again nothing is known each time
        Map<String, Placed> upTo = new HashMap<>();
        List<End> left = new ArrayList<>();
        long timeMs = 0;
        for (Map.Entry<String, Expiry> entry : inOrder()) {
            Expiry expiry = entry.getValue();
            Placed reached = feed.where(entry.getKey(), at);
            if (reached instanceof Unplaced unplaced
                    && expiry.to() instanceof At to
                    && isPassed(unplaced, to, expiry)) {
                upTo.put(entry.getKey(), new At(to.era(), unplaced.sequence()));
                continue;
            }
            List<Gap> ofIt = reached == null && expiry.severalEpochs()
                    ? Gaps.unnumbered(expiry.to(), expiry.reason())
                    : Gaps.between(whereLost(reached, expiry.to()), expiry.to(), expiry.reason());
            gaps.addAll(ofIt);
            upTo.put(entry.getKey(), passed(reached, expiry.to()));
            if (ofIt.isEmpty() && expiry.isLoss() && expiry.to() instanceof End end) {
                left.add(end);
            }
            timeMs = Math.max(timeMs, expiry.timeMs());
        }
        return new Missed(List.copyOf(gaps), upTo, timeMs, List.copyOf(left));
    }

    /** A life may turn up that was told as lost, and behind which V has only the end of another one, or of nobody knows which. */
    private @Nullable Placed whereLost(@Nullable Placed reached, Placed to) {
        if (to instanceof At here && reached instanceof End end && !here.epoch().equals(end.epoch())) {
            for (CursorToken.Lost one : lost) {
                if (one.position().epoch().equals(here.epoch())) {
                    return End.ofToken(one);
                }
            }
        }
        return reached;
    }

    /** Has a reload passed this expiry before the producer answered for the token's position? */
    private static boolean isPassed(Unplaced reached, At to, Expiry expiry) {
        return reached.epoch().equals(to.epoch())
                && reached.sequence() >= to.sequence()
                && expiry.reason() != Reason.POSITION_UNKNOWN;
    }

    /**
     * At an end it keeps the furthest position that is known: should that life not be over after all, it goes on there. The
     * feed may have got less of it than a catch-up reader, or nothing of the life that ended.
     */
    private static Placed passed(@Nullable Placed reached, Placed to) {
        if (!(to instanceof End end) || reached == null || reached.position() == null) {
            return to;
        }
        boolean further = end.last() == null
                ? !(reached instanceof End before && before.isOfToken()) // it may have got later lives since
                : end.last().epoch().equals(reached.epoch()) && reached.sequence() > end.sequence();
        return further
                ? new End(
                        end.node(),
                        end.number(),
                        reached.position(),
                        reached.first(),
                        reached.uid(),
                        false,
                        toldBy(reached))
                : end;
    }

    /** A position that only a catch-up reader took for the last stays one. */
    private static End.ToldBy toldBy(Placed reached) {
        return reached instanceof End before && before.toldBy() != End.ToldBy.FEED
                ? End.ToldBy.CATCH_UP
                : End.ToldBy.FEED;
    }
}
