package dev.gapless.core.subscription;

import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.feed.Vector;
import java.util.List;
import java.util.Map;

/**
 * Where a subscription stands, all of it at one moment. Immutable, but for how many messages of the run are handled.
 *
 * @param phase what it does. Invariant: while it waits or reloads, the run has no messages
 * @param feed what it reads: a feed of its own while it catches up, then the shared one
 * @param cursor what the feed keeps entries for. Invariant: one of {@code feed}'s
 * @param index the entry that it reads next. Invariant: after the messages of the run, and at most one beyond the feed's head
 * @param run the messages that it was given last, and V in front of them
 * @param untold producers that left while the feed went past this subscription, to be told after what it missed; a token names them
 *     until then
 */
record Standing(SubscriptionPhase phase, Feed feed, FeedCursor cursor, long index, MessageRun run, List<End> untold) {

    Standing {
        assert phase instanceof SubscriptionPhase.Reading || run.isEmpty() : phase + " in the midst of a run";
        assert !(phase instanceof SubscriptionPhase.Reloading reloading)
                        || !reloading.upTo().isEmpty()
                : "reloads nothing";
        assert index > lastOf(run) && index <= feed.head() + 1 : index + " after " + lastOf(run);
    }

    private static long lastOf(MessageRun run) {
        return run.isEmpty() ? 0 : run.get(run.size() - 1).index();
    }

    static Standing first(Feed feed, FeedCursor cursor, Vector at) {
        return new Standing(SubscriptionPhase.READING, feed, cursor, cursor.next(), MessageRun.none(at), List.of());
    }

    // ------------------------------------------------------------------ V

    /** V: after the last message handled, and in front of a gap that is being reloaded. */
    Vector positions() {
        return run.after(run.handled());
    }

    /** The index of the first entry that it has not dealt with. */
    long oldestUnread() {
        int done = run.handled();
        return done < run.size() ? run.get(done).index() : index;
    }

    /** Everything before this index is passed, also what is reloaded. */
    long passedTo() {
        return phase instanceof SubscriptionPhase.Reloading reloading ? reloading.from() : oldestUnread();
    }

    // ------------------------------------------------------------------ transitions within a phase

    /** The run is done with as far as it was handled. */
    Standing done() {
        return movedTo(index, positions());
    }

    /** Everything before this index is dealt with, and this is V. */
    Standing movedTo(long next, Vector at) {
        return new Standing(phase, feed, cursor, next, MessageRun.none(at), untold);
    }

    /** These messages are given, which end in front of this index. */
    Standing giving(long next, MessageRun messages) {
        assert phase instanceof SubscriptionPhase.Reading : phase;
        return new Standing(phase, feed, cursor, next, messages, untold);
    }

    /** These ends are still to be told. */
    Standing leavingUntold(List<End> ends) {
        return new Standing(phase, feed, cursor, index, run, List.copyOf(ends));
    }

    // ------------------------------------------------------------------ transitions between phases

    /** There is nothing to reload after all, and this is V. */
    Standing passed(Vector at) {
        assertNotReloading();
        return new Standing(SubscriptionPhase.READING, feed, cursor, index, MessageRun.none(at), untold);
    }

    /** A reload is due, which may not begin before that time. */
    Standing waiting(long untilNs) {
        assertNotReloading();
        return new Standing(new SubscriptionPhase.Waiting(untilNs), feed, cursor, index, run, untold);
    }

    /** A reload begins, of gaps from this index on, after which V goes on there. */
    Standing reloading(long from, Map<String, Placed> upTo) {
        assertNotReloading();
        return new Standing(new SubscriptionPhase.Reloading(from, upTo, 0), feed, cursor, index, run, untold);
    }

    /** The reload has failed once more. */
    Standing failed() {
        SubscriptionPhase.Reloading reloading = underWay();
        SubscriptionPhase again =
                new SubscriptionPhase.Reloading(reloading.from(), reloading.upTo(), reloading.failed() + 1);
        return new Standing(again, feed, cursor, index, run, untold);
    }

    /** The reload has succeeded, and this is V. */
    Standing reloaded(Vector at) {
        underWay();
        return new Standing(SubscriptionPhase.READING, feed, cursor, index, MessageRun.none(at), untold);
    }

    /** The shared feed has overtaken it. */
    Standing behind() {
        assertNotReloading();
        assert untold.isEmpty() : untold + " would never be told";
        return new Standing(SubscriptionPhase.BEHIND, feed, cursor, index, run, untold);
    }

    /** It stays where it is, and is told what it missed. */
    Standing staying() {
        assert phase instanceof SubscriptionPhase.Behind : phase;
        return new Standing(SubscriptionPhase.READING, feed, cursor, index, run, untold);
    }

    /** It reads on in another feed, from these positions. */
    Standing readingOn(Onward.In second) {
        assert phase instanceof SubscriptionPhase.Behind : phase;
        FeedCursor its = second.cursor();
        return new Standing(
                SubscriptionPhase.READING, second.feed(), its, its.next(), MessageRun.none(second.at()), untold);
    }

    /** It reads the shared feed from now on. What waited is none of that feed's. */
    Standing joined(Feed shared, Feed.Joined as) {
        assertNotReloading();
        assert feed != shared : "it has joined already";
        assert untold.isEmpty() : untold + " would never be told";
        assert isPlaced(as.positions()) : as;
        return new Standing(
                SubscriptionPhase.READING,
                shared,
                as.cursor(),
                as.cursor().next(),
                MessageRun.none(as.positions()),
                untold);
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

    /** Has every producer of these positions answered for them? */
    static boolean isPlaced(Vector positions) {
        return positions.positions().values().stream().noneMatch(position -> position instanceof Unplaced);
    }
}
