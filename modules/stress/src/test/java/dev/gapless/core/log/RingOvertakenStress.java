package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A reader whose slots are written again while it reads finds its entry, or that it is gone: never another one, and never
 * neither.
 */
@JCStressTest
@Outcome(id = "1 2", expect = Expect.ACCEPTABLE, desc = "both before they are overwritten")
@Outcome(
        id = {"gone 2", "gone gone"},
        expect = Expect.ACCEPTABLE,
        desc = "the first was overwritten, or both")
@Outcome(id = "1 gone", expect = Expect.ACCEPTABLE, desc = "the second was overwritten meanwhile")
@State
public class RingOvertakenStress {
    private final Ring<Segment> ring = new Ring<>(2, 1 << 20, 1);

    public RingOvertakenStress() {
        append(2);
    }

    @Actor
    public void writer() {
        append(6); // 5 and 6 come to lie where 1 and 2 were
    }

    @Actor
    public void reader(L_Result result) {
        String first = read(1);
        result.r1 = first + " " + read(2);
    }

    private void append(int entries) {
        for (int i = 0; i < entries; i++) {
            Given.append(ring);
        }
    }

    private String read(long index) {
        int value = Given.read(ring, index);
        if (value != -2) {
            return String.valueOf(value);
        }
        return ring.oldest() > index ? "gone" : "lost";
    }
}
