package dev.gapless.internal.subscribe;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** G1, S5: a move to the shared feed while a notice is appended, to the subscription's own feed first: it is told once, in its place. */
@JCStressTest
@Outcome(id = "5, 1", expect = Expect.ACCEPTABLE, desc = "how far it got, and how many gaps it was told")
@State
public class MoveBeforeNoticeStress {
    private final TwoFeeds feeds = new TwoFeeds();

    @Actor
    public void consumer() {
        feeds.tell(feeds.own, feeds.shared);
    }

    @Actor
    public void reader() {
        feeds.read();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = feeds.after();
    }
}
