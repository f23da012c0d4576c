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

/** No message is left unread: the subscription has got it, or a wake-up is on its way. It is woken only if it has something. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionWakeupStress {
    private final CopiedTopic topic = new CopiedTopic(Given.settings(8, Overflow.EXPIRE));
    private final Woken subscription;

    public SubscriptionWakeupStress() {
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
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.or(subscription.reached() == 1 ? "given" : "unread");
        subscription.settle();
        result.r1 = subscription.reached() == 1 ? result.r1 : "lost";
    }
}
