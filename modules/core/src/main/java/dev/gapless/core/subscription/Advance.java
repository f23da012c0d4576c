package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ReloadPace;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One way of a subscription through its feed: from where it stands up to the next thing that it is to be given or announced. Nobody else
 * sees it on the way. One thread.
 */
final class Advance {
    private final Feed feed;
    private final long head;
    private final StreamsView known;
    private final TopicSettings settings;
    private final ReloadPace pace;
    private final long nowNs;
    private final boolean mayAsk;
    private final boolean again;
    private Standing here;
    private long overtakenTo;
    private int holes;

    /**
     * From here on, where nothing is left to be handled.
     *
     * @param head of the feed, read before what is known of the streams
     * @param mayAsk whether it asks where it reads on if its feed has gone on past it
     * @param again whether its feed has gone on past it a moment ago
     */
    Advance(
            Standing from,
            long head,
            StreamsView known,
            TopicSettings settings,
            ReloadPace pace,
            long nowNs,
            boolean mayAsk,
            boolean again) {
        assert from.run().isEmpty() : from.run();
        this.feed = from.feed();
        this.head = head;
        this.known = known;
        this.settings = settings;
        this.pace = pace;
        this.nowNs = nowNs;
        this.mayAsk = mayAsk;
        this.again = again;
        this.here = from;
    }

    /** Where the subscription stands now. */
    Standing here() {
        return here;
    }

    /** Where it goes on, if its feed has gone on past it, and it was told what it missed; else 0. */
    long overtakenTo() {
        return overtakenTo;
    }

    /** How many holes were found where none can be. */
    int holes() {
        return holes;
    }

    /** The next producer that left and is still to be told, if any. */
    @Nullable Step tellLeft() {
        List<Step.Left> unannounced = here.unannounced();
        if (unannounced.isEmpty()) {
            return null;
        }
        here = here.leavingUnannounced(unannounced.subList(1, unannounced.size()));
        return unannounced.get(0);
    }

    /** Reads up to the first entry that is no message; messages before it come first. */
    Step read() {
        boolean hasLost = known.stored().hasLostOf(here.positions());
        if (hasLost || !here.pending().isNothing() || here.notices() < known.notices()) {
            here = here.telling(here.pending().upTo(known.stored(), here.positions()));
            Missing missing = new Missing(here.positions().with(here.pending().upTo()), known);
            missing.addLost();
            if (hasLost) {
                missing.addFrom(feed, here.index());
            }
            Step first = hand(here, missing, false);
            if (first == null) {
                first = tellLeft();
            }
            if (first != null) {
                return first;
            }
        }
        Frontier at = here.positions();
        long index = here.index();
        FeedRun.Builder run = new FeedRun.Builder(settings.windowBytes());
        while (!run.isFull() && index <= head) {
            FeedEntry entry = feed.get(index);
            if (!run.isEmpty() && !(entry instanceof FeedEntry.Messages)) {
                break;
            }
            if (entry == null) {
                here = here.movedTo(index, at);
                return overtaken();
            }
            if (entry instanceof FeedEntry.Messages messages) {
                long reached = reached(messages.stream(), run, at);
                if (reached >= messages.lastSequence()) {
                    index = entry.last() + 1; // S1
                    continue;
                }
                if (known.stored().forbids(at, messages.stream(), messages.lastSequence())) {
                    if (!run.isEmpty()) {
                        break;
                    }
                    here = here.movedTo(index, at);
                    return lost(messages.stream());
                }
                int first = (int) Math.max(index - entry.index(), reached - messages.sequence() + 1);
                index = entry.index() + first;
                if (messages.sequence() + first != reached + 1) {
                    if (!run.isEmpty()) {
                        break;
                    }
                    here = here.movedTo(index, at);
                    return hole(messages.stream(), messages.sequence() + first - 1);
                }
                FeedEntry.Messages taken = run.add(messages, first);
                index += taken.count();
            } else {
                here = here.movedTo(index, at);
                Step step = notice(entry);
                if (step != null) {
                    return step;
                }
                at = here.positions();
                index = here.index();
                if (known.stored().hasLostOf(at)) {
                    return read(); // a log that has less leads on here: that is told first
                }
            }
        }
        if (run.isEmpty()) {
            here.cursor().idleAt(index);
            here = reading().movedTo(index, at);
            return Step.IDLE;
        }
        FeedRun messages = run.build();
        here = reading().giving(index, at, messages);
        return new Step.Messages(messages, new FeedStandpoint(at, messages.path(), known));
    }

    /** What it waited to be told may not be so any more. */
    private Standing reading() {
        return here.phase() instanceof SubscriptionPhase.Waiting ? here.passed(here.positions()) : here;
    }

    /** Up to where it has got. Of a stream that is over nothing counts, unless its incarnation has turned out to be there. */
    private long reached(Stream stream, FeedRun.Builder run, Frontier at) {
        long given = run.reached(stream.epoch());
        if (given > 0) {
            return given;
        }
        Place place = at.get(stream);
        if (place == null) {
            return known.isPassed(at, stream) ? Long.MAX_VALUE : 0;
        }
        return switch (place.kind()) {
            case OPEN -> place.sequence();
            case LOST ->
                known.staysLost(place) ? Long.MAX_VALUE : place.returned().sequence();
            case OVER -> Long.MAX_VALUE;
        };
    }

    /** An entry that is no message. Returns null if there is nothing to do about it, and it is passed. */
    private @Nullable Step notice(FeedEntry entry) {
        Frontier at = here.positions();
        Stream stream = entry.stream();
        Place place = at.get(stream);
        Standing further = here.movedTo(here.index() + 1, at);
        if (known.isPassed(at, stream)) {
            here = further;
            return null;
        }
        if (place != null && place.isOverUnlessStored() && !(entry instanceof FeedEntry.Ended)) {
            here = here.movedTo(here.index(), at.with(Place.at(stream, Place.AWAITED)));
            return notice(entry);
        }
        if (place != null && place.over()) {
            boolean isOfAStranger =
                    entry instanceof FeedEntry.Ended ended && !ended.end().wasMember();
            if (place.kind() == Place.Kind.OVER || isOfAStranger || known.staysLost(place)) {
                here = further;
                return null;
            }
            here = here.movedTo(here.index(), at.with(place.returned()));
            return entry instanceof FeedEntry.Began began && place.isKnown() && began.at() > place.sequence()
                    ? goesOnBehind(began, further)
                    : notice(entry);
        }
        if (known.stored().forbids(at, entry)) {
            Missing late = new Missing(at, known);
            late.addLost(stream);
            return handOrLeft(further, late);
        }
        if (entry instanceof FeedEntry.Began began) {
            if (place != null && place.sequence() == Place.UNKNOWN) {
                return goesOnBehind(began, further);
            }
            boolean begins = place == null || place.isAwaited();
            here = begins ? further.movedTo(further.index(), at.with(Place.at(stream, began.at()))) : further;
            return null; // whoever is less far finds a hole
        }
        Missing first = new Missing(at, known);
        if (entry instanceof FeedEntry.Expired expired) {
            first.add(expired);
        } else if (entry instanceof FeedEntry.Ended ended) {
            first.add(ended);
        }
        if (!first.announced().gaps().isEmpty()) {
            first.addFrom(feed, further.index());
        }
        return handOrLeft(further, first);
    }

    /** A stream begins here whose place is not known, or that was announced as lost: what lies before that may be missed. */
    private @Nullable Step goesOnBehind(FeedEntry.Began began, Standing further) {
        Missing missing = new Missing(here.positions(), known);
        missing.addHole(began.stream(), began.at());
        missing.addFrom(feed, further.index());
        return handOrLeft(further, missing);
    }

    private @Nullable Step handOrLeft(Standing further, Missing missing) {
        Step step = hand(further, missing, false);
        return step == null ? tellLeft() : step; // nothing else may ever come
    }

    /** Nothing more of that stream is given. */
    private Step lost(Stream stream) {
        Missing missing = new Missing(here.positions(), known);
        missing.addLost(stream);
        missing.addFrom(feed, here.index());
        Step step = handOrLeft(here, missing);
        return step == null ? read() : step;
    }

    /** What should never be: a hole in a stream. It is told. */
    private Step hole(Stream stream, long to) {
        Place place = here.positions().get(stream);
        if (place != null && place.over()) {
            here = here.movedTo(here.index(), here.positions().with(place.returned()));
        }
        Missing missing = new Missing(here.positions(), known);
        missing.addHole(stream, to);
        Step step = handOrLeft(here, missing);
        if (!(step instanceof Step.Waiting)) { // else it is come to again
            holes++;
        }
        return step == null ? read() : step;
    }

    /** The feed has gone on past this subscription (rule S3). */
    private Step overtaken() {
        if (mayAsk && here.unannounced().isEmpty()) {
            here = here.unplaced(here.positions());
            return Step.IDLE;
        }
        Feed.Overtaken overtaken = again ? feed.overtakenAgain() : feed.overtaken();
        Missing missing = new Missing(here.positions(), known);
        missing.addOvertaken(overtaken, here.index());
        missing.addFrom(feed, overtaken.oldest());
        Standing further = here.movedTo(overtaken.oldest(), here.positions());
        Step step = hand(further, missing, again);
        if (step instanceof Step.Missed) {
            overtakenTo = further.index();
        }
        if (step == null) {
            step = tellLeft();
        }
        return step == null ? read() : step;
    }

    /**
     * Begins a reload if anything is missed, and it is time for one; until then it stays here. If nothing is, the frontier passes at once, and null is
     * returned; so it is if a producer that left is to be told first.
     *
     * @param further where it goes on
     * @param atOnce whether one that is only told need not wait
     */
    private @Nullable Step hand(Standing further, Missing missing, boolean atOnce) {
        Pending pending = here.pending();
        boolean unknown = here.notices() < known.notices();
        if (unknown || !pending.isNothing()) {
            missing.addFrom(feed, further.index());
        }
        Missing.Announced announced = missing.announced();
        List<Gap> all = new ArrayList<>();
        if (unknown) {
            all.add(new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null));
        }
        all.addAll(pending.gaps());
        all.addAll(announced.gaps());
        List<Step.Left> left = new ArrayList<>(further.unannounced());
        left.addAll(pending.left());
        left.addAll(announced.left());
        Frontier behind = further.positions()
                .with(pending.upTo())
                .with(announced.upTo())
                .passing(Math.max(known.notices(), further.positions().notices()));
        List<Gap> gaps = Missing.leadingOn(all, behind); // some have waited, and may be passed by now
        Frontier upTo = behind.with(beginning(gaps, behind));
        if (gaps.isEmpty()) {
            here = further.passed(upTo).leavingUnannounced(left);
            return null;
        }
        List<Step.Left> early = early(pending, announced);
        boolean anything = gaps.get(0).node() == null; // that comes first, and then they do
        if (anything) {
            early.stream().filter(one -> !left.contains(one)).forEach(left::add);
        } else if (!early.isEmpty()) {
            Map<Epoch, Place> over = new HashMap<>();
            early.forEach(one -> over.put(one.position().epoch(), whereItLeft(one, upTo)));
            here = here.tellingFirst(early, here.positions().with(over), pending.afterEarly(over.keySet()));
            return null; // the gaps are come to again
        }
        long beginNs = here.phase() instanceof SubscriptionPhase.Waiting waiting
                ? waiting.untilNs()
                : pace.mayBeginNs(nowNs, atOnce);
        if (beginNs - nowNs > 0) {
            here = here.waiting(beginNs);
            return new Step.Waiting(beginNs);
        }
        pace.begins(nowNs);
        here = further.leavingUnannounced(left).reloading(upTo);
        return new Step.Missed(gaps, announced.timeMs());
    }

    /** The streams to which these gaps lead, and of which nothing was given: they are not passed with what ended in front of a general gap. */
    private List<Place> beginning(List<Gap> gaps, Frontier behind) {
        List<Place> places = new ArrayList<>();
        for (Gap gap : gaps) {
            Position to = gap.resumesAt();
            Stream next = to == null ? null : known.open().get(to.epoch());
            if (next != null && behind.get(next) == null) {
                places.add(Place.at(next, 0));
            }
        }
        return places;
    }

    /** Its log may have less by now: that is told behind it. */
    private static Place whereItLeft(Step.Left left, Frontier upTo) {
        Place place = Objects.requireNonNull(upTo.get(left.position().epoch()));
        return new Place(
                place.stream(), Math.max(place.sequence(), left.position().sequence()), place.kind());
    }

    /** Producers that left in front of what the gaps tell of the same node. */
    private static List<Step.Left> early(Pending pending, Missing.Announced announced) {
        List<Step.Left> early = new ArrayList<>(pending.early());
        for (Step.Left left : pending.left()) {
            if (announced.gaps().stream().anyMatch(gap -> left.node().equals(gap.node()))) {
                early.add(left);
            }
        }
        early.addAll(announced.early());
        return early;
    }
}
