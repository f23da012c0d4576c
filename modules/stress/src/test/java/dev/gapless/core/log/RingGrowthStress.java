package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JII_Result;

/** While the ring moves to a larger array, everything in it can be read. */
@JCStressTest
@Outcome(
        id = {"4, 1, 4", "5, 1, 5", "6, 1, 6"},
        expect = Expect.ACCEPTABLE,
        desc = "the head, the oldest entry, and the entry at the head")
@State
public class RingGrowthStress {
    private final Ring<Segment> ring = new Ring<>(64, 1 << 20, 1);

    public RingGrowthStress() {
        append(4); // as many as the first array has slots
    }

    @Actor
    public void writer() {
        append(2);
    }

    @Actor
    public void reader(JII_Result result) {
        result.r1 = ring.head();
        result.r2 = Given.read(ring, 1);
        result.r3 = Given.read(ring, result.r1);
    }

    private void append(int entries) {
        for (int i = 0; i < entries; i++) {
            Given.append(ring);
        }
    }
}
