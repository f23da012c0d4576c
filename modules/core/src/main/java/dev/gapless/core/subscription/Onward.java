package dev.gapless.core.subscription;

import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Vector;

/** How a subscription goes on that the shared feed has overtaken (rule S6). */
public sealed interface Onward {

    /**
     * Through another feed, which has everything behind where it is.
     *
     * @param cursor attached there
     * @param at where it is
     */
    record In(Feed feed, FeedCursor cursor, Vector at) implements Onward {}

    /** In the shared feed, told what fell out of it. */
    record Told() implements Onward {}

    Onward TOLD = new Told();
}
