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

/** A subscription that is resumed while its reader finds it paused is read on. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionResumeStress {
    private final CopiedTopic topic = new CopiedTopic(Given.settings(8, Overflow.EXPIRE));
    private final Woken subscription;

    public SubscriptionResumeStress() {
        topic.push(1);
        subscription = new Woken(topic.read());
        subscription.handle.pause();
        subscription.wake();
    }

    @Actor
    public void application() {
        subscription.handle.resume();
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
