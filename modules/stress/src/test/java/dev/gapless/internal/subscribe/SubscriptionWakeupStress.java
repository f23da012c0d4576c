package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.feed.Feed;
import dev.gapless.stress.Given;
import dev.gapless.stress.OneTopic;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** No entry of a feed is left unread: the subscription has got it, or a wake-up is on its way. It is woken only if it has something. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionWakeupStress {
    private final Feed feed = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Woken subscription;

    public SubscriptionWakeupStress() {
        feed.began(Given.stream("p"), 0);
        subscription = new Woken(OneTopic.reading(feed));
        subscription.wake(); // by the start of p
    }

    @Actor
    public void consumer() {
        feed.messages(Given.stream("p"), 1, Given.slice(1));
        subscription.wake();
    }

    @Actor
    public void reader() {
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.or(subscription.reached() == 1 ? "given" : "unread");
        subscription.settle();
        result.r1 = subscription.reached() == 1 ? result.r1 : "lost";
    }
}
