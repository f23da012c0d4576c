package dev.gapless.simulation.mutation;

import dev.gapless.core.Epoch;
import dev.gapless.core.Lineage;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges what the core makes of a log that was recovered (rule P8). Nodes make none yet, so that neither the simulation nor
 * a scenario has any: a life that had published 5 messages, of which 3 were stored, is followed by one that goes on from those.
 */
final class RecoveredLog {
    private static final Epoch BEFORE = new Epoch(1);
    private static final long STORED = 3;
    private static final long PUBLISHED = 5;
    private final Log log = new Log(
            new LogIdentity(new Epoch(2), 0, STORED + 1, new Lineage(BEFORE, STORED)),
            TopicSettings.DEFAULTS,
            Gate.opened());
    private final Outbox outbox = new Outbox();
    private final ProducerState producer = new ProducerState("topic", 1, log, TopicSettings.DEFAULTS, outbox);

    private RecoveredLog() {}

    static @Nullable String judge() {
        String what = new RecoveredLog().broken();
        return what == null ? null : "a recovered log\t" + what;
    }

    private @Nullable String broken() {
        for (long sequence = STORED + 1; sequence <= PUBLISHED; sequence++) {
            Admission admission = log.publish(Content.of(1, "", new byte[] {2}), 0, 0, outcome -> {});
            Position position = new Position(BEFORE, sequence);
            if (admission.equals(new Admission.Accepted(position))) {
                return "G3: " + position + " is another message than in the life before";
            }
        }
        for (long sequence = 0; sequence <= PUBLISHED; sequence++) {
            producer.onMessage(
                    new Register(
                            "topic",
                            0,
                            new Session(2, sequence + 1),
                            1,
                            new Start.After(new Position(BEFORE, sequence)),
                            10_000),
                    new Now(0, 0));
            Packet answer = answer();
            boolean goesOn = answer instanceof Registered registered && registered.next() == sequence + 1;
            if (sequence > STORED && !isTold(answer)) {
                return "G1: who has got what was not stored, up to " + sequence + ", is answered with " + answer;
            } else if (sequence == STORED && !goesOn) {
                return "P2: who has got all that was stored is answered with " + answer;
            } else if (sequence < STORED && !isTold(answer)) {
                return "G1: who lacks what the ring does not hold, from " + sequence + " on, is answered with "
                        + answer;
            }
        }
        return null;
    }

    private Packet answer() {
        List<Packet> sent = new ArrayList<>();
        outbox.drain(new Outbox.Carrier() {
            @Override
            public void send(long toUid, Packet packet) {
                sent.add(packet);
            }

            @Override
            public void carryOut(Effect effect) {}
        });
        return sent.get(0);
    }

    private static boolean isTold(Packet answer) {
        return answer instanceof CursorExpired;
    }
}
