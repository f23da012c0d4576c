package dev.gapless.simulation.mutation;

import dev.gapless.core.Epoch;
import dev.gapless.core.Lineage;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.ProducerEffects;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.core.wire.ToConsumer;
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
    private final List<ToConsumer> sent = new ArrayList<>();
    private final Log log =
            new Log(new LogIdentity(new Epoch(2), 0, STORED + 1, new Lineage(BEFORE, STORED)), TopicSettings.DEFAULTS);
    private final ProducerState producer =
            new ProducerState("topic", 1, log, TopicSettings.DEFAULTS, new ProducerEffects() {
                @Override
                public void send(ToConsumer message) {
                    sent.add(message);
                }

                @Override
                public void expired(Session session, long reader, Reason reason, long sentUpTo, long resumeAt) {}
            });

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
                    0,
                    0);
            ToConsumer answer = sent.get(0);
            sent.clear();
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

    private static boolean isTold(ToConsumer answer) {
        return answer instanceof CursorExpired;
    }
}
