package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A frame is what was written to it, whether a part of it is a copy or another's text. */
class BytesTest {
    private static String text(List<ByteBuffer> parts) {
        StringBuilder all = new StringBuilder();
        parts.forEach(part -> all.append(StandardCharsets.US_ASCII.decode(part.duplicate())));
        return all.toString();
    }

    @Test
    void partsOfOthersStandWhereTheyWereWrittenAndAreTakenBackLikeAnyByte() {
        Random random = new Random(7);
        SharedText large = new SharedText("0123456789".repeat(4_000).getBytes(StandardCharsets.US_ASCII));
        int shared = 0;
        for (int round = 0; round < 300; round++) {
            Bytes frame = new Bytes();
            StringBuilder expected = new StringBuilder("head");
            frame.text("head");
            for (int i = random.nextInt(12); i > 0; i--) {
                int what = random.nextInt(4);
                if (what == 0) {
                    int from = random.nextInt(20_000);
                    int length = random.nextInt(20_000);
                    frame.write(large, from, length);
                    expected.append(new String(large.bytes(), from, length, StandardCharsets.US_ASCII));
                } else if (what == 1) {
                    frame.write('x');
                    expected.append('x');
                } else if (what == 2) {
                    int to = Math.max(4, expected.length() - random.nextInt(30_000));
                    frame.truncate(to);
                    expected.setLength(to);
                } else {
                    frame.text("between");
                    expected.append("between");
                }
                assertEquals(expected.length(), frame.size());
            }
            shared += frame.sharedTexts().size();
            assertEquals(expected.toString(), text(frame.from(0)));
            assertEquals(expected.substring(4), text(frame.from(4)));
            assertEquals(expected.toString(), frame.toString());
            frame.truncate(0);
            assertEquals(List.of(), frame.sharedTexts());
        }
        assertTrue(shared > 100, shared + " parts were not copied");
    }

    @Test
    void aTextThatManyHaveTakesItsMemoryOnce() {
        SharedText text = new SharedText(new byte[20_000]);
        assertEquals(20_000, text.hold());
        assertEquals(0, text.hold());
        assertEquals(0, text.release());
        assertEquals(20_000, text.release());
        Bytes frame = new Bytes();
        frame.write(text, 0, 20_000);
        assertTrue(frame.capacity() < 2_000, "it is not copied");
    }
}
