package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Backpressure: what is there once the log is held stays there until it is released. */
@JCStressTest
@Outcome(id = "Accepted, bc, bc", expect = Expect.ACCEPTABLE, desc = "the publish came first")
@Outcome(id = "Waiting, ab, ab", expect = Expect.ACCEPTABLE, desc = "the hold came first")
@State
public class HoldWhilePublishingStress {
    private final Log log = Given.log(2, Overflow.BACKPRESSURE);

    public HoldWhilePublishingStress() {
        Given.publish(log, 'a');
        Given.publish(log, 'b');
    }

    @Actor
    public void publisher(LLL_Result result) {
        result.r1 = Answers.of(Given.publish(log, 'c'));
    }

    @Actor
    public void producer(LLL_Result result) {
        log.hold();
        result.r2 = read();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r3 = read();
    }

    private String read() {
        long oldest = log.oldest();
        return Given.announced(log.read(oldest, 9, 1 << 20));
    }
}
