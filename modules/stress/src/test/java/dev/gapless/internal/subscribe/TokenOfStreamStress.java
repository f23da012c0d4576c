package dev.gapless.internal.subscribe;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A token of a stream is never ahead of the demand that says that an element was dealt with, nor one of an asynchronous handler. */
@JCStressTest
@Outcome(id = "not ahead", expect = Expect.ACCEPTABLE, desc = "who resumes there is given what was not dealt with")
@State
public class TokenOfStreamStress {
    private final Confirming subscription = new Confirming(new Confirming.Holding(1));

    @Actor
    public void reader() {
        subscription.open();
        for (int number = 1; number <= Confirming.MESSAGES; number++) {
            subscription.confirm(number);
        }
    }

    @Actor
    public void other(L_Result result) {
        result.r1 = subscription.token();
    }
}
