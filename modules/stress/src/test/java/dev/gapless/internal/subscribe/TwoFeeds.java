package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.stress.Given;
import dev.gapless.stress.OneTopic;

/** A subscription that reads a feed of its own, with one message, and may move to the shared feed, which has the same. */
final class TwoFeeds {
    final Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
    final Feed shared = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final OneTopic topic = new OneTopic(shared);
    private final FeedSubscription state;
    private final Woken subscription;

    TwoFeeds() {
        for (Feed feed : new Feed[] {shared, own}) {
            feed.began(Given.stream("p"), 0);
            feed.messages(Given.stream("p"), 1, Given.slice(1));
        }
        state = topic.reading(own, Given.settings(8, Overflow.EXPIRE));
        subscription = new Woken(state);
        subscription.wake();
    }

    /** Three messages are missed; that is told here first, and there after the subscription was placed, if it asks. */
    void tell(Feed here, Feed there) {
        topic.serve(state);
        tell(here);
        topic.serve(state);
        tell(there);
        place();
    }

    private static void tell(Feed feed) {
        feed.expired(Given.stream("p"), 1, 4, Reason.OVERRUN, 0);
        feed.messages(Given.stream("p"), 5, Given.slice(5));
    }

    private void place() {
        topic.serve(state);
        topic.changed();
        subscription.wake();
    }

    void read() {
        subscription.turns();
    }

    /** How far it gets, and how many gaps it is told. */
    String after() {
        for (int i = 0; i < 3; i++) {
            subscription.settle();
            place();
        }
        return state.isCatchingUp() ? "stays behind" : subscription.reached() + ", " + subscription.gaps();
    }
}
