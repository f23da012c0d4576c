package dev.gapless.core.subscription;

import dev.gapless.core.Overflow;
import dev.gapless.core.feed.Feed;
import dev.gapless.stress.Given;
import dev.gapless.stress.OneTopic;
import dev.gapless.stress.Reader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JIJ_Result;

/** G1, G2: what a subscription is given and announced adds up, in order, however often the feed overtakes it, and whatever its producer has left. */
@JCStressTest
@Outcome(
        id = {"6, 0, 0", "6, 1, 0", "6, 2, 0", "6, 3, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "how far it got, how many gaps it was told, how often it broke its invariant")
@State
public class SubscriptionOvertakenStress {
    private static final int LAST = 6;

    private final Feed feed = new Feed(Given.settings(2, Overflow.EXPIRE));
    private final OneTopic topic = new OneTopic(feed);
    private final FeedSubscription state;
    private final Reader reader;

    public SubscriptionOvertakenStress() {
        feed.began(Given.stream("p"), 0);
        state = topic.reading(feed, Given.settings(2, Overflow.EXPIRE));
        reader = new Reader(state);
        reader.read();
    }

    @Actor
    public void consumer() {
        for (int i = 1; i <= LAST; i++) {
            feed.messages(Given.stream("p"), i, Given.slice(i));
            topic.serve(state, Math.max(1, i - 2), i);
        }
    }

    @Actor
    public void subscription() {
        reader.read();
        reader.read();
    }

    @Arbiter
    public void after(JIJ_Result result) {
        for (int i = 0; i < 10; i++) {
            topic.serve(state, LAST - 2, LAST);
            while (reader.read()) {
                // to the end
            }
        }
        result.r1 = reader.reached();
        result.r2 = reader.gaps();
        result.r3 = state.violations();
    }
}
