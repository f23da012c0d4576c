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

/** P7: whatever comes while a log is closed is accepted and below its last head, or refused. */
@JCStressTest
@Outcome(
        id = {"accepted accepted, 2 ab, 2 ab", "accepted closed, 1 a, 1 a", "closed closed, 0 empty, 0 empty"},
        expect = Expect.ACCEPTABLE,
        desc = "the answers, and the head and the contents at the closing and afterwards")
@State
public class CloseWhilePublishingStress {
    private final Log log = Given.log(4, Overflow.EXPIRE);

    @Actor
    public void publisher(LLL_Result result) {
        result.r1 = publish('a') + " " + publish('b');
    }

    @Actor
    public void closer(LLL_Result result) {
        log.close();
        result.r2 = contents();
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r3 = contents();
    }

    private String contents() {
        return log.head() + " " + Given.announced(log.read(1, 9, 1 << 20));
    }

    private String publish(char value) {
        Admission admission = Given.publish(log, value);
        return admission instanceof Admission.Accepted
                ? "accepted"
                : admission instanceof Admission.Closed ? "closed" : "other";
    }
}
