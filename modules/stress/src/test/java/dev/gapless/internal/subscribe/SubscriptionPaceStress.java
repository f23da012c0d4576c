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

/** A reload that waits for its time keeps wake-ups away: whatever comes meanwhile, a timer is set. */
@JCStressTest
@Outcome(
        id = {"timer", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it looks again when the reload may begin, or before")
@State
public class SubscriptionPaceStress {
    private static final TopicSettings PACED =
            Given.settings(8, Overflow.EXPIRE).with(draft -> draft.reloadIntervalNs = 1_000);

    private final CopiedTopic topic = new CopiedTopic(PACED);
    private final Woken subscription;

    public SubscriptionPaceStress() {
        topic.overrun(1);
        subscription = new Woken(topic.read());
        subscription.wake();
        subscription.turns(); // the first reload; the next one waits
        topic.overrun(2);
        subscription.wake();
    }

    @Actor
    public void consumer() {
        topic.push(3);
        subscription.wake();
    }

    @Actor
    public void reader() {
        subscription.turns();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = subscription.gaps() == 1 ? subscription.or("unread") : "reloaded too early";
    }
}
