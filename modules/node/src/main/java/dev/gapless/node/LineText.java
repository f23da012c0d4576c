package dev.gapless.node;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What a line of bytes is, before anybody parses it. */
final class LineText {
    /** What JSON begins with; anything else need not be tried. */
    private static final String FIRST = "{[\"-0123456789tfn \t\r";

    private LineText() {}

    static boolean mayBeJson(byte[] bytes, int start, int length) {
        for (int i = start; i < start + Math.min(length, 4); i++) {
            if (bytes[i] == 0) {
                return false; // a parser would take it for UTF-16
            }
        }
        return length > 0 && FIRST.indexOf(bytes[start]) >= 0;
    }

    /** @throws Failure if the line is no UTF-8 */
    static String of(byte[] bytes, int start, int length, long lineNumber) {
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            checkUtf8(bytes, start, length, lineNumber);
        }
        return text;
    }

    private static void checkUtf8(byte[] bytes, int start, int length, long lineNumber) {
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length));
        } catch (CharacterCodingException e) {
            throw new Failure("line " + lineNumber + " is not UTF-8", e);
        }
    }
}
