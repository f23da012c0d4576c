package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** G7, with backpressure: what one thread publishes is in its order, also if some of it waits and the rest would fit. */
@JCStressTest
@Outcome(id = "cd", expect = Expect.ACCEPTABLE, desc = "in order")
@State
public class WaitersInOrderStress {
    private static final int LARGE = 100;

    // Room for three small messages, or for a large one and a small one.
    private final Log log = Given.almostFull(LARGE + 2 + 2 * Slice.OVERHEAD_BYTES + 10);

    @Actor
    public void publisher() {
        log.publish(Given.content('c', LARGE), 0, 0, Given.NOBODY);
        Given.publish(log, 'd');
    }

    @Actor
    public void producer() {
        log.release(1, 0);
        log.release(2, 0);
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = Given.announced(log.read(3, 9, 1 << 20));
    }
}
