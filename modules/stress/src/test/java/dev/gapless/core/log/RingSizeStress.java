package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A ring says how many entries it holds while they come and go: none while one takes the place of the other, or one. */
@JCStressTest
@Outcome(
        id = {"0", "1"},
        expect = Expect.ACCEPTABLE,
        desc = "within its bounds")
@State
public class RingSizeStress {
    private final Ring<Segment> ring = new Ring<>(1, 1 << 20, 1);

    public RingSizeStress() {
        Given.append(ring);
    }

    @Actor
    public void writer() {
        Given.append(ring);
        Given.append(ring);
    }

    @Actor
    public void reader(I_Result result) {
        result.r1 = ring.size();
    }
}
