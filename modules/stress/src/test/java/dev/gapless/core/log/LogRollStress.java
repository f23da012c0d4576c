package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Messages that come into a segment of their own, while the log is read: what was published, from the front. */
@JCStressTest
@Outcome(
        id = {"empty", "1", "12", "123"},
        expect = Expect.ACCEPTABLE,
        desc = "what is there, without a gap")
@State
public class LogRollStress {
    /** Two of them do not fit into the first segment. */
    private static final int LARGE = 300;

    private final Log log = Given.log(8, Overflow.EXPIRE);

    @Actor
    public void writer() {
        for (int i = '1'; i <= '3'; i++) {
            log.publish(Given.content(i, LARGE), 0, 0, Given.NOBODY);
        }
    }

    @Actor
    public void reader(L_Result result) {
        result.r1 = Given.announced(log.read(1, 9, 1 << 20));
    }
}
