package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** S5: a subscription that may join the shared feed while its reader looks for the last time joins it. */
@JCStressTest
@Outcome(
        id = {"joined", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it has joined, or will look again")
@State
public class SubscriptionMayJoinStress {
    private final Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Feed shared = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final SubscriptionState state;
    private final Woken subscription;

    public SubscriptionMayJoinStress() {
        state = SubscriptionState.catchingUp(own, shared, Vector.EMPTY, null, Given.settings(8, Overflow.EXPIRE), 0, 0);
        subscription = new Woken(state);
        shared.started(new At(Given.era("p"), 0));
        own.started(new At(Given.era("p"), 0));
        subscription.wake();
    }

    @Actor
    public void consumer() {
        state.mayJoin(true);
        subscription.wake();
    }

    @Actor
    public void reader() {
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.or(subscription.hasJoined() ? "joined" : "stays behind");
        subscription.settle();
        result.r1 = subscription.hasJoined() ? result.r1 : "stays behind";
    }
}
