package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import dev.gapless.Logged;
import dev.gapless.TooManyPending;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The lines about publishes that were refused. */
class RefusalsTest {
    private static final String PART = "A publish was refused";

    private final Queue<Runnable> later = new ArrayDeque<>();

    private static TooManyPending failure(int number) {
        return new TooManyPending("Topic t: number " + number, null);
    }

    @Test
    void thousandsOfOneReasonLeaveOneLineAndOneMoreWhenTheIntervalIsOver() {
        Refusals refusals = new Refusals(Duration.ofSeconds(10), later::add);
        try (Logged log = new Logged()) {
            for (int i = 1; i <= 15_000; i++) {
                refusals.log(Refusal.TOO_MANY_PENDING, failure(i));
            }
            refusals.log(Refusal.TIMEOUT, failure(0));
            assertEquals(
                    List.of("A publish was refused. Topic t: number 1", "A publish was refused. Topic t: number 0"),
                    log.lines(Level.WARN, PART));
            assertEquals(2, later.size());
            later.remove().run();
            later.remove().run(); // of the other reason there are no more
            assertEquals(
                    List.of("A publish was refused. Topic t: number 15000 (14998 more like this were left out,"
                            + " gapless.loss-log-interval)"),
                    log.lines(Level.WARN, PART, "left out"));
            later.remove().run();
            assertTrue(later.isEmpty());
            refusals.log(Refusal.TOO_MANY_PENDING, failure(15_001));
            assertEquals(4, log.lines(Level.WARN, PART).size());
        }
    }

    @Test
    void withoutAnIntervalEachIsTold() {
        Refusals refusals = new Refusals(Duration.ZERO, later::add);
        try (Logged log = new Logged()) {
            for (int i = 0; i < 3; i++) {
                refusals.log(Refusal.CLOSED, failure(i));
            }
            assertEquals(3, log.lines(Level.WARN, PART).size());
            assertTrue(later.isEmpty());
        }
    }

    @Test
    void aStageThatNobodyLooksAtLeavesALine() {
        ProducerLogs logs = new ProducerLogs(
                1, topic -> TopicSettings.DEFAULTS, 10, 1, NodeStats.none(), Runnable::run, Duration.ofDays(1));
        ProducerLog producer = logs.hold("refused");
        logs.refuseMessages();
        try (Logged log = new Logged()) {
            for (int i = 0; i < 100; i++) {
                var unused = producer.publish(new Content(null, false, Map.of(), Format.NONE, new byte[1]));
            }
            assertEquals(
                    1,
                    log.lines(Level.WARN, PART, "Topic refused", "takes no more messages")
                            .size());
        }
    }
}
