package dev.gapless.internal.publish;

import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.internal.time.Clock;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** P5: what is published while a full window opens is sent, or wakes the host. */
@JCStressTest
@Outcome(id = "sent", expect = Expect.ACCEPTABLE, desc = "the host has seen it, or looks again")
@State
public class WindowOpensStress implements Outbox.Carrier {
    private static final String TOPIC = "t";
    private static final Session SESSION = new Session(2, 1);
    private static final Now NOW = new Now(0, 0);

    private final Log log = Given.log(8, Overflow.EXPIRE);
    private final ProducerLog producer =
            new ProducerLog(TOPIC, log, Given.settings(8, Overflow.EXPIRE), Runnable::run, Clock.SYSTEM);
    private final Outbox outbox = new Outbox();
    private final ProducerState host = new ProducerState(TOPIC, 1, log, Given.settings(8, Overflow.EXPIRE), outbox);
    private boolean woken;
    private long sent;

    public WindowOpensStress() {
        host.onMessage(new Register(TOPIC, 0, SESSION, 1, Start.BEGINNING, 1), NOW);
        producer.started(() -> woken = true);
        var unused = producer.publish(Given.content(1));
        look();
        woken = false;
    }

    @Override
    public void send(long toUid, Packet packet) {
        if (packet instanceof Batch batch) {
            sent = batch.last();
        }
    }

    @Override
    public void carryOut(Effect effect) {}

    private void look() {
        producer.look(() -> host.onAppended(NOW));
        settle();
    }

    private void settle() {
        outbox.drain(this);
        producer.follow(host);
    }

    @Actor
    public void publisher() {
        var unused = producer.publish(Given.content(2));
    }

    @Actor
    public void host() {
        host.onMessage(new Ack(TOPIC, 0, SESSION, 1, 1), NOW);
        settle();
    }

    @Arbiter
    public void after(L_Result result) {
        if (woken) {
            look();
        }
        result.r1 = sent == 2 ? "sent" : "unsent";
    }
}
