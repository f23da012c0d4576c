package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Backpressure: a waiter that gets room when the log is closed is answered once, and truthfully. */
@JCStressTest
@Outcome(id = "Accepted 1, bc", expect = Expect.ACCEPTABLE, desc = "room came first")
@Outcome(id = "Closed 1, ab", expect = Expect.ACCEPTABLE, desc = "closing came first")
@State
public class ReleaseWhileClosingStress {
    private final Log log = Given.full();
    private final Answers answers = new Answers();

    public ReleaseWhileClosingStress() {
        log.publish(Given.content('c'), 0, 0, answers);
    }

    @Actor
    public void room() {
        log.release(1, 0);
    }

    @Actor
    public void end() {
        log.close();
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = answers.toString();
        result.r2 = Given.announced(log.read(log.oldest(), 9, 1 << 20));
    }
}
