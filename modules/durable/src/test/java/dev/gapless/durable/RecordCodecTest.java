package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.LogRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The bytes of a record. */
class RecordCodecTest {
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final RecordCodec CODEC = new RecordCodec("n|prices");

    private static LogRecord.Messages messages() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("source", "desk 7");
        headers.put("ä", "");
        return new LogRecord.Messages(
                7,
                3,
                -9,
                501,
                1_700_000_000_000L,
                List.of(
                        Content.of(33, "", "plain".getBytes(StandardCharsets.UTF_8)),
                        new Content("EUR/USD", false, headers, new Format(33, "m"), new byte[0]),
                        new Content("gone", true, Map.of(), new Format(-1, "ü"), new byte[] {1, 2, 3}),
                        new Content("k", false, headers, new Format(33, "m"), new byte[] {4}).withId("alice/ä"),
                        new Content("k", false, Map.of(), new Format(33, "m"), new byte[] {5})
                                .withTrace(new TraceContext(TRACEPARENT, "a=1")),
                        Content.invalidation()));
    }

    @Test
    @DisplayName("a record of messages comes back as it was")
    void messagesComeBack() throws RecordCodec.Damaged {
        byte[] bytes = CODEC.write(messages(), 42);
        LogRecord.Messages read = (LogRecord.Messages) CODEC.read(bytes, 7, 42);
        assertTrue(read.isSameAs(messages()));
        assertEquals(501, read.first());
        assertEquals(506, read.last());
        assertEquals(messages().timeMs(), read.timeMs());
        for (int i = 0; i < 6; i++) {
            Content expected = messages().contents().get(i);
            Content content = read.contents().get(i);
            assertEquals(expected.key(), content.key());
            assertEquals(expected.tombstone(), content.tombstone());
            assertEquals(expected.isInvalidation(), content.isInvalidation());
            assertEquals(
                    List.copyOf(expected.headers().entrySet()),
                    List.copyOf(content.headers().entrySet()));
            assertEquals(expected.id(), content.id());
            assertEquals(expected.trace(), content.trace());
            assertEquals(expected.format(), content.format());
            assertArrayEquals(expected.bytes(), content.bytes());
        }
    }

    @Test
    @DisplayName("a mark comes back as it was")
    void markComesBack() throws RecordCodec.Damaged {
        LogRecord.Mark mark = new LogRecord.Mark(
                1, 1, 5, Long.MIN_VALUE, List.of(new LogRecord.Head(3, 0), new LogRecord.Head(Long.MIN_VALUE, 8)));
        assertEquals(mark, CODEC.read(CODEC.write(mark, 0), 1, null));
    }

    @Test
    @DisplayName("ruleD11: whichever bit is flipped, the record is damaged")
    void eachBitCounts() {
        byte[] bytes = CODEC.write(messages(), 42);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThrows(RecordCodec.Damaged.class, () -> CODEC.read(flipped, 7, 42), "bit " + bit);
        }
    }

    @Test
    @DisplayName("ruleD11: a record that is torn, of another log, in another place, or behind another one is damaged")
    void belongsThere() {
        byte[] bytes = CODEC.write(messages(), 42);
        for (int length = 0; length < bytes.length; length++) {
            byte[] torn = java.util.Arrays.copyOf(bytes, length);
            assertThrows(RecordCodec.Damaged.class, () -> CODEC.read(torn, 7, 42), length + " bytes");
        }
        assertThrows(RecordCodec.Damaged.class, () -> new RecordCodec("n|other").read(bytes, 7, 42));
        assertThrows(RecordCodec.Damaged.class, () -> CODEC.read(bytes, 8, 42));
        assertThrows(RecordCodec.Damaged.class, () -> CODEC.read(bytes, 7, 43));
    }
}
