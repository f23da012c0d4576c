package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A reader that looks again and again sees the head move. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "it was seen")
@State
public class HeadMovesStress {
    private final Ring<Segment> ring = new Ring<>(2, 1 << 20, 1);

    @Actor
    public void reader() {
        while (ring.head() < 1) {
            // again
        }
    }

    @Signal
    public void writer() {
        Given.append(ring);
    }
}
