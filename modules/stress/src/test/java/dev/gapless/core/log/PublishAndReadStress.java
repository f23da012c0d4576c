package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two threads publish and read: each finds its own message, and both find the same order. */
@JCStressTest
@Outcome(
        id = {"a, ax", "ax, ax", "ax, x"},
        expect = Expect.ACCEPTABLE,
        desc = "a came first")
@Outcome(
        id = {"xa, x", "xa, xa", "a, xa"},
        expect = Expect.ACCEPTABLE,
        desc = "x came first")
@State
public class PublishAndReadStress {
    private final Log log = Given.log(8, Overflow.EXPIRE);

    @Actor
    public void one(LL_Result result) {
        Given.publish(log, 'a');
        result.r1 = Given.announced(log.read(1, 9, 1 << 20));
    }

    @Actor
    public void other(LL_Result result) {
        Given.publish(log, 'x');
        result.r2 = Given.announced(log.read(1, 9, 1 << 20));
    }
}
