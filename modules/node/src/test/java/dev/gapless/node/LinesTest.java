package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static List<String> linesOf(String text, int bytesAtOnce) throws IOException {
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, bytesAtOnce));
            }
        };
        Lines lines = new Lines(in);
        List<String> found = new ArrayList<>();
        while (lines.next()) {
            found.add(new String(lines.buffer(), lines.start(), lines.length(), StandardCharsets.UTF_8));
            assertEquals(found.size(), lines.count());
        }
        return found;
    }

    @Test
    void findsThemHoweverTheyArrive() throws IOException {
        for (int bytesAtOnce : new int[] {1, 2, 3, 1 << 20}) {
            assertEquals(List.of("a", "", "bc", "ü"), linesOf("a\n\nbc\nü\n", bytesAtOnce));
        }
    }

    @Test
    void takesALastLineWithoutItsEnd() throws IOException {
        assertEquals(List.of("a", "b"), linesOf("a\nb", 100));
    }

    @Test
    void takesCarriageReturnAndLineFeedForOneEnd() throws IOException {
        assertEquals(List.of("a", "b"), linesOf("a\r\nb\r\n", 100));
    }

    @Test
    @DisplayName("byteOrderMarkSwallowsFirstLine: a mark in front of the first line is none of it")
    void passesOverAByteOrderMark() throws IOException {
        for (int bytesAtOnce : new int[] {1, 2, 3, 1 << 20}) {
            assertEquals(List.of("{}", "\ufeffb"), linesOf("\ufeff{}\n\ufeffb\n", bytesAtOnce));
        }
        assertEquals(List.of(""), linesOf("\ufeff", 100));
    }

    @Test
    void isEmptyWithoutALine() throws IOException {
        assertEquals(List.of(), linesOf("", 100));
    }

    @Test
    void takesLinesLongerThanItsBuffer() throws IOException {
        String longLine = "x".repeat(200_000);
        assertEquals(List.of("a", longLine, "b"), linesOf("a\n" + longLine + "\nb\n", 1000));
    }

    @Test
    void oneLineIsNotSeveral() {
        assertEquals(
                List.of("0 lines", "1 line", "2 lines", "1,234 lines"),
                List.of(Lines.counted(0), Lines.counted(1), Lines.counted(2), Lines.counted(1234)));
    }
}
