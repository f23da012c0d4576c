package dev.gapless.core.feed;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** S5, with backpressure: where a reader is let in, the feed keeps everything from there on. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "its next entry is there")
@State
public class FeedJoinStress {
    private final Feed feed = new Feed(Given.settings(2, Overflow.BACKPRESSURE));
    private Feed.Joined joined;

    public FeedJoinStress() {
        feed.started(new At(Given.era("p"), 0));
        feed.messages(Given.era("p"), 1, Given.slice(1));
    }

    @Actor
    public void consumer() {
        feed.messages(Given.era("p"), 2, Given.slice(2));
        feed.messages(Given.era("p"), 3, Given.slice(3));
    }

    @Actor
    public void subscription() {
        joined = feed.join(Vector.EMPTY.with(new At(Given.era("p"), 9)), 0);
    }

    @Arbiter
    public void after(Z_Result result) {
        result.r1 = joined != null && feed.get(joined.cursor().next()) != null;
    }
}
