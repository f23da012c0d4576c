package dev.gapless.internal;

import dev.gapless.core.Overflow;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Vector;
import dev.gapless.core.subscription.Step;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.stress.Given;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** No entry of a feed is left unread: the subscription has got it, or a wake-up is on its way. */
@JCStressTest
@Outcome(
        id = {"given", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "it was given, or the subscription will look again")
@State
public class SubscriptionWakeupStress {
    private final Feed feed = new Feed(Given.settings(8, Overflow.EXPIRE));
    private final Wakeup wakeup = new Wakeup();
    private final AtomicInteger mailbox = new AtomicInteger();
    private SubscriptionState subscription;
    private boolean given;

    public SubscriptionWakeupStress() {
        feed.started(new At(Given.era("p"), 0));
        subscription = SubscriptionState.live(feed, 1, Vector.EMPTY, Given.settings(8, Overflow.EXPIRE), 0, 0);
        subscription.next(0);
        if (wakeup.claim()) {
            mailbox.set(1);
        }
    }

    @Actor
    public void consumer() {
        feed.messages(Given.era("p"), Given.frame(1));
        if (wakeup.claim()) {
            mailbox.incrementAndGet();
        }
    }

    @Actor
    public void subscription() {
        for (int i = 0; i < 2 && mailbox.get() > 0; i++) {
            mailbox.decrementAndGet();
            wakeup.arrived();
            given |= subscription.next(0) instanceof Step.Messages;
        }
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = mailbox.get() == 1 ? "woken" : given && mailbox.get() == 0 ? "given" : "unread";
    }
}
