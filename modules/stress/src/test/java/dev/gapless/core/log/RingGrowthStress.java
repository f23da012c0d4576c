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
        id = {"8, 1, 8", "9, 1, 9", "10, 1, 10"},
        expect = Expect.ACCEPTABLE,
        desc = "the head, the oldest entry, and the entry at the head")
@State
public class RingGrowthStress {
    private final Ring<Frame> ring = new Ring<>(64, 1 << 20, 1);

    public RingGrowthStress() {
        append(1, 8); // as many as the first array has slots
    }

    @Actor
    public void writer() {
        append(9, 10);
    }

    @Actor
    public void reader(JII_Result result) {
        result.r1 = ring.head();
        result.r2 = read(1);
        result.r3 = read(result.r1);
    }

    private void append(int from, int to) {
        for (int i = from; i <= to; i++) {
            ring.append(new Frame(i, 0, Given.content(i)), Ring.ALL, gone -> {});
        }
    }

    private int read(long index) {
        Frame frame = ring.get(index);
        return frame == null ? -2 : Given.value(frame.content());
    }
}
