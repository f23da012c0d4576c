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
import org.openjdk.jcstress.infra.results.L_Result;

/** No append is left unsent: the actor has seen it, or a wake-up is on its way. */
@JCStressTest
@Outcome(
        id = {"sent", "woken"},
        expect = Expect.ACCEPTABLE,
        desc = "all was seen, or the actor will look again")
@State
public class FlushStress {
    private final Log log = Given.log(8, Overflow.EXPIRE);
    private final ProducerLog producer =
            new ProducerLog("t", log, Given.settings(8, Overflow.EXPIRE), Runnable::run, Clock.SYSTEM);
    private final AtomicInteger mailbox = new AtomicInteger();
    private long seen;
    private String sent = "";

    public FlushStress() {
        producer.started(mailbox::incrementAndGet);
    }

    @Actor
    public void publisher() {
        var unused = producer.publish(Given.content(1));
        unused = producer.publish(Given.content(2));
    }

    @Actor
    public void actor() {
        look();
        look();
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 =
                mailbox.get() == 1 ? "woken" : seen == 2 && mailbox.get() == 0 && !sent.isEmpty() ? "sent" : "unsent";
    }

    private void look() {
        if (mailbox.get() > 0) {
            mailbox.decrementAndGet();
            producer.look(() -> {
                seen = log.head();
                sent = Given.announced(log.read(1, 9, 1 << 20)); // takes its time, as sending does
            });
        }
    }
}
