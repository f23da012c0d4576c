package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
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

/** G1, S5: a join while a notice is appended, to the subscription's own feed first: it is told once, in its place. */
@JCStressTest
@Outcome(id = "5, 1", expect = Expect.ACCEPTABLE, desc = "how far it got, and how many gaps it was told")
@State
public class JoinBeforeNoticeStress {
    private final Feed own = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Feed shared = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Woken subscription;

    public JoinBeforeNoticeStress() {
        SubscriptionState state =
                SubscriptionState.catchingUp(own, shared, Vector.EMPTY, null, Given.settings(8, Overflow.EXPIRE), 0, 0);
        subscription = new Woken(state);
        for (Feed feed : new Feed[] {shared, own}) {
            feed.started(new At(Given.era("p"), 0));
            feed.messages(Given.era("p"), 1, Given.slice(1));
        }
        state.mayJoin(true);
        subscription.wake();
    }

    @Actor
    public void consumer() {
        tell(own);
        tell(shared);
        subscription.wake();
    }

    private static void tell(Feed feed) {
        feed.expired(new At(Given.era("p"), 4), Reason.OVERRUN, 0);
        feed.messages(Given.era("p"), 5, Given.slice(5));
    }

    @Actor
    public void reader() {
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        subscription.settle();
        result.r1 = subscription.hasJoined() ? subscription.reached() + ", " + subscription.gaps() : "stays behind";
    }
}
