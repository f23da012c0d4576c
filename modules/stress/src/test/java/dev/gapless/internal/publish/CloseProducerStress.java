package dev.gapless.internal.publish;

import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.log.Log;
import dev.gapless.internal.time.Clock;
import dev.gapless.stress.Given;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LJ_Result;

/** P7: a publish that meets the end of its node completes with a place in the log, or fails; never neither. */
@JCStressTest
@Outcome(id = "placed at 1, 1", expect = Expect.ACCEPTABLE, desc = "it was accepted")
@Outcome(id = "refused, 0", expect = Expect.ACCEPTABLE, desc = "it was refused")
@State
public class CloseProducerStress {
    private final Log log = Given.log(8, Overflow.EXPIRE);
    private final ProducerLog producer =
            new ProducerLog("t", log, Given.settings(8, Overflow.EXPIRE), Runnable::run, Clock.SYSTEM);

    @Actor
    public void publisher(LJ_Result result) {
        CompletableFuture<Position> published = producer.publish(Given.content(1));
        if (published.isCompletedExceptionally()) {
            result.r1 = "refused";
        } else if (published.isDone()) {
            result.r1 = "placed at " + published.join().sequence();
        }
    }

    @Actor
    public void closer(LJ_Result result) {
        log.close();
        result.r2 = log.head();
    }
}
