package dev.gapless.core.subscription;

import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a subscription stands, all of it at one moment. Immutable, but for how many messages of the run are handled.
 *
 * @param phase what it does. Invariant: while it waits or reloads, the run has no messages
 * @param feed what it reads
 * @param cursor what the feed keeps entries for. Invariant: one of {@code feed}'s
 * @param index the entry that it reads next. Invariant: after the messages of the run, and at most one beyond the feed's head
 * @param run the messages that it was given last, and V in front of them
 * @param pending what it is told before it reads on
 * @param untold producers that left, to be told after what it missed; a token names them until then
 */
record Standing(
        SubscriptionPhase phase,
        Feed feed,
        FeedCursor cursor,
        long index,
        MessageRun run,
        Pending pending,
        List<Step.Left> untold) {
    Standing {
        assert phase instanceof SubscriptionPhase.Reading || run.isEmpty() : phase + " in the midst of a run";
        assert index > lastOf(run) && index <= feed.head() + 1 : index + " after " + lastOf(run);
    }

    private static long lastOf(MessageRun run) {
        return run.isEmpty() ? 0 : run.get(run.size() - 1).index();
    }

    /** One that has not begun. */
    static Standing first(Feed feed) {
        FeedCursor cursor = FeedCursor.nowhere();
        return new Standing(
                SubscriptionPhase.UNPLACED,
                feed,
                cursor,
                cursor.next(),
                MessageRun.none(Vector.EMPTY),
                Pending.NOTHING,
                List.of());
    }

    // ------------------------------------------------------------------ V

    /** V: after the last message handled, and in front of what it is told, and of a gap that is being reloaded. */
    Vector positions() {
        return run.after(run.handled());
    }

    /** {@link Vector#notices} of V: messages change nothing about them. */
    long notices() {
        return run.after(0).notices();
    }

    /** The index of the first entry that it has not dealt with. */
    long oldestUnread() {
        int done = run.handled();
        return done < run.size() ? run.get(done).index() : index;
    }

    // ------------------------------------------------------------------ transitions within a phase

    /** The run is done with as far as it was handled. */
    Standing done() {
        return movedTo(index, positions());
    }

    /** Everything before this index is dealt with, and this is V. */
    Standing movedTo(long next, Vector at) {
        return new Standing(phase, feed, cursor, next, MessageRun.none(at), pending, untold);
    }

    /** These messages are given, which end in front of this index. */
    Standing giving(long next, MessageRun messages) {
        assert phase instanceof SubscriptionPhase.Reading : phase;
        return new Standing(phase, feed, cursor, next, messages, pending, untold);
    }

    /** These are still to be told. */
    Standing leavingUntold(List<Step.Left> left) {
        return new Standing(phase, feed, cursor, index, run, pending, List.copyOf(left));
    }

    /** These are told before anything else; of what was pending that is left, and this is V. */
    Standing tellingFirst(List<Step.Left> early, Vector at, Pending rest) {
        assert run.isEmpty() : run;
        List<Step.Left> all = new ArrayList<>(untold);
        all.addAll(early);
        return new Standing(phase, feed, cursor, index, MessageRun.none(at), rest, List.copyOf(all));
    }

    // ------------------------------------------------------------------ transitions between phases

    /** It may begin there, once it was told this. */
    Standing begun(Vector at, Pending first) {
        assert phase instanceof SubscriptionPhase.Unplaced : phase;
        return new Standing(phase, feed, cursor, index, MessageRun.none(at), first, untold);
    }

    /** There is nothing to reload after all, and this is V. */
    Standing passed(Vector at) {
        assertNotReloading();
        return new Standing(
                SubscriptionPhase.READING, feed, cursor, index, MessageRun.none(at), Pending.NOTHING, untold);
    }

    /** A reload is due, which may not begin before that time. */
    Standing waiting(long untilNs) {
        assertNotReloading();
        return new Standing(new SubscriptionPhase.Waiting(untilNs), feed, cursor, index, run, pending, untold);
    }

    /** A reload begins, after which this is V. */
    Standing reloading(Vector upTo) {
        assertNotReloading();
        return new Standing(new SubscriptionPhase.Reloading(upTo, 0), feed, cursor, index, run, pending, untold);
    }

    /** The reload has failed once more. */
    Standing failed() {
        SubscriptionPhase.Reloading reloading = underWay();
        SubscriptionPhase again = new SubscriptionPhase.Reloading(reloading.upTo(), reloading.failed() + 1);
        return new Standing(again, feed, cursor, index, run, pending, untold);
    }

    /** The reload has succeeded, and this is V. */
    Standing reloaded(Vector at) {
        underWay();
        return new Standing(
                SubscriptionPhase.READING, feed, cursor, index, MessageRun.none(at), Pending.NOTHING, untold);
    }

    /** It asks where to read on; this is V. */
    Standing unplaced(Vector at) {
        assertNotReloading();
        return new Standing(SubscriptionPhase.UNPLACED, feed, cursor, index, MessageRun.none(at), pending, untold);
    }

    /** It stays where it is. */
    Standing staying() {
        assert phase instanceof SubscriptionPhase.Unplaced : phase;
        return new Standing(SubscriptionPhase.READING, feed, cursor, index, run, pending, untold);
    }

    /** It reads on there, from this place on, once it was told that. */
    Standing readingOn(Feed in, FeedCursor its, Vector at, Pending first) {
        assert phase instanceof SubscriptionPhase.Unplaced : phase;
        return new Standing(SubscriptionPhase.READING, in, its, its.next(), MessageRun.none(at), first, untold);
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
