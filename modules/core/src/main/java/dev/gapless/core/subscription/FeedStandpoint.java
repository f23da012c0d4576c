package dev.gapless.core.subscription;

import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.StreamsView;

/**
 * Where a subscription stood that reads a feed.
 *
 * @param before the frontier in front of a run
 * @param path that of the run
 * @param count how many of its messages it had passed
 * @param known what was known of the streams
 */
record FeedStandpoint(Frontier before, RunPath path, int count, StreamsView known) implements Standpoint {
    /** One in front of this run. */
    FeedStandpoint(Frontier before, RunPath path, StreamsView known) {
        this(before, path, 0, known);
    }

    @Override
    public Standpoint after(int messages) {
        return new FeedStandpoint(before, path, count + messages, known);
    }

    Frontier frontier() {
        return path.after(before, count);
    }

    @Override
    public String toString() {
        return frontier().toString();
    }
}
