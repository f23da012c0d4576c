package dev.gapless.core.feed;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JZ_Result;

/** Backpressure: a reader that frees a full feed is seen by its consumer, or knows that it has to tell it. */
@JCStressTest
@Outcome(id = "0, true", expect = Expect.ACCEPTABLE, desc = "no room yet, and the reader says when there is")
@Outcome(
        id = {"65536, true", "65536, false"},
        expect = Expect.ACCEPTABLE,
        desc = "room")
@State
public class FeedRoomStress {
    private final Feed feed = new Feed(Given.settings(2, Overflow.BACKPRESSURE));
    private final FeedCursor reader = feed.attach(1, 0);

    public FeedRoomStress() {
        feed.began(Given.stream("p"), 0);
        feed.messages(Given.stream("p"), 1, Given.slice(1));
    }

    @Actor
    public void consumer(JZ_Result result) {
        result.r1 = feed.grantBytes();
    }

    @Actor
    public void subscription(JZ_Result result) {
        reader.moveTo(3);
        result.r2 = feed.wantsRoom();
    }
}
