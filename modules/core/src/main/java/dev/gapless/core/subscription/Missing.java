package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.Base;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscription that stands at the frontier is told in one reload: of each stream all that is missing, up to the last notice (rule S3). Not thread-safe. */
final class Missing {
    /** Of one node those that are over come first. */
    private static final Comparator<FeedEntry> BY_NODE =
            Comparator.comparing(FeedEntry::node).thenComparing(notice -> !(notice instanceof FeedEntry.Ended));

    private final Frontier at;
    private final StreamsView known;
    /** The last one of each stream, an expiry or an end. */
    private final Map<Epoch, FeedEntry> notices = new LinkedHashMap<>();
    /** Of which that is told whatever else was. */
    private final Set<Epoch> lost = new HashSet<>();
    /** Where it stands in streams of which the frontier does not say it. */
    private final Map<Epoch, Place> from = new HashMap<>();

    /**
     * What they come to.
     *
     * @param gaps empty if the frontier has passed them all; in the order of their nodes' names
     * @param upTo where the frontier goes on behind them
     * @param early producers that left in good order, and of which the frontier has all; to be told in front of gaps of what came after them there
     * @param left other producers that left in good order, and of which the frontier has all, or was told what it lacks
     * @param timeMs when the last of them became known, in milliseconds since 1970
     */
    record Announced(
            List<Gap> gaps, Map<Epoch, Place> upTo, List<Step.Left> early, List<Step.Left> left, long timeMs) {}

    Missing(Frontier at, StreamsView known) {
        this.at = at;
        this.known = known;
    }

    /** Where all ends count. */
    Missing(Frontier at) {
        this(at, StreamsView.NOTHING);
    }

    void add(FeedEntry notice) {
        if (lost.contains(notice.stream().epoch())) {
            return; // that is the last of it
        }
        FeedEntry before = notices.put(notice.stream().epoch(), notice);
        if (before instanceof FeedEntry.Expired expired
                && expired.isSetBack()
                && sequence(notice.stream()) == expired.from()) {
            // It stood where its producer never was: of what comes behind that nobody can say how much is missing.
            from.put(notice.stream().epoch(), Place.at(notice.stream(), Place.UNKNOWN));
        }
    }

    /** A stream ended of which nothing is in the feed. */
    void add(Stream stream, End end) {
        add(new FeedEntry.Ended(0, stream, Place.UNKNOWN, end, true));
    }

    /** Nothing more of it is given, since a later incarnation's log has lost that, or it comes too late. */
    void addLost(Stream stream) {
        add(stream, End.lost(0));
        lost.add(stream.epoch());
    }

    /** All of which the logs of nodes have less than it has. */
    void addLost() {
        at.places().stream()
                .filter(place -> known.stored().hasLostOf(at, place))
                .map(Place::stream)
                .forEach(this::addLost);
    }

    /** It goes on behind this sequence: what should never be missing is. */
    void addHole(Stream stream, long to) {
        add(new FeedEntry.Expired(0, stream, Place.UNKNOWN, to, Reason.POSITION_UNKNOWN, 0));
    }

    /** All notices that the feed has from this index on, but for ends in front of which nothing is missing. */
    void addFrom(Feed feed, long index) {
        Set<String> later = new HashSet<>();
        long last = feed.lastNotice();
        long i = index;
        while (i <= last) {
            FeedEntry entry = feed.get(i);
            if (entry != null && later.contains(entry.stream().node())) {
                // of a stream behind one whose end is read first
            } else if (entry != null
                    && !at.isOver(entry.stream())
                    && known.stored().forbids(at, entry)) {
                addLost(entry.stream());
            } else if (entry instanceof FeedEntry.Expired expired && expired.isSetBack()) {
                later.add(expired.stream()
                        .node()); // what came before that is read first, or is missed for another reason
            } else if (entry instanceof FeedEntry.Expired expired) {
                begins(expired);
                add(expired);
            } else if (entry instanceof FeedEntry.Ended ended && (!ended.isComplete() || isReached(ended))) {
                add(ended);
            } else if (entry instanceof FeedEntry.Ended ended && !at.isOver(ended.stream())) {
                later.add(ended.stream().node());
            } else if (entry instanceof FeedEntry.Began began) {
                begins(began);
            }
            i = entry == null ? Math.max(i + 1, feed.oldest()) : entry.last() + 1;
        }
    }

    /** Did a later incarnation go on with it, and is nothing of it left to be read when all that is missing was told? */
    private boolean isReached(FeedEntry.Ended ended) {
        boolean isTold = notices.get(ended.stream().epoch()) instanceof FeedEntry.Expired expired
                && !expired.isSetBack()
                && expired.to() == ended.at();
        return ended.end().hasGoneOn()
                && (isTold || (!at.isOver(ended.stream()) && sequence(ended.stream()) == ended.at()));
    }

    private void begins(FeedEntry.Began began) {
        Place place = at.get(began.stream());
        if (known.isPassed(at, began.stream())) {
            return;
        }
        if (place == null || place.isAwaited() || place.isOverUnlessStored()) {
            from.putIfAbsent(began.stream().epoch(), Place.at(began.stream(), began.at()));
        } else if (isUnknown(began.stream())) {
            addHole(began.stream(), began.at());
        }
    }

    /** One that a log has lost something of is there, too. */
    private void begins(FeedEntry.Expired expired) {
        Place place = at.get(expired.stream());
        if (place != null && place.isOverUnlessStored()) {
            from.putIfAbsent(expired.stream().epoch(), Place.at(expired.stream(), Place.AWAITED));
        }
    }

    /**
     * What fell out of the feed.
     *
     * @param index from there on it had read nothing
     */
    void addOvertaken(Feed.Overtaken overtaken, long index) {
        for (Base base : overtaken.bases()) {
            Stream stream = base.stream();
            Place place = at.get(stream);
            boolean begins =
                    place == null ? !known.isPassed(at, stream) : place.isAwaited() || place.isOverUnlessStored();
            if (begins && (base.began() >= 0 || (place != null && base.at() >= 0))) {
                from.put(stream.epoch(), Place.at(stream, Math.max(base.began(), Place.AWAITED)));
            }
            boolean isBack = base.leadsBack(sequence(stream), index);
            if (isBack) {
                from.put(stream.epoch(), Place.at(stream, Place.UNKNOWN));
            }
            if (base.ended() != null) {
                add(base.ended());
            } else if (isBack) {
                addHole(stream, base.at());
            } else if (base.at() >= 0 && base.at() > sequence(stream) && !known.isPassed(at, stream)) {
                add(new FeedEntry.Expired(0, stream, Place.UNKNOWN, base.at(), Reason.OVERRUN, 0));
            }
        }
    }

    /** One that was announced as lost is over, unless its incarnation has turned out to be there. */
    private boolean isOver(FeedEntry notice) {
        if (lost.contains(notice.stream().epoch())) {
            return false;
        }
        boolean isVoid = notice instanceof FeedEntry.Ended ended && known.isVoid(ended);
        if (isVoid || known.isPassed(at, notice.stream())) {
            return true;
        }
        Place place = from.getOrDefault(notice.stream().epoch(), at.get(notice.stream()));
        boolean isOfAStranger =
                notice instanceof FeedEntry.Ended ended && !ended.end().wasMember();
        return place == null
                ? isOfAStranger // another one's token named it
                : place.kind() == Place.Kind.OVER
                        || (place.kind() == Place.Kind.LOST && isOfAStranger)
                        || known.staysLost(place);
    }

    private boolean isUnknown(Stream stream) {
        Place place = at.get(stream);
        return place != null && !place.over() && place.sequence() == Place.UNKNOWN;
    }

    private @Nullable Place place(Stream stream) {
        Place place = from.getOrDefault(stream.epoch(), at.get(stream));
        return place == null || !place.over() ? place : place.returned();
    }

    private long sequence(Stream stream) {
        Place place = place(stream);
        return place == null ? 0 : place.sequence();
    }

    Announced announced() {
        List<FeedEntry> inOrder = new ArrayList<>(notices.values());
        inOrder.sort(BY_NODE);
        List<Gap> gaps = new ArrayList<>();
        Map<Epoch, Place> upTo = new HashMap<>(from);
        List<Step.Left> early = new ArrayList<>();
        List<Step.Left> left = new ArrayList<>();
        long timeMs = 0;
        for (FeedEntry notice : inOrder) {
            if (!isOver(notice)) {
                int lefts = left.size();
                Gap gap = notice instanceof FeedEntry.Ended ended
                        ? ended(ended, upTo, left)
                        : expired((FeedEntry.Expired) notice, upTo);
                if (gap != null) {
                    if (notice instanceof FeedEntry.Ended) {
                        upTo.computeIfPresent(
                                gap.epoch(), (epoch, place) -> known.stored().announced(at, place));
                    }
                    goesInFront(left.subList(0, lefts), gap, gaps, early);
                    gaps.add(gap);
                    timeMs = Math.max(timeMs, timeMs(notice));
                }
            }
        }
        gaps.replaceAll(this::behindWhatWasRead);
        return new Announced(leadingOn(gaps, at.with(upTo)), upTo, early, left, timeMs);
    }

    /** A gap that leads on to a stream of which something was read goes on behind that. */
    private Gap behindWhatWasRead(Gap gap) {
        Position to = gap.resumesAt();
        if (to == null || to.epoch().equals(gap.epoch())) {
            return gap;
        }
        Place place = at.get(to.epoch());
        if (place == null || place.sequence() < to.sequence()) {
            return gap;
        }
        Position behind = new Position(to.epoch(), place.sequence() + 1);
        return new Gap(gap.node(), gap.reason(), gap.epoch(), gap.firstMissing(), gap.missed(), behind);
    }

    /** The same gaps. None leads on to a stream that is over for who goes on there, and whose end is not among them. */
    static List<Gap> leadingOn(List<Gap> gaps, Frontier there) {
        return gaps.stream()
                .map(gap -> leadsToWhatIsOver(gap, there, gaps) ? asTheEnd(gap) : gap)
                .toList();
    }

    /** Does it say that its node goes on in a stream of which nothing comes here, and whose end is not announced with it? */
    private static boolean leadsToWhatIsOver(Gap gap, Frontier there, List<Gap> gaps) {
        Position to = gap.resumesAt();
        if (to == null || to.epoch().equals(gap.epoch())) {
            return false;
        }
        Place place = there.get(to.epoch());
        return place != null && place.over() && indexOf(gaps, to.epoch()) < 0;
    }

    /** Of one node everything is told in its order: who left there before, with a gap or without one, comes before this gap. */
    private static void goesInFront(List<Step.Left> left, Gap gap, List<Gap> gaps, List<Step.Left> early) {
        for (Step.Left one : List.copyOf(left)) {
            if (one.node().equals(gap.node())) {
                left.remove(one);
                int its = indexOf(gaps, one.position().epoch());
                if (its < 0) {
                    early.add(one);
                } else {
                    gaps.set(its, asTheEnd(gaps.get(its)));
                }
            }
        }
    }

    /** Nothing follows of its stream: who left there is not told any more. */
    private static Gap asTheEnd(Gap gap) {
        Reason reason = gap.missed() == null ? Reason.PRODUCER_LOST : gap.reason();
        return new Gap(gap.node(), reason, gap.epoch(), gap.firstMissing(), gap.missed(), null);
    }

    private static int indexOf(List<Gap> gaps, Epoch epoch) {
        for (int i = 0; i < gaps.size(); i++) {
            if (epoch.equals(gaps.get(i).epoch())) {
                return i;
            }
        }
        return -1;
    }

    private static long timeMs(FeedEntry notice) {
        return notice instanceof FeedEntry.Ended ended ? ended.end().timeMs() : ((FeedEntry.Expired) notice).timeMs();
    }

    private @Nullable Gap expired(FeedEntry.Expired notice, Map<Epoch, Place> upTo) {
        Stream stream = notice.stream();
        boolean isPast = sequence(stream) == Place.AWAITED && notice.reason() == Reason.OVERRUN; // asked from there on
        long here = isPast ? 0 : sequence(stream);
        long to = notice.to();
        if (isPast && to == 0) {
            upTo.put(stream.epoch(), Place.at(stream, to)); // it began there, and nothing of it has been passed
        }
        if (here == to || (here > to && here != notice.from())) {
            return null; // S1
        }
        upTo.put(stream.epoch(), Place.at(stream, to));
        if (to == 0 && here <= 0) {
            return null; // nothing was ever published there
        }
        Position resumesAt = stream.at(to + 1);
        return here >= 0 && here < to
                ? new Gap(stream.node(), notice.reason(), stream.epoch(), here + 1, to - here, resumesAt)
                : new Gap(stream.node(), Reason.POSITION_UNKNOWN, stream.epoch(), null, null, resumesAt);
    }

    private @Nullable Gap ended(FeedEntry.Ended notice, Map<Epoch, Place> upTo, List<Step.Left> left) {
        Stream stream = notice.stream();
        End end = notice.end();
        long here = sequence(stream);
        long last = Math.max(here, Math.max(end.head(), Place.AWAITED));
        upTo.put(stream.epoch(), end.wasMember() ? Place.over(stream, last) : Place.lost(stream, last));
        boolean counts = here != Place.AWAITED || notice.promised();
        if (end.isOpen()) {
            boolean isRead = lost.contains(stream.epoch()) ? here > 0 : place(stream) != null && here >= 0;
            Long first = isRead ? here + 1 : null; // else it has read nothing of it, or did so elsewhere
            return counts ? new Gap(stream.node(), end.reason(), stream.epoch(), first, null, end.successor()) : null;
        }
        boolean complete = notice.isComplete();
        if (here > end.head() && end.hasGoneOn()) { // its node's store has lost what was read
            return new Gap(stream.node(), Reason.PRODUCER_LOST, stream.epoch(), here + 1, null, null);
        } else if (end.head() == 0) {
            return null;
        }
        if (!end.hasGoneOn() && (complete || here >= end.head())) {
            left.add(new Step.Left(stream.node(), stream.at(end.head())));
        }
        if (here >= end.head() || !counts) {
            return null;
        }
        Position resumesAt = complete ? stream.at(end.head() + 1) : null; // where it left
        if (here < 0) {
            Reason reason = complete ? Reason.POSITION_UNKNOWN : Reason.PRODUCER_LOST;
            return new Gap(stream.node(), reason, stream.epoch(), null, null, resumesAt);
        }
        Reason reason = complete ? Reason.OVERRUN : Reason.PRODUCER_LOST;
        return new Gap(stream.node(), reason, stream.epoch(), here + 1, end.head() - here, resumesAt);
    }
}
