package dev.gapless.core.subscription;

import dev.gapless.core.Gap;
import dev.gapless.core.Overflow;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedMessage;
import dev.gapless.core.feed.Vector;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JIJ_Result;

/** G1, G2: what a subscription is given and told adds up, in order, however often the feed overtakes it. */
@JCStressTest
@Outcome(
        id = {"6, 0, 0", "6, 1, 0", "6, 2, 0", "6, 3, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "how far it got, how many gaps it was told, how often it broke its invariant")
@State
public class SubscriptionOvertakenStress {
    private final Feed feed = new Feed(Given.settings(2, Overflow.EXPIRE));
    private final SubscriptionState state;
    private long reached;
    private int gaps;

    public SubscriptionOvertakenStress() {
        feed.started(new At(Given.era("p"), 0));
        state = SubscriptionState.live(feed, 1, Vector.EMPTY, Given.settings(2, Overflow.EXPIRE), 0, 0);
        state.next(0);
    }

    @Actor
    public void consumer() {
        for (int i = 1; i <= 6; i++) {
            feed.messages(Given.era("p"), i, Given.slice(i));
        }
    }

    @Actor
    public void subscription() {
        read();
        read();
    }

    @Arbiter
    public void after(JIJ_Result result) {
        while (read()) {
            // to the end
        }
        result.r1 = reached;
        result.r2 = gaps;
        result.r3 = state.violations();
    }

    private boolean read() {
        Step step = state.next(0);
        if (step instanceof Step.Messages messages) {
            for (FeedMessage message : messages.run().messages()) {
                goOn(message.sequence(), message.sequence());
            }
            state.handled(messages.run().size());
        } else if (step instanceof Step.Missed missed) {
            for (Gap gap : missed.gaps()) {
                goOn(gap.firstMissing(), gap.firstMissing() + gap.missed() - 1);
                gaps++;
            }
            state.reloaded(null);
        }
        return step != Step.IDLE;
    }

    private void goOn(long first, long last) {
        reached = first == reached + 1 ? last : Long.MIN_VALUE;
    }
}
