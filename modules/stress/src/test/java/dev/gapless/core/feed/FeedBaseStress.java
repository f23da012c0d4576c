package dev.gapless.core.feed;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** F1: an overtaken reader is told bases that belong to the oldest entry, of every producer. */
@JCStressTest
@Outcome(
        id = {"0", "1", "2", "3", "4"},
        expect = Expect.ACCEPTABLE,
        desc = "how many entries are gone")
@State
public class FeedBaseStress {
    private final Feed feed = new Feed(Given.settings(4, Overflow.EXPIRE));

    public FeedBaseStress() {
        feed.began(Given.stream("p"), 0);
        feed.began(Given.stream("q"), 0);
        messages(1);
    }

    @Actor
    public void writer() {
        messages(2);
        messages(3);
    }

    @Actor
    public void reader(L_Result result) {
        Feed.Overtaken overtaken = feed.overtaken();
        long gone = overtaken.oldest() - 1;
        long p = sequence(overtaken, "p");
        long q = sequence(overtaken, "q");
        // Two notices, and then p and q in turn.
        boolean belong = p == Math.max(0, (gone - 1) / 2) && q == Math.max(0, (gone - 2) / 2);
        result.r1 = belong ? String.valueOf(gone) : gone + " p" + p + " q" + q;
    }

    private void messages(long sequence) {
        feed.messages(Given.stream("p"), sequence, Given.slice(sequence));
        feed.messages(Given.stream("q"), sequence, Given.slice(sequence));
    }

    private static long sequence(Feed.Overtaken overtaken, String node) {
        return overtaken.bases().stream()
                .filter(base -> base.stream().node().equals(node))
                .mapToLong(Base::at)
                .findFirst()
                .orElse(-1);
    }
}
