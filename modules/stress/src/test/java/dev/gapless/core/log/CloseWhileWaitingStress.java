package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** P7: a publish that meets the closing, and finds no room, is refused once: at once, or as a waiter. */
@JCStressTest
@Outcome(id = "Closed, , ab", expect = Expect.ACCEPTABLE, desc = "closing came first")
@Outcome(id = "Waiting, Closed 1, ab", expect = Expect.ACCEPTABLE, desc = "it waited, and was refused")
@State
public class CloseWhileWaitingStress {
    private final Log log = Given.full();
    private final Answers answers = new Answers();

    @Actor
    public void publisher(LLL_Result result) {
        result.r1 = Answers.of(log.publish(Given.content('c'), 0, 0, answers));
    }

    @Actor
    public void closer() {
        log.close();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r2 = answers.toString();
        result.r3 = Given.announced(log.read(1, 9, 1 << 20));
    }
}
