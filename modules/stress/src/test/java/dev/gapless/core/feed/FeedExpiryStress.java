package dev.gapless.core.feed;

import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** G1: who finds the message behind an expiry finds the expiry, and who finds the expiry finds it announced. */
@JCStressTest
@Outcome(
        id = {"false, false, 1", "false, false, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "nothing yet")
@Outcome(id = "false, true, 2", expect = Expect.ACCEPTABLE, desc = "the expiry")
@Outcome(id = "true, true, 2", expect = Expect.ACCEPTABLE, desc = "the expiry and the message")
@State
public class FeedExpiryStress {
    private final Feed feed = new Feed(Given.settings(8, Overflow.EXPIRE));

    public FeedExpiryStress() {
        feed.began(Given.stream("p"), 0);
    }

    @Actor
    public void writer() {
        feed.expired(Given.stream("p"), 0, 4, Reason.OVERRUN, 0);
        feed.messages(Given.stream("p"), 5, Given.slice(5));
    }

    @Actor
    public void reader(ZZJ_Result result) {
        result.r1 = feed.get(3) instanceof FeedEntry.Messages;
        result.r2 = feed.get(2) instanceof FeedEntry.Expired;
        result.r3 = feed.lastNotice();
    }
}
