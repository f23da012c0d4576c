package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a subscription stands, all of it at one moment. Immutable, but for how many messages of the run are handled.
 *
 * @param phase what it does. Invariant: while it waits or reloads, the run has no messages
 * @param feed what it reads
 * @param cursor what the feed keeps entries for. Invariant: one of {@code feed}'s
 * @param index the entry that it reads next. Invariant: after the messages of the run, and at most one beyond the feed's head
 * @param before the frontier in front of the run
 * @param run the messages that it was given last
 * @param pending what it is told before it reads on
 * @param unannounced producers that left, to be told after what it missed; a token names them until then
 */
record Standing(
        SubscriptionPhase phase,
        Feed feed,
        FeedCursor cursor,
        long index,
        Frontier before,
        FeedRun run,
        Pending pending,
        List<Step.Left> unannounced) {
    Standing {
        assert phase instanceof SubscriptionPhase.Reading || run.isEmpty() : phase + " in the midst of a run";
        assert index > lastOf(run) && index <= feed.head() + 1 : index + " after " + lastOf(run);
    }

    private static long lastOf(FeedRun run) {
        return run.isEmpty() ? 0 : run.index(run.size() - 1);
    }

    /** One that has not begun. */
    static Standing first(Feed feed) {
        FeedCursor cursor = FeedCursor.nowhere();
        return new Standing(
                new SubscriptionPhase.Unplaced(Frontier.EMPTY),
                feed,
                cursor,
                cursor.next(),
                Frontier.EMPTY,
                FeedRun.none(),
                Pending.NOTHING,
                List.of());
    }

    // ------------------------------------------------------------------ The frontier

    /** The frontier: after the last message handled, and in front of what it is told, and of a gap that is being reloaded. */
    Frontier positions() {
        return run.positions(before);
    }

    /** {@link Frontier#notices} of the frontier: messages change nothing about them. */
    long notices() {
        return before.notices();
    }

    /** The index of the first entry that it has not dealt with. */
    long oldestUnread() {
        int done = run.handled();
        return done < run.size() ? run.index(done) : index;
    }

    // ------------------------------------------------------------------ transitions within a phase

    /** The run is done with as far as it was handled. */
    Standing done() {
        return movedTo(index, positions());
    }

    /** Everything before this index is dealt with, and this is the frontier. */
    Standing movedTo(long next, Frontier at) {
        return new Standing(phase, feed, cursor, next, at, FeedRun.none(), pending, unannounced);
    }

    /** These messages are given, which end in front of this index; this is the frontier in front of them. */
    Standing giving(long next, Frontier at, FeedRun messages) {
        assert phase instanceof SubscriptionPhase.Reading : phase;
        return new Standing(phase, feed, cursor, next, at, messages, pending, unannounced);
    }

    /** These are still to be told. */
    Standing leavingUnannounced(List<Step.Left> left) {
        return new Standing(phase, feed, cursor, index, before, run, pending, List.copyOf(left));
    }

    /** These are told before anything else; of what was pending that is left, and this is the frontier. */
    Standing tellingFirst(List<Step.Left> early, Frontier at, Pending rest) {
        assert run.isEmpty() : run;
        List<Step.Left> all = new ArrayList<>(unannounced);
        all.addAll(early);
        return new Standing(phase, feed, cursor, index, at, FeedRun.none(), rest, List.copyOf(all));
    }

    /** This is what it is told before it reads on. */
    Standing telling(Pending first) {
        return new Standing(phase, feed, cursor, index, before, run, first, unannounced);
    }

    // ------------------------------------------------------------------ transitions between phases

    /** It may begin there, once it was told this. */
    Standing begun(Frontier at, Pending first) {
        assert phase instanceof SubscriptionPhase.Unplaced : phase;
        return new Standing(phase, feed, cursor, index, at, FeedRun.none(), first, unannounced);
    }

    /** There is nothing to reload after all, and this is the frontier. */
    Standing passed(Frontier at) {
        assertNotReloading();
        return new Standing(
                SubscriptionPhase.READING, feed, cursor, index, at, FeedRun.none(), Pending.NOTHING, unannounced);
    }

    /** A reload is due, which may not begin before that time. */
    Standing waiting(long untilNs) {
        assertNotReloading();
        return new Standing(
                new SubscriptionPhase.Waiting(untilNs), feed, cursor, index, before, run, pending, unannounced);
    }

    /** A reload begins, after which this is the frontier. */
    Standing reloading(Frontier upTo) {
        assertNotReloading();
        return new Standing(
                new SubscriptionPhase.Reloading(upTo, 0), feed, cursor, index, before, run, pending, unannounced);
    }

    /** The reload has failed once more. */
    Standing failed() {
        SubscriptionPhase.Reloading reloading = underWay();
        SubscriptionPhase again = new SubscriptionPhase.Reloading(reloading.upTo(), reloading.failed() + 1);
        return new Standing(again, feed, cursor, index, before, run, pending, unannounced);
    }

    /** The reload has succeeded, and this is the frontier. */
    Standing reloaded(Frontier at) {
        underWay();
        return new Standing(
                SubscriptionPhase.READING, feed, cursor, index, at, FeedRun.none(), Pending.NOTHING, unannounced);
    }

    /** It asks where to read on; this is the frontier. */
    Standing unplaced(Frontier at) {
        assertNotReloading();
        Frontier from = phase instanceof SubscriptionPhase.Unplaced unplaced ? unplaced.from() : positions();
        SubscriptionPhase asks = new SubscriptionPhase.Unplaced(from);
        return new Standing(asks, feed, cursor, index, at, FeedRun.none(), pending, unannounced);
    }

    /** It stays where it is. */
    Standing staying() {
        Frontier from = ((SubscriptionPhase.Unplaced) phase).from();
        Map<Epoch, Place> places = new HashMap<>();
        for (Place place : positions().places()) {
            Place was = place.over() || place.isKnown() ? null : from.get(place.stream());
            if (was != null) {
                places.put(place.stream().epoch(), was);
            }
        }
        Frontier at = positions().with(places);
        return new Standing(SubscriptionPhase.READING, feed, cursor, index, at, FeedRun.none(), pending, unannounced);
    }

    /** It reads on there, from this place on, once it was told that. */
    Standing readingOn(Feed in, FeedCursor its, Frontier at, Pending first) {
        assert phase instanceof SubscriptionPhase.Unplaced : phase;
        return new Standing(SubscriptionPhase.READING, in, its, its.next(), at, FeedRun.none(), first, unannounced);
    }

    /** The reload that is under way. */
    SubscriptionPhase.Reloading underWay() {
        if (phase instanceof SubscriptionPhase.Reloading reloading) {
            return reloading;
        }
        throw new IllegalStateException("No reload is under way");
    }

    private void assertNotReloading() {
        assert !(phase instanceof SubscriptionPhase.Reloading) : "in the midst of a reload";
    }
}
