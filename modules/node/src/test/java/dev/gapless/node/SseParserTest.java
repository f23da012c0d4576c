package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
    private static List<String> parse(String text, int bytesAtOnce) {
        return parse(text, () -> bytesAtOnce);
    }

    private static List<String> parse(String text, IntSupplier bytesAtOnce) {
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
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytesAtOnce.getAsInt(), bytes.length - from);
            parser.accept(ByteBuffer.wrap(bytes, from, length));
            from += length;
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

    /** A failure prints the seed. */
    @Test
    void anyStreamIsReadAndMeansTheSameHoweverItIsCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String[] pieces = {
            "data", ":", " ", "id", "retry", "\n", "\n\n", "\r", "\0", "7", "99999999999999999999", "ü", "event", "x"
        };
        int events = 0;
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            List<String> whole = parse(text.toString(), text.length() * 2 + 1);
            events += whole.size();
            assertEquals(
                    whole, parse(text.toString(), () -> 1 + random.nextInt(9)), () -> "seed " + seed + ": " + text);
        }
        assertTrue(events > 100, "hardly any events: " + events + ", seed " + seed);
    }
}
