package dev.gapless.core.subscription;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way of a subscription through its feed: from where it stands up to the next thing that it is to be given or told. Nobody else
 * sees it on the way. One thread.
 */
final class Advance {
    private final Feed feed;
    private final TopicSettings settings;
    private final ReloadPace pace;
    private final long nowNs;
    private final boolean mayFallBehind;
    private final List<CursorToken.Lost> lost;
    private final boolean again;
    private Standing here;
    private long overtakenTo;
    private int holes;

    /**
     * From here on, where nothing is left to be handled.
     *
     * @param mayFallBehind whether somebody says where it reads on if its feed has gone on past it
     * @param lost {@link Remembered#lost}
     * @param again whether its feed has gone on past it a moment ago
     */
    Advance(
            Standing from,
            TopicSettings settings,
            ReloadPace pace,
            long nowNs,
            boolean mayFallBehind,
            List<CursorToken.Lost> lost,
            boolean again) {
        assert from.run().isEmpty() : from.run();
        this.feed = from.feed();
        this.settings = settings;
        this.pace = pace;
        this.nowNs = nowNs;
        this.mayFallBehind = mayFallBehind;
        this.lost = lost;
        this.again = again;
        this.here = from;
    }

    /** Where the subscription stands now. */
    Standing here() {
        return here;
    }

    /** Where it goes on, if its feed has gone on past it; else 0. */
    long overtakenTo() {
        return overtakenTo;
    }

    /** How many holes were found where none can be. */
    int holes() {
        return holes;
    }

    /** The next end that is still to be told, if any. What was told of a later life says already that this one is over. */
    @Nullable Step tellEnd() {
        Vector at = here.positions();
        while (!here.untold().isEmpty()) {
            List<End> untold = here.untold();
            here = here.leavingUntold(untold.subList(1, untold.size()));
            if (untold.get(0).equals(at.get(untold.get(0).node()))) {
                return left(untold.get(0));
            }
        }
        return null;
    }

    /**
     * Names come and go: V keeps no ends that the shared feed has forgotten (rule F3), but for those that its catch-up reader told: should
     * such a life turn up after all, it goes on where it was.
     */
    Advance withoutForgotten(Feed shared) {
        Set<String> known = feed.known().newest().keySet();
        Vector at = here.positions();
        if (feed == shared && at.positions().size() > known.size()) {
            here = here.movedTo(here.index(), at.withoutFeedEndsExcept(known));
        }
        return this;
    }

    /** Reads up to the first entry that is no message; messages before it come first. */
    Step read() {
        Vector at = here.positions();
        long index = here.index();
        Map<String, Placed> moved = new HashMap<>();
        MessageRun.Builder run = new MessageRun.Builder(settings.windowBytes());
        while (!run.isFull() && index <= feed.head()) {
            FeedEntry entry = feed.get(index);
            if (!run.isEmpty() && !(entry instanceof FeedEntry.Messages)) {
                break;
            }
            if (entry == null) {
                here = here.movedTo(index, at);
                return overtaken();
            }
            String node = entry.node();
            Placed known = moved.containsKey(node) ? moved.get(node) : feed.where(node, at);
            Placed before = entry.place(known);
            if (before != null && !before.equals(known)) {
                at = at.with(before);
            }
            if (entry instanceof FeedEntry.Messages messages) {
                int first = firstNew(messages, (int) (index - entry.index()), before);
                index = entry.index() + first;
                if (first == messages.count()) {
                    continue;
                }
                if (!follows(messages, first, before)) {
                    if (!run.isEmpty()) {
                        break;
                    }
                    here = here.movedTo(index, at);
                    return hole(messages, first);
                }
                FeedEntry.Messages taken = run.add(messages, first);
                moved.put(node, taken.after());
                index += taken.count();
            } else {
                here = here.movedTo(index, at);
                Step step = notice(entry, before);
                if (step != null) {
                    return step;
                }
                at = here.positions();
                index = here.index();
            }
        }
        if (run.isEmpty()) {
            here.cursor().idleAt(index);
            here = here.movedTo(index, at);
            return Step.IDLE;
        }
        MessageRun messages = run.from(at);
        here = here.giving(index, messages);
        return new Step.Messages(messages);
    }

    /** Rule S1: the number of the first message, from this one on, that is beyond a position; the count of all if none is. */
    private static int firstNew(FeedEntry.Messages messages, int from, @Nullable Placed before) {
        if (isNew(messages.at(from), before)) {
            return from;
        }
        return before instanceof At at && isNew(messages.after(), at)
                ? (int) (at.sequence() - messages.sequence()) + 1 // of their stretch
                : messages.count();
    }

    /** Rule S1. Positions of a token that nobody has answered for yet are below every other. */
    private static boolean isNew(Placed after, @Nullable Placed before) {
        return after.isBeyond(before);
    }

    private static boolean follows(FeedEntry.Messages messages, int first, @Nullable Placed before) {
        return before == null
                || (before instanceof At at
                        && at.era().number() == messages.era().number()
                        && messages.sequence() + first == at.sequence() + 1);
    }

    /** An entry that is no message. Returns null if there is nothing to do about it, and it is passed. */
    private @Nullable Step notice(FeedEntry entry, @Nullable Placed before) {
        if (entry instanceof FeedEntry.Expired expired) {
            Step step = expired(expired);
            return step == null ? tellEnd() : step; // nothing else may ever come
        }
        Vector at = here.positions();
        // The place where a stream begins counts as read too, so that V has it: a catch-up reader joins by it.
        boolean counts = isNew(entry.after(), before) || at.get(entry.node()) == null;
        here = here.movedTo(here.index() + 1, counts ? at.with(entry.after()) : at);
        boolean hasLeft = counts && entry instanceof FeedEntry.Left;
        return hasLeft && entry.after() instanceof End end && end.hasPublished()
                ? left(end) // who never published anything leaves without a word
                : null;
    }

    /** What should never be: a hole in a stretch. It is told. */
    private Step hole(FeedEntry.Messages messages, int first) {
        Expiries expiries = new Expiries(feed, here.positions(), lost);
        expiries.add(messages.at(first - 1), Reason.POSITION_UNKNOWN);
        Step step = hand(here, expiries, false);
        if (!(step instanceof Step.Waiting)) { // else it is come to again
            holes++;
        }
        return step == null ? read() : step;
    }

    /** Hands over this expiry and all after it. */
    private @Nullable Step expired(FeedEntry.Expired first) {
        Vector at = here.positions();
        Expiries expiries = new Expiries(feed, at, lost);
        expiries.add(first); // the feed may have gone on past it by now
        Standing further = here.movedTo(here.index() + 1, at);
        expiries.addFrom(further.index());
        return hand(further, expiries, false);
    }

    /** The feed has gone on past this subscription (rule S3). */
    private Step overtaken() {
        if (mayFallBehind && here.untold().isEmpty()) {
            here = here.behind();
            return Step.IDLE;
        }
        Feed.Overtaken overtaken = again ? feed.overtakenAgain() : feed.overtaken();
        Vector at = wentOn(overtaken.bases());
        here = here.movedTo(here.index(), at);
        Expiries expiries = new Expiries(feed, at, lost);
        List<End> ends = new ArrayList<>(here.untold());
        ends.addAll(expiries.addOvertaken(overtaken));
        Standing further = here.movedTo(overtaken.oldest(), at).leavingUntold(ends);
        expiries.addFrom(further.index());
        Step step = hand(further, expiries, again);
        if (step instanceof Step.Missed) {
            overtakenTo = further.index();
        }
        if (step == null) {
            step = tellEnd();
        }
        return step == null ? read() : step;
    }

    /** V, where the bases show that a lost producer went on, or where a new stream began: the join compares against them. */
    private Vector wentOn(Vector bases) {
        Vector at = here.positions();
        Map<String, Placed> went = new HashMap<>();
        bases.positions().forEach((node, base) -> {
            Placed known = feed.where(node, at);
            Placed position = known instanceof End ? known.resolvedBy(base) : known;
            if (position != null && !position.equals(at.get(node))) {
                went.put(node, position);
            }
        });
        return at.with(went);
    }

    private static Step.Left left(End end) {
        return new Step.Left(Departure.nodeOf(end.node()), end.last());
    }

    /**
     * Begins a reload if anything is missed, and it is time for one; until then it stays here. If nothing is, V passes at once, and null is
     * returned.
     *
     * @param further where it goes on
     * @param atOnce whether one that is only told need not wait
     */
    private @Nullable Step hand(Standing further, Expiries expiries, boolean atOnce) {
        Expiries.Missed missed = expiries.missed();
        List<End> untold = new ArrayList<>(further.untold());
        untold.addAll(missed.left());
        if (missed.gaps().isEmpty()) {
            here = further.passed(further.positions().with(missed.upTo())).leavingUntold(untold);
            return null;
        }
        long beginNs = here.phase() instanceof SubscriptionPhase.Waiting waiting
                ? waiting.untilNs()
                : pace.mayBeginNs(nowNs, atOnce);
        if (beginNs - nowNs > 0) {
            here = here.waiting(beginNs);
            return new Step.Waiting(beginNs);
        }
        pace.begins(nowNs);
        here = further.leavingUntold(untold).reloading(here.index(), missed.upTo());
        return new Step.Missed(missed.gaps(), missed.timeMs());
    }
}
