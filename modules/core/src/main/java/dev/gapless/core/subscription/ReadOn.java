package dev.gapless.core.subscription;

import dev.gapless.core.Epoch;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedCursor;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.Map;

/** Where a subscription reads on that has asked (rule S5). */
public sealed interface ReadOn {
    /**
     * In this feed, which has everything that it lacks.
     *
     * @param cursor attached there
     * @param ended streams whose ends it has not read, and will not read there: it is told them first
     * @param unknown may others have ended that nobody remembers any more? It is told that first
     * @param begins for streams of which its place is not known the sequence behind which they go on there
     * @param passed its place in streams that are over, and do not concern it
     */
    record In(
            Feed feed,
            FeedCursor cursor,
            Map<Stream, End> ended,
            boolean unknown,
            Map<Epoch, Long> begins,
            Map<Epoch, Place> passed)
            implements ReadOn {
        /** At its place, as it is. */
        public In(Feed feed, FeedCursor cursor) {
            this(feed, cursor, Map.of(), false, Map.of());
        }

        /** Where nothing is over that does not concern it. */
        public In(Feed feed, FeedCursor cursor, Map<Stream, End> ended, boolean unknown, Map<Epoch, Long> begins) {
            this(feed, cursor, ended, unknown, begins, Map.of());
        }
    }

    /** Where it is. */
    record Stay() implements ReadOn {}

    ReadOn STAY = new Stay();
}
