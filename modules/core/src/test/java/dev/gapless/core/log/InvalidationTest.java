package dev.gapless.core.log;

import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an application published is not to be relied on (rule P16): what its log does about it. */
class InvalidationTest {
    private static final TopicSettings WAITING = Given.settings(2, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD);
    private static final Ticket NOBODY = outcome -> {};

    private final List<Admission> told = new ArrayList<>();
    private final Ticket ticket = told::add;

    private static Log log(TopicSettings settings, int messages) {
        Log log = new Log(Given.LOG, settings, Gate.opened());
        for (int i = 0; i < messages; i++) {
            log.tryPublish(content(i), 10);
        }
        return log;
    }

    private static Admission accepted(long sequence) {
        return new Admission.Accepted(new Position(Given.EPOCH, sequence));
    }

    @Test
    @DisplayName("ruleP16: it takes a sequence, and nothing up to there can be read any more")
    void takesASequence() {
        Log log = log(Given.ring(8), 3);
        log.invalidate(20, ticket);
        assertEquals(List.of(accepted(4)), told);
        assertEquals(4, log.head());
        assertEquals(5, log.oldest());
        assertEquals(0, log.size());
        assertEquals(0, log.bytes());
        for (int from = 1; from <= 4; from++) {
            assertSame(Reading.OVERRUN, log.read(from, 10, 10_000), "from " + from);
        }
        assertSame(Reading.EMPTY, log.read(5, 10, 10_000));
    }

    @Test
    @DisplayName("ruleP16: the next message comes behind it")
    void goesOn() {
        Log log = log(Given.ring(8), 0);
        log.invalidate(20, NOBODY);
        log.invalidate(20, NOBODY);
        assertEquals(3, log.tryPublish(content(7), 30));
        Reading.Messages read = assertInstanceOf(Reading.Messages.class, log.read(3, 10, 10_000));
        assertEquals(7, read.slices().get(0).content(0)[0]);
        assertEquals(1, log.size());
    }

    @Test
    @DisplayName("ruleP16: who begins at a time before it is told, who begins later is not")
    void since() {
        Log log = log(Given.ring(8), 2);
        log.invalidate(20, NOBODY);
        log.tryPublish(content(7), 30);
        assertEquals(0, log.firstSince(20));
        assertEquals(4, log.firstSince(21));
    }

    @Test
    @DisplayName("ruleP16: it waits for no room, and what waits for room comes behind it")
    void waitsForNoRoom() {
        Log log = new Log(Given.LOG, WAITING, Gate.opened());
        log.release(0, 0);
        List<Admission> settled = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            log.publish(content(i), 10, 0, settled::add);
        }
        assertInstanceOf(Admission.TooMany.class, log.publish(content(9), 10, 0, NOBODY));
        log.invalidate(20, ticket);
        assertEquals(List.of(accepted(3)), told);
        log.release(0, 1_000);
        assertEquals(List.of(accepted(4), accepted(5)), settled, "there is room now");
    }

    @Test
    @DisplayName("ruleP16, ruleP14: before its node is up one waits, for all who want one; however long")
    void waitsForItsNode() {
        Gate gate = new Gate();
        Log log = new Log(Given.LOG, Given.ring(8), gate);
        log.publish(content(1), 10, 0, NOBODY);
        assertSame(ticket, log.invalidate(10, ticket));
        assertSame(ticket, log.invalidate(10, outcome -> {}), "the one that waits");
        assertEquals(2, log.waiting());
        log.expireWaiters(1_000 * Given.SECOND);
        assertEquals(List.of(), told);
        gate.open();
        log.release(0, 20);
        assertEquals(List.of(accepted(1)), told);
        assertEquals(0, log.waiting());
        Ticket later = outcome -> {};
        assertNotSame(ticket, log.invalidate(30, later));
        assertEquals(2, log.head(), "that is another one");
    }

    @Test
    @DisplayName("ruleP16: a closed log refuses it, also one that waits")
    void closed() {
        Log log = new Log(Given.LOG, Given.ring(8), new Gate());
        log.invalidate(10, ticket);
        log.close();
        log.invalidate(10, ticket);
        assertEquals(List.of(new Admission.Closed(), new Admission.Closed()), told);
        assertEquals(0, log.waiting());
        assertTrue(log.end().isPresent());
        assertEquals(0, log.head());
    }
}
