package dev.gapless.internal.subscribe;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
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

    private final Feed feed = new Feed(PACED);
    private final Woken subscription;

    public SubscriptionPaceStress() {
        feed.began(Given.stream("p"), 0);
        feed.expired(Given.stream("p"), 0, 1, Reason.OVERRUN, 0);
        subscription = new Woken(OneTopic.reading(feed));
        subscription.wake();
        subscription.turns(); // the first reload; the next one waits
        feed.expired(Given.stream("p"), 1, 2, Reason.OVERRUN, 0);
        subscription.wake();
    }

    @Actor
    public void consumer() {
        feed.messages(Given.stream("p"), 3, Given.slice(3));
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
