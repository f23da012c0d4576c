package dev.gapless.stress;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.Asked;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.subscription.ReadOn;
import dev.gapless.core.subscription.TopicView;
import java.util.Map;

/**
 * A topic to which {@code p} publishes, without a consumer: of its streams nothing is known but what its feeds say. {@link #serve} is for the
 * thread that writes the feeds.
 */
public final class OneTopic implements TopicView {
    private static final Stream PRODUCER = Given.stream("p");

    private final Feed shared;
    private volatile long changes;

    public OneTopic(Feed shared) {
        this.shared = shared;
    }

    /** A subscription that reads its topic's shared feed from the first entry on. */
    public static FeedSubscription reading(Feed shared) {
        return new OneTopic(shared).reading(shared, shared.settings());
    }

    /** A subscription that reads this feed from its first entry on. */
    public FeedSubscription reading(Feed feed, TopicSettings settings) {
        FeedSubscription state = FeedSubscription.of(new Opening.Latest(), shared, this, settings, 0);
        state.begin(Frontier.EMPTY, Map.of(), 0);
        state.goOn(new ReadOn.In(feed, feed.attach(1, 0)));
        return state;
    }

    /** Who was refused another feed may ask again. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
    public void changed() {
        changes++;
    }

    /** If it asks, it reads on in the shared feed, or else stays where it is. */
    public void serve(FeedSubscription state) {
        if (state.asks() && !isPlaced(state)) {
            state.goOn(ReadOn.STAY);
        }
    }

    /**
     * If it asks, it reads on in the shared feed, or else in one of its own, of what the producer has.
     *
     * @param oldest the first message that the producer has
     * @param head the last one
     */
    public void serve(FeedSubscription state, long oldest, long head) {
        if (!state.asks() || isPlaced(state)) {
            return;
        }
        long at = state.placedAt().sequence(PRODUCER);
        Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
        if (at + 1 < oldest) {
            own.expired(PRODUCER, at, oldest - 1, Reason.OVERRUN, 0);
        } else {
            own.began(PRODUCER, at);
        }
        for (long sequence = Math.max(at + 1, oldest); sequence <= head; sequence++) {
            own.messages(PRODUCER, sequence, Given.slice(sequence));
        }
        state.goOn(new ReadOn.In(own, own.attach(1, 0)));
        state.leaveOnceRead();
    }

    private boolean isPlaced(FeedSubscription state) {
        Feed.Placed placed = shared.place(state.placedAt(), Asked.ANYTHING, 0);
        if (placed != null) {
            state.goOn(new ReadOn.In(shared, placed.cursor()));
        }
        return placed != null;
    }

    @Override
    public StreamsView known() {
        return StreamsView.NOTHING;
    }

    @Override
    public long changes() {
        return changes;
    }
}
