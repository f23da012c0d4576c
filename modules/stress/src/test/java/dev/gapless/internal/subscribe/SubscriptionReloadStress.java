package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.topic.CopiedTopic;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** What comes while a reload ends is given, although nobody is woken during a reload, or while one waits. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionReloadStress {
    private static final TopicSettings PACED =
            Given.settings(8, Overflow.EXPIRE).with(draft -> draft.reloadIntervalNs = 1_000);

    private final CopiedTopic topic = new CopiedTopic(PACED);
    private final Woken subscription;

    public SubscriptionReloadStress() {
        topic.overrun(1);
        subscription = new Woken(topic.read());
        subscription.wake();
        subscription.turns(); // the first reload
        topic.overrun(2);
        subscription.wake();
        subscription.turns(); // the next one waits
        subscription.at(1_000);
    }

    @Actor
    public void consumer() {
        topic.push(3);
        subscription.wake();
    }

    /** The timer rings. */
    @Actor
    public void reader() {
        subscription.read();
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.or(subscription.reached() == 3 ? "given" : "unread");
        subscription.settle();
        result.r1 = subscription.reached() == 3 ? result.r1 : "lost " + subscription.reached();
    }
}
