package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** P7: a reader that finds the log closed finds everything that it ever accepted. */
@JCStressTest
@Outcome(
        id = {"open, empty", "open, a", "open, ab"},
        expect = Expect.ACCEPTABLE,
        desc = "before")
@Outcome(id = "closed, ab", expect = Expect.ACCEPTABLE, desc = "after")
@State
public class CloseWhileReadingStress {
    private final Log log = Given.log(4, Overflow.EXPIRE);

    @Actor
    public void publisher() {
        Given.publish(log, 'a');
        Given.publish(log, 'b');
        log.close();
    }

    @Actor
    public void reader(LL_Result result) {
        result.r1 = log.isClosed() ? "closed" : "open";
        result.r2 = Given.announced(log.read(1, 9, 1 << 20));
    }
}
