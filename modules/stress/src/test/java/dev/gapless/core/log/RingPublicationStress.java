package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;

/** Whoever sees the head at n finds entry n, with its contents. */
@JCStressTest
@Outcome(
        id = {"0, 0", "1, 1", "2, 2", "3, 3"},
        expect = Expect.ACCEPTABLE,
        desc = "the head, and the contents of its entry")
@State
public class RingPublicationStress {
    private final Ring<Segment> ring = new Ring<>(4, 1 << 20, 1);

    @Actor
    public void writer() {
        for (int i = 1; i <= 3; i++) {
            Given.append(ring);
        }
    }

    @Actor
    public void reader(JI_Result result) {
        result.r1 = ring.head();
        if (result.r1 > 0) {
            result.r2 = Given.read(ring, result.r1);
        }
    }
}
