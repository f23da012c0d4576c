package dev.gapless.internal.subscribe;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.StreamsView;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.subscription.ReadOn;
import dev.gapless.core.subscription.TopicView;
import java.util.Map;

/** A topic of whose streams nothing is known but what its feeds say, and its subscriptions, without a consumer. */
final class OneFeed implements TopicView {
    private static final OneFeed TOPIC = new OneFeed();

    private OneFeed() {}

    /** A subscription that reads the shared feed from its first entry on. */
    static FeedSubscription read(Feed shared, TopicSettings settings) {
        return read(shared, shared, settings);
    }

    /** A subscription that reads this feed from its first entry on. */
    static FeedSubscription read(Feed feed, Feed shared, TopicSettings settings) {
        FeedSubscription state = FeedSubscription.of(new Opening.Latest(), shared, TOPIC, settings, 0);
        state.begin(Frontier.EMPTY, Map.of(), 0);
        state.goOn(new ReadOn.In(feed, feed.attach(1, 0)));
        return state;
    }

    @Override
    public StreamsView known() {
        return StreamsView.NOTHING;
    }

    @Override
    public long changes() {
        return 0;
    }
}
