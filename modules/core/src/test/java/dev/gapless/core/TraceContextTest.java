package dev.gapless.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void whatSomebodySaysIsTakenAsItIs() {
        assertEquals(new TraceContext(PARENT, "a=1,b=2"), TraceContext.of(PARENT, "a=1,b=2"));
        assertEquals(new TraceContext(PARENT, ""), TraceContext.of(PARENT, null));
        assertNull(TraceContext.of(null, "a=1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "none",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            })
    void whatIsNoTraceparentIsNoTrace(String parent) {
        assertNull(TraceContext.of(parent, "a=1"));
    }

    @Test
    void aTracestateThatIsTooLongOrCannotBePrintedIsLeftOut() {
        String longest = "a=" + "1".repeat(Limits.MAX_TRACESTATE - 2);
        assertEquals(new TraceContext(PARENT, longest), TraceContext.of(PARENT, longest));
        assertEquals(new TraceContext(PARENT, ""), TraceContext.of(PARENT, longest + "1"));
        assertEquals(new TraceContext(PARENT, ""), TraceContext.of(PARENT, "a=\r\nb"));
        assertEquals(new TraceContext(PARENT, ""), TraceContext.of(PARENT, "a=ü"));
    }

    @Test
    void whoMakesOneIsToldWhatIsWrong() {
        assertThrows(IllegalArgumentException.class, () -> new TraceContext("", ""));
        assertThrows(IllegalArgumentException.class, () -> new TraceContext(PARENT + "1", ""));
        assertThrows(IllegalArgumentException.class, () -> new TraceContext(PARENT, "a=ü"));
        assertThrows(
                IllegalArgumentException.class, () -> new TraceContext(PARENT, "1".repeat(Limits.MAX_TRACESTATE + 1)));
    }
}
