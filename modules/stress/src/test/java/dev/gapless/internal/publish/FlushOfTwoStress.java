package dev.gapless.internal.publish;

import dev.gapless.core.Overflow;
import dev.gapless.core.log.Log;
import dev.gapless.internal.time.Clock;
import dev.gapless.stress.Given;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Of two threads that publish while the actor sleeps, one wakes it, and only one. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one wake-up")
@State
public class FlushOfTwoStress {
    private final Log log = Given.log(8, Overflow.EXPIRE);
    private final ProducerLog producer =
            new ProducerLog("t", log, Given.settings(8, Overflow.EXPIRE), Runnable::run, Clock.SYSTEM);
    private final AtomicInteger mailbox = new AtomicInteger();

    public FlushOfTwoStress() {
        producer.started(mailbox::incrementAndGet);
        mailbox.set(0);
        producer.look(() -> {});
    }

    @Actor
    public void publisher() {
        var unused = producer.publish(Given.content(1));
    }

    @Actor
    public void another() {
        var unused = producer.publish(Given.content(2));
    }

    @Arbiter
    public void after(I_Result result) {
        result.r1 = mailbox.get();
    }
}
