package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
    private static List<String> parse(String text, int bytesAtOnce) {
        List<String> found = new ArrayList<>();
        SseParser parser = new SseParser(new SseParser.Events() {
            @Override
            public void event(byte[] data, String id) {
                found.add((data == null ? null : new String(data, StandardCharsets.UTF_8)) + "|" + id);
            }

            @Override
            public void retry(long ms) {
                found.add("retry " + ms);
            }
        });
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += bytesAtOnce) {
            parser.accept(ByteBuffer.wrap(bytes, from, Math.min(bytesAtOnce, bytes.length - from)));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000})
    void findsEventsHoweverTheyArrive(int bytesAtOnce) {
        assertEquals(
                List.of("retry 10", "null|a", "{\"ü\":1}|b", "x\ny|c", "|null"),
                parse(
                        "retry: 10\nid: a\n\n:\n\ndata: {\"ü\":1}\nid: b\n\ndata: x\r\ndata:y\r\nid: c\r\n\r\n"
                                + "data\n\nevent: e\n\ndata: cut",
                        bytesAtOnce));
    }

    @Test
    void aRetryThatIsNoNumberDoesNotCount() {
        assertEquals(List.of(), parse("retry: soon\n\n", 100));
    }
}
