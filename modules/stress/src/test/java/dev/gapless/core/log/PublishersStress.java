package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** G7: two publishers get sequences without a hole and none twice, each in the order of its own messages. */
@JCStressTest
@Outcome(
        id = {"abxy 12 34", "axby 13 24", "axyb 14 23", "xaby 23 14", "xayb 24 13", "xyab 34 12"},
        expect = Expect.ACCEPTABLE,
        desc = "the log, and what each was told")
@State
public class PublishersStress {
    private final Log log = Given.log(8, Overflow.EXPIRE);
    private String one = "";
    private String other = "";

    @Actor
    public void publisher() {
        one = publish('a') + publish('b');
    }

    @Actor
    public void another() {
        other = publish('x') + publish('y');
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = Given.announced(log.read(1, 9, 1 << 20)) + " " + one + " " + other;
    }

    private String publish(char value) {
        Admission admission = Given.publish(log, value);
        return admission instanceof Admission.Accepted accepted
                ? String.valueOf(accepted.position().sequence())
                : "refused";
    }
}
