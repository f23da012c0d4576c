package dev.gapless.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A message that was published in a trace. */
class TracesTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final TraceContext TRACE = new TraceContext(PARENT, "a=1");
    private static final TraceContext OTHER = new TraceContext(PARENT.replace("01", "00"), "");
    private static final Content PLAIN =
            new Content("k", false, Map.of("a", "1"), new Format(33, "m"), new byte[] {1, 2});

    private final Log log = new Log(Given.LOG, Given.ring(8), Gate.opened());

    private Admission publish(Content content) {
        return log.publish(content, 10, 0, outcome -> {});
    }

    private Slice read(int messages) {
        List<Slice> slices = assertInstanceOf(Reading.Messages.class, log.read(1, messages, 10_000))
                .slices();
        assertEquals(1, slices.size());
        return slices.get(0);
    }

    @Test
    void isReadWithItsIdAndAllElseOrWithout() {
        publish(PLAIN);
        publish(PLAIN.withTrace(TRACE));
        publish(PLAIN.withTrace(TRACE).withId("one"));
        publish(PLAIN.withId("two").withTrace(OTHER));
        publish(PLAIN.withId("three"));
        Slice slice = read(5);
        TraceContext[] traces = {null, TRACE, TRACE, OTHER, null};
        String[] ids = {null, null, "one", "two", "three"};
        for (int i = 0; i < 5; i++) {
            assertEquals(traces[i], slice.trace(i));
            assertEquals(ids[i], slice.id(i));
            assertEquals("k", slice.key(i));
            assertEquals(Map.of("a", "1"), slice.headers(i));
            assertEquals(2, slice.content(i).length);
        }
    }

    @Test
    void costsNothingWhereThereIsNoneAndItsOwnBytesWhereThereIs() {
        publish(PLAIN);
        long without = log.bytes();
        assertEquals(FrameLayout.HEAD_BYTES + 1 + 12 + 2, PLAIN.frameBytes());
        publish(PLAIN.withTrace(OTHER));
        assertEquals(without + 65, log.bytes() - without);
        publish(PLAIN.withTrace(TRACE));
        assertEquals(without + 65 + 3, log.bytes() - 2 * without - 65);
        assertEquals(
                PLAIN.withId("one").sizeBytes() + 59,
                PLAIN.withId("one").withTrace(OTHER).sizeBytes());
        assertNull(read(1).trace(0));
    }

    @Test
    void aRepeatInAnotherTraceIsTheSameMessage() {
        Admission first = new Admission.Accepted(new Position(Given.EPOCH, 1));
        assertEquals(first, publish(PLAIN.withId("one").withTrace(TRACE)));
        assertEquals(first, publish(PLAIN.withId("one").withTrace(OTHER)));
        assertEquals(first, publish(PLAIN.withId("one")));
        assertEquals(TRACE, read(1).trace(0));
    }
}
