package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Backpressure: a waiter that gets room when its time is over is answered once. */
@JCStressTest
@Outcome(id = "Accepted 1, bc", expect = Expect.ACCEPTABLE, desc = "room came first")
@Outcome(id = "TimedOut 1, ab", expect = Expect.ACCEPTABLE, desc = "its time was over first")
@State
public class ReleaseWhileExpiringStress {
    private final Log log = Given.full();
    private final Answers answers = new Answers();

    public ReleaseWhileExpiringStress() {
        log.publish(Given.content('c'), 0, 0, answers);
    }

    @Actor
    public void room() {
        log.release(1, 0);
    }

    @Actor
    public void end() {
        log.expireWaiters(Long.MAX_VALUE);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r1 = answers.toString();
        result.r2 = Given.announced(log.read(log.oldest(), 9, 1 << 20));
    }
}
