package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.topic.CopiedTopic;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** What comes while a subscription is paused is given once it is resumed, although its consumer's wake-up came to nothing. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionPauseStress {
    private final CopiedTopic topic = new CopiedTopic(Given.settings(8, Overflow.EXPIRE));
    private final Woken subscription;

    public SubscriptionPauseStress() {
        subscription = new Woken(topic.read());
        subscription.wake();
    }

    @Actor
    public void consumer() {
        topic.push(1);
        subscription.wake();
    }

    @Actor
    public void reader() {
        subscription.handle.pause();
        subscription.turns();
        subscription.handle.resume();
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.or(subscription.reached() == 1 ? "given" : "unread");
        subscription.settle();
        result.r1 = subscription.reached() == 1 ? result.r1 : "lost";
    }
}
