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
    private final Ring<Frame> ring = new Ring<>(2, 1 << 20, 1);

    public RingOvertakenStress() {
        append(1, 2);
    }

    @Actor
    public void writer() {
        append(3, 10); // 9 and 10 come to lie where 1 and 2 were
    }

    @Actor
    public void reader(L_Result result) {
        String first = read(1);
        result.r1 = first + " " + read(2);
    }

    private void append(int from, int to) {
        for (int i = from; i <= to; i++) {
            ring.append(new Frame(i, 0, Given.content(i)), Ring.ALL, gone -> {});
        }
    }

    private String read(long index) {
        Frame frame = ring.get(index);
        if (frame != null) {
            return String.valueOf(Given.value(frame.content()));
        }
        return ring.oldest() > index ? "gone" : "lost";
    }
}
