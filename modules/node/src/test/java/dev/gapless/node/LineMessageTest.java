package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineMessageTest {
    private static Object messageOf(String line) {
        byte[] bytes = ("<<" + line + ">>").getBytes(StandardCharsets.UTF_8);
        return LineMessage.of(bytes, 2, bytes.length - 4, 7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1.10,\"b\":[true,null]}",
                "[]",
                "42",
                "-1",
                "\"text\"",
                "true",
                "null",
                "0.30000000000000004441",
                "123456789012345678901234567890"
            })
    void isJsonWhereTheLineIsJson(String line) {
        assertEquals(line, assertInstanceOf(JsonNode.class, messageOf(line)).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{\"a\":1} and more",
                "{\"a\":",
                "1 2",
                "tru",
                "NaN",
                "1e99999999999999999999",
                "'a'",
                "\"\\ud800\"",
                "{\"a\":[\"\\ude00\\ud83d\"]}",
                "{\"\\ud83dx\":1}",
                "Grüße"
            })
    void isTextElsewhere(String line) {
        assertEquals(line, messageOf(line));
    }

    @Test
    void whatIsJsonCanBeShownWithinAnEventHoweverDeepItIs() throws IOException {
        for (int depth = 990; depth <= 1_001; depth++) {
            String line = "[".repeat(depth) + "]".repeat(depth);
            if (messageOf(line) instanceof JsonNode tree) {
                assertTrue(depth <= 999, "depth " + depth);
                ObjectNode event = PayloadJson.JSON.createObjectNode().set("data", tree);
                assertEquals("{\"data\":" + line + "}", PayloadJson.JSON.writeValueAsString(event));
            } else {
                assertTrue(depth > 999, "depth " + depth);
            }
        }
    }

    @Test
    void refusesWhatIsNoText() {
        byte[] bytes = {'a', (byte) 0xff, 'b'};
        Failure failure = assertThrows(Failure.class, () -> LineMessage.of(bytes, 0, 3, 7));
        assertEquals("line 7 is not UTF-8", failure.getMessage());
    }

    @Test
    void takesAReplacementCharacterThatWasWritten() {
        assertEquals("\uFFFD", messageOf("\uFFFD"));
    }
}
