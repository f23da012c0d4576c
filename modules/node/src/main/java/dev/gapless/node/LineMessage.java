package dev.gapless.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Makes a message of a line: JSON where the line is JSON, else text. */
final class LineMessage {
    private static final ObjectReader TREE = PayloadJson.JSON.readerFor(JsonNode.class);
    /** What JSON begins with; anything else need not be tried. */
    private static final String FIRST = "{[\"-0123456789tfn \t\r";

    private LineMessage() {}

    /** @throws Failure if the line is no UTF-8 */
    static Object of(byte[] bytes, int start, int length, long lineNumber) {
        if (length > 0 && FIRST.indexOf(bytes[start]) >= 0) {
            try {
                JsonNode tree = TREE.readValue(bytes, start, length);
                if (tree != null && !tree.isMissingNode()) {
                    return tree;
                }
            } catch (JsonProcessingException e) {
                // Text, then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
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
