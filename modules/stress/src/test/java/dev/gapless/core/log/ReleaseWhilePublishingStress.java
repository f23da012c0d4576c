package dev.gapless.core.log;

import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Backpressure: a publish that meets the room being made is accepted once, whether it waited or not. */
@JCStressTest
@Outcome(id = "Accepted, , bc", expect = Expect.ACCEPTABLE, desc = "there was room")
@Outcome(id = "Waiting, Accepted 1, bc", expect = Expect.ACCEPTABLE, desc = "it waited, and was accepted")
@State
public class ReleaseWhilePublishingStress {
    private final Log log = Given.full();
    private final Answers answers = new Answers();

    @Actor
    public void publisher(LLL_Result result) {
        result.r1 = Answers.of(log.publish(Given.content('c'), 0, 0, answers));
    }

    @Actor
    public void producer() {
        log.release(1, 0);
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r2 = answers.toString();
        result.r3 = Given.announced(log.read(2, 9, 1 << 20));
    }
}
