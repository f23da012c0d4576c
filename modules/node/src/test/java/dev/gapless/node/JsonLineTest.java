package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a gateway gets of a line is what a member of the cluster publishes of it. */
class JsonLineTest {
    static List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                " ",
                "text",
                "{\"k\":\"a\"}",
                "{\"k\":1.10,\"b\":[true,null,{\"k\":\"inner\"}]}",
                "{\"k\":1e5}",
                "{\"k\":-0}",
                "{\"k\":123456789012345678901234567890}",
                "{\"k\":true}",
                "{\"k\":null}",
                "{\"k\":{\"k\":1}}",
                "{\"k\":\"first\",\"k\":\"last\"}",
                "{\"k\":\"first\",\"k\":[]}",
                "{\"k\":\"\\u00fc\\\"\"}",
                "{\"a\":{\"k\":1}}",
                "[{\"k\":1}]",
                "42",
                "-1",
                "\"text\"",
                "true",
                "null",
                "nul",
                "{\"k\":",
                "{} {}",
                "1 2",
                "{}x",
                "0.30000000000000004441",
                "01",
                "\t{\"k\":2} ",
                "a\tb\u0001\u0000\"\\ü€𝛑",
                "1\u0000",
                "\"a\u0001b\"",
                "1".repeat(1001),
                "1e99999999999",
                "{\"k\":-1E-99999999999}",
                "[1e400, 1E-400]",
                "\"\\ud800\"",
                "{\"k\":\"a\\udc00\"}",
                "{\"\\ud83d\":[]}",
                "[{\"a\":[\"\\ud83d\\ud83d\\ude00\"]}]",
                "{\"k\":\"\\ud83d\\ude00 𝛑\"}",
                "[".repeat(999) + "]".repeat(999),
                "[".repeat(1000) + "]".repeat(1000),
                "[".repeat(998) + "]".repeat(998),
                "[".repeat(1001) + "]".repeat(1001)));
        return lines;
    }

    private static String written(String line, JsonLine json) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8)));
        assertTrue(lines.next());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        json.write(lines, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void publishesWhatAMemberDoes(String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        Object message = LineMessage.of(bytes, 0, bytes.length, 1);
        KeyField keys = new KeyField("k");
        String key = keys.keyOf(message);

        JsonLine json = new JsonLine("k");
        String written = written(line, json);
        assertEquals(written.length() - 1, written.indexOf('\n'), "one line");
        JsonNode sent = PayloadJson.JSON.readTree(written);
        assertEquals(PayloadJson.JSON.valueToTree(message), sent.get("data"));
        assertEquals(key, sent.has("key") ? sent.get("key").textValue() : null);
        assertEquals(keys.without(), json.without());
    }

    @Test
    void numbersStayAsTheyWereWritten() throws IOException {
        assertEquals("{\"data\":{\"a\":1.10e+02}}\n", written("{\"a\":1.10e+02}", new JsonLine(null)));
    }

    @Test
    void whatIsTooDeepForTheGatewayIsText() throws IOException {
        String deep = "[".repeat(1000) + "]".repeat(1000);
        assertEquals("{\"data\":\"" + deep + "\"}\n", written(deep, new JsonLine(null)));
    }

    @Test
    void aLineThatIsNoUtf8IsRefused() throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(new byte[] {'"', (byte) 0xff, '"'}));
        assertTrue(lines.next());
        Failure failure =
                assertThrows(Failure.class, () -> new JsonLine(null).write(lines, new ByteArrayOutputStream()));
        assertEquals("line 1 is not UTF-8", failure.getMessage());
    }
}
