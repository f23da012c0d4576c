package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.stress.Given;
import dev.gapless.stress.OneTopic;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** S5: a subscription that may move to the shared feed while its reader looks for the last time asks for it. */
@JCStressTest
@Outcome(
        id = {"asks", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it has asked, or will look again")
@State
public class SubscriptionMayMoveStress {
    private final Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Feed shared = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final OneTopic topic = new OneTopic(shared);
    private final FeedSubscription state;
    private final Woken subscription;

    public SubscriptionMayMoveStress() {
        own.began(Given.stream("p"), 0);
        state = topic.reading(own, Given.settings(8, Overflow.EXPIRE));
        subscription = new Woken(state);
        subscription.wake();
    }

    @Actor
    public void consumer() {
        shared.began(Given.stream("p"), 0);
        topic.changed();
        subscription.wake();
    }

    @Actor
    public void reader() {
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = state.asks() ? "asks" : subscription.or("stays behind");
        subscription.settle();
        result.r1 = state.asks() ? result.r1 : "stays behind";
    }
}
