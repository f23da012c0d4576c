package dev.gapless.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Unpaired;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Makes a message of a line: JSON where the line is JSON that can be written again, else text. */
final class LineMessage {
    /** What is JSON, and how deep, is said in one place. */
    private static final ObjectReader JSON_TREE =
            PayloadJson.JSON.readerFor(JsonNode.class).with(JsonLine.JSON);

    private LineMessage() {}

    /** @throws Failure if the line is no UTF-8 */
    static Object of(byte[] bytes, int start, int length, long lineNumber) {
        if (LineText.mayBeJson(bytes, start, length)) {
            try {
                JsonNode tree = PayloadJson.read(JSON_TREE, bytes, start, length);
                if (tree != null && !tree.isMissingNode() && Unpaired.in(tree) == null) {
                    return tree;
                }
            } catch (JsonProcessingException e) {
                // Text, then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return LineText.of(bytes, start, length, lineNumber);
    }
}
