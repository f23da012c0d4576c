package dev.gapless.core.feed;

import dev.gapless.core.Overflow;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.stress.Given;
import dev.gapless.stress.OneTopic;
import dev.gapless.stress.Reader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * S5: a subscription is placed at the oldest entry of the shared feed, which drops it before the subscription has read it. It is placed again,
 * and given everything once.
 */
@JCStressTest
@Outcome(id = "5, 0", expect = Expect.ACCEPTABLE, desc = "how far it got, and how many gaps it was told")
@Outcome(id = "5, 1", expect = Expect.ACCEPTABLE, desc = "the feed has gone on past it twice at once: it is told (S3)")
@State
public class FeedPlaceStress {
    private static final int LAST = 5;

    private final Feed shared = new Feed(Given.settings(2, Overflow.EXPIRE));
    private final OneTopic topic = new OneTopic(shared);
    private final Reader reader;
    private final FeedSubscription state;

    public FeedPlaceStress() {
        Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
        for (Feed feed : new Feed[] {shared, own}) {
            feed.began(Given.stream("p"), 0);
            feed.messages(Given.stream("p"), 1, Given.slice(1));
        }
        state = topic.reading(own, Given.settings(8, Overflow.EXPIRE));
        reader = new Reader(state);
        reader.read();
        reader.read(); // it asks
    }

    @Actor
    public void consumer() {
        for (int i = 2; i <= LAST; i++) {
            topic.serve(state, 1, i - 1);
            shared.messages(Given.stream("p"), i, Given.slice(i));
        }
    }

    @Actor
    public void subscription() {
        reader.read();
        reader.read();
    }

    @Arbiter
    public void after(L_Result result) {
        for (int i = 0; i < 10; i++) {
            topic.serve(state, 1, LAST);
            while (reader.read()) {
                // to the end
            }
        }
        result.r1 = reader.reached() + ", " + reader.gaps();
    }
}
