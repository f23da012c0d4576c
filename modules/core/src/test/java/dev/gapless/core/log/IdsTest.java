package dev.gapless.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.Limits;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.ResumeAfterExpiry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A publish that comes again with its id (rule P17): what a log in memory does about it. */
class IdsTest {
    private static final Ticket NOBODY = outcome -> {};
    private static final Format FORMAT = new Format(33, "m");

    private final List<Admission> told = new ArrayList<>();

    private static Content content(String id) {
        return new Content("k", false, Map.of("a", "1", "b", "2"), FORMAT, new byte[] {1}).withId(id);
    }

    private static Log log(int messages) {
        return new Log(Given.LOG, Given.ring(messages), Gate.opened());
    }

    private Admission publish(Log log, Content content) {
        return log.publish(content, 10, 0, told::add);
    }

    private static Admission accepted(long sequence) {
        return new Admission.Accepted(new Position(Given.EPOCH, sequence));
    }

    @Test
    @DisplayName("ruleP17: a repeat gets the position of the first, and publishes nothing")
    void repeat() {
        Log log = log(8);
        assertEquals(accepted(1), publish(log, content("one")));
        assertEquals(accepted(2), publish(log, content("two")));
        assertEquals(accepted(1), publish(log, content("one")));
        assertEquals(accepted(2), publish(log, content("two")));
        assertEquals(2, log.head());
        Slice first = assertInstanceOf(Reading.Messages.class, log.read(1, 1, 1_000))
                .slices()
                .get(0);
        assertEquals("one", first.id(0));
    }

    @Test
    @DisplayName("ruleP17: the quick way in gives a message with an id no sequence, and what comes behind it neither")
    void quickWay() {
        Log log = log(8);
        Content without = Given.content(1);
        assertEquals(0, log.tryPublish(content("one"), 10));
        assertEquals(new Log.Sequences(1, 1), log.tryPublish(List.of(without, content("one"), without), 10));
        assertEquals(1, log.head());
    }

    @Test
    @DisplayName("ruleP17: the same id with another key, headers, format or content is refused")
    void reused() {
        Log log = log(8);
        Map<String, String> headers = Map.of("b", "2", "a", "1");
        byte[] bytes = {1};
        publish(log, content("one"));
        for (Content other : List.of(
                new Content(null, false, headers, FORMAT, bytes),
                new Content("l", false, headers, FORMAT, bytes),
                new Content("k", true, headers, FORMAT, bytes),
                new Content("k", false, Map.of("a", "1"), FORMAT, bytes),
                new Content("k", false, headers, new Format(33, "n"), bytes),
                new Content("k", false, headers, FORMAT, new byte[] {1, 1}),
                new Content("k", false, headers, FORMAT, new byte[0]))) {
            assertEquals(new Admission.IdReused(), publish(log, other.withId("one")));
        }
        assertEquals(accepted(1), publish(log, new Content("k", false, headers, FORMAT, bytes).withId("one")));
        assertEquals(1, log.head());
    }

    @Test
    @DisplayName("ruleP17: an id is known as long as its message is in the ring, and takes memory no longer")
    void forgotten() {
        Log log = log(2);
        publish(log, content("one"));
        long bytes = log.idBytes();
        assertTrue(bytes > "one".length(), () -> "bytes: " + bytes);
        publish(log, content("two"));
        assertEquals(2 * bytes, log.idBytes());
        publish(log, Given.content(3));
        assertEquals(bytes, log.idBytes(), "of two alone");
        assertEquals(accepted(2), publish(log, content("two")));
        assertEquals(accepted(4), publish(log, content("one")), "the ring has it no more");
        assertEquals(accepted(4), publish(log, content("one")));
        log.invalidate(10, NOBODY);
        assertEquals(0, log.idBytes());
        assertEquals(accepted(6), publish(log, content("one")));
    }

    @Test
    @DisplayName("ruleP17: the ring counts an id's bytes")
    void counted() {
        Log log = log(8);
        publish(log, Given.content(1));
        long without = log.bytes();
        publish(log, Given.content(1).withId("12345"));
        assertEquals(2 * without + FrameLayout.ID_BYTES + 5 + log.idBytes(), log.bytes());
        assertNull(assertInstanceOf(Reading.Messages.class, log.read(1, 1, 1_000))
                .slices()
                .get(0)
                .id(0));
    }

    @Test
    @DisplayName("ruleP17: a repeat waits behind the first, and gets its outcome")
    void waits() {
        Gate gate = new Gate();
        Log log = new Log(Given.LOG, Given.ring(8), gate);
        publish(log, content("one"));
        assertInstanceOf(Admission.Waiting.class, publish(log, content("one")));
        publish(log, new Content("k", false, Map.of(), FORMAT, new byte[0]).withId("one"));
        assertEquals(3, log.waiting());
        gate.open();
        log.release(Ring.ALL, 10);
        assertEquals(List.of(accepted(1), accepted(1), new Admission.IdReused()), told);
        assertEquals(1, log.head());
        assertEquals(0, log.waiting());
    }

    @Test
    @DisplayName("ruleP17: a repeat needs no room")
    void needsNoRoom() {
        Log log = new Log(Given.LOG, Given.settings(1, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD), Gate.opened());
        log.hold();
        publish(log, content("one"));
        assertInstanceOf(Admission.Waiting.class, publish(log, content("two")));
        assertEquals(accepted(1), publish(log, content("one")));
        assertEquals(List.of(), told);
    }

    @Test
    void anIdHasItsBounds() {
        Content content = Given.content(1);
        assertThrows(IllegalArgumentException.class, () -> content.withId(""));
        assertThrows(IllegalArgumentException.class, () -> content.withId("x".repeat(Limits.MAX_ID + 1)));
        assertEquals(
                Limits.MAX_ID, content.withId("x".repeat(Limits.MAX_ID)).id().length());
    }

    @Test
    void aContentThatIsKeptHasItsId() {
        Content lent = new Content(null, false, Map.of(), FORMAT, new byte[] {1}, true).withId("one");
        assertEquals("one", lent.kept().id());
    }
}
