package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a client sends, it is told what is wrong, and the gateway goes on. */
@Timeout(120)
class BadInputTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                "gapless { node-name = n1, gateway { max-command-bytes = 16 KiB, max-subscriptions = 20000 } }");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static void assertAnswered(JsonSocket client) {
        client.send("{\"type\":\"Ping\"}");
        client.await("pong");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | bad_message",
                "[] | bad_message",
                "1 | bad_message",
                "{} {} | bad_message",
                "{\"type\":1e99999999999999999999} | bad_message",
                "{\"type\":\"Publish\",\"topic\":\"t\",\"data\":-1e-99999999999999999999} | bad_message",
                "{\"type\":7} | bad_message",
                "{\"type\":\"Drop\"} | unknown_type",
                "{\"type\":\"Subscribe\"} | unknown_topic",
                "{\"type\":\"Subscribe\",\"topic\":\"\"} | unknown_topic",
                "{\"type\":\"Subscribe\",\"topic\":\"a\\u0000b\"} | unknown_topic",
                "{\"type\":\"Subscribe\",\"topic\":[\"a\"]} | bad_message",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"type\":\"Some\"}} | bad_filter",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"type\":\"Nodes\"}} | bad_filter",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"type\":\"Nodes\",\"node_ids\":[]}} | bad_filter",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"type\":\"Keys\",\"keys\":[1]}} | bad_filter",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"filter\":{\"keys\":[\"a*b\"]}} | bad_filter",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":\"AQAA\"} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":\"2026-99-01T00:00:00Z\"} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":{\"positions\":[{\"node\":1,\"seq\":1}]}} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":{\"positions\":[{\"node\":\"n\",\"epoch\":\"x\",\"seq\":1}]}} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":{\"positions\":[{\"node\":\"n\",\"epoch\":\"0000000000000001\",\"seq\":-1}]}} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"from\":{}} | bad_token",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"on_lag\":\"never\"} | bad_message",
                "{\"type\":\"Subscribe\",\"topic\":\"t\",\"max_message_bytes\":-1} | bad_message",
                "{\"type\":\"Unsubscribe\",\"topic\":\"t\"} | unknown_topic",
                "{\"type\":\"Resume\",\"topic\":\"t\"} | unknown_topic",
                "{\"type\":\"Publish\",\"topic\":\"t\"} | bad_message",
                "{\"type\":\"Publish\",\"topic\":\"t\",\"deleted\":true} | bad_message",
                "{\"type\":\"Publish\",\"topic\":\"t\",\"data\":1,\"headers\":{\"a\":1}} | bad_message",
            })
    void aCommandThatIsWrongIsAnsweredAndTheNextOneIsTaken(String command, String code) {
        JsonSocket client = gateway.client();
        client.send(command);
        JsonNode error = client.await("error");
        assertEquals(code, error.get("code").textValue(), error::toString);
        assertTrue(error.get("message").textValue().length() > 5, error::toString);
        assertAnswered(client);
    }

    @Test
    void tokensThatAreCutAlteredOrOfSomethingElseAreRefused() {
        JsonSocket client = gateway.client();
        String token = client.subscribe("tokens", "").get("token").textValue();
        String other = new CursorToken("tokens", "another", 0, Map.of()).toString();
        String altered = (token.charAt(20) == 'A' ? token.substring(0, 20) + "B" : token.substring(0, 20) + "A")
                + token.substring(21);
        for (String bad : List.of(token.substring(0, token.length() - 4), altered, token + "AAAA", other)) {
            JsonSocket second = gateway.client();
            second.send("{\"type\":\"Subscribe\",\"topic\":\"tokens\",\"from\":\"" + bad + "\"}");
            assertEquals("bad_token", second.await("error").get("code").textValue(), bad);
        }
        JsonSocket third = gateway.client();
        third.send("{\"type\":\"Subscribe\",\"topic\":\"others\",\"from\":\"" + token + "\"}");
        assertEquals("bad_token", third.await("error").get("code").textValue());
    }

    @Test
    void binaryFramesInvalidTextAndOversizedCommandsCloseTheWebSocketWithTheirStatus() {
        JsonSocket binary = gateway.client();
        var unused = binary.socket().sendBinary(ByteBuffer.wrap(new byte[3]), true);
        binary.await("closing");
        assertEquals(4400, binary.status());
        JsonSocket large = gateway.client();
        var unusedToo = large.socket().sendText("\"" + "x".repeat(20_000) + "\"", true);
        large.await("closing");
        assertEquals(1009, large.status());
        JsonSocket parts = gateway.client();
        // The 17th is too much, and what follows it is dropped, or finds the socket closed.
        for (int i = 0; i < 20; i++) {
            TestGateway.get(parts.socket().sendText("x".repeat(1_000), false).handle((sent, closed) -> sent));
        }
        parts.await("closing");
        assertEquals(1009, parts.status());
        try (RawSocket invalid = new RawSocket(gateway.gateway().port())) {
            invalid.send(RawSocket.UPGRADE).readTo("connected");
            String end = invalid.frame(1, new byte[] {'"', (byte) 0xc3, '"'}).readAll();
            assertTrue(end.contains("closing") && end.contains("UTF-8"), end);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void aBodyThatIsNoUtf8IsRefused(String type) throws Exception {
        byte[] body = "{\"data\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        for (byte wrong : new byte[] {(byte) 0xc3, (byte) 0xff, (byte) 0x80}) {
            body[9] = wrong;
            HttpResponse<String> answer = gateway.http.send(
                    HttpRequest.newBuilder(gateway.uri(TestGateway.path("utf", "messages")))
                            .header("Content-Type", type)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(400, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("urn:gapless:bad_message"), answer.body());
        }
        assertEquals(200, gateway.publish("utf", "1").statusCode());
    }

    @Test
    void aHalfClosedWebSocketIsLetGo() {
        int before = TestGateway.json(gateway.get("/api/status").body())
                .at("/gateway/client_count")
                .intValue();
        try (RawSocket half = new RawSocket(gateway.gateway().port())) {
            half.send(RawSocket.UPGRADE).readTo("connected");
            half.shutdownOutput();
            half.readAll();
        }
        TestGateway.await(() -> TestGateway.json(gateway.get("/api/status").body())
                        .at("/gateway/client_count")
                        .intValue()
                <= before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/topics/../status",
                "/api/topics/%2e%2e/events",
                "/api/topics/..%2f..%2fetc%2fpasswd/events?from=x",
                "/api/topics//messages",
                "/api/topics/a%00b/events",
                "/api/topics/a%0d%0ab/events",
                "/api/topics/a%ff/events",
                "/api/topics/a%c0%af/events",
                "/api/topics/a%zz/events",
                "/api/topics/a;x=y/events",
                "/api/topics/%20/events",
                "/api/topics/a/b/events",
                "/api/topics/a/events/",
                "/api/topics/a",
            })
    void aPathThatIsNoneIsRefused(String path) {
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            String answer = socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .readAll();
            assertTrue(answer.matches("(?s)HTTP/1.1 40[045] .*"), path + ": " + answer);
            assertTrue(answer.contains("application/problem+json"), path + ": " + answer);
        }
    }

    @Test
    void aTopicMayHaveASlashAPercentSignAndAnyLetters() {
        for (String topic : List.of("fleet/7", "100%", "größe ☃", "a+b")) {
            JsonSocket client = gateway.client();
            client.subscribe(topic, "");
            assertEquals(200, gateway.publish(topic, "1").statusCode(), topic);
            assertEquals(topic, client.await("event").get("topic").textValue());
        }
    }

    @Test
    void aTopicMayHaveABackslashThatIsEscaped() {
        assertEquals(200, gateway.publish("a\\b", "1").statusCode());
        String topics = gateway.get("/api/status").body();
        assertTrue(topics.contains("\"a\\\\b\""), topics);
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            String answer = socket.send("GET /api/topics/a\\b/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readTo("}");
            assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("%5C"), answer);
        }
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() {
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            String answer = socket.send(
                            "GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n")
                    .readAll();
            assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
        }
    }

    @Test
    void encodeErrorSkipped_jsonThatIsTooDeepOrCannotBeWrittenIsNoProblemForReaders() {
        JsonSocket client = gateway.client();
        client.subscribe("odd", "");
        assertEquals(
                400,
                gateway.publish("odd", "[".repeat(5_000) + "]".repeat(5_000)).statusCode());
        gateway.publish("odd", "[".repeat(990) + "]".repeat(990));
        gateway.publish("odd", "1");
        JsonNode last = client.next();
        int seen = 1;
        while (!last.path("data").isInt()) {
            assertTrue(List.of("event", "undecodable").contains(last.get("type").textValue()), last::toString);
            last = client.next();
            seen++;
        }
        assertEquals(last.get("seq").intValue(), seen, "every message is told, as an event or undecodable");
    }

    /** It would be written as a question mark. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":\"a\\ud800\"}",
                "{\"data\":{\"a\":[\"\\udc00\\ud800\"]}}",
                "{\"data\":{\"\\ud83dx\":1}}",
                "{\"data\":1,\"key\":\"\\udc00\"}",
                "{\"data\":1,\"headers\":{\"h\":\"\\ud800\"}}",
                "{\"data\":1,\"headers\":{\"\\ud800\":\"h\"}}",
            })
    void halfASurrogatePairIsRefused(String line) {
        HttpResponse<String> answer = gateway.post(TestGateway.path("half", "messages"), "application/x-ndjson", line);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("surrogate pair"), answer.body());
        HttpResponse<String> whole = gateway.post(
                TestGateway.path("whole", "messages"),
                "application/x-ndjson",
                "{\"data\":{\"\\ud83d\\ude00\":\"\\ud83d\\ude00\"},\"key\":\"\\ud83d\\ude00\"}");
        assertEquals(200, whole.statusCode(), whole.body());
    }

    /** Clients do not write Java. */
    @ParameterizedTest
    @ValueSource(
            strings = {"/* a */ 1", "# a", "NaN", "+1", "1 2", "{\"a\":1}}", "'a'", "{a:1}", "01", "[1,]", "\"\t\""})
    void whatIsNoJsonIsToldWithoutTheFeaturesOfAParser(String body) {
        for (String json : List.of(body, "[".repeat(1_100))) {
            HttpResponse<String> answer = gateway.publish("features", json);
            assertEquals(400, answer.statusCode(), answer.body());
            String detail = TestGateway.json(answer.body()).get("detail").textValue();
            assertTrue(detail.startsWith("this is no JSON: ") && detail.length() > 30, detail);
            for (String own : List.of("Feature", "ALLOW_", "Constraints", "JsonNode", "enable", "`")) {
                assertFalse(detail.contains(own), detail);
            }
        }
    }

    @Test
    void aRequestThatShouldHaveBeenAnotherNamesIt() {
        HttpResponse<String> upgrade = gateway.get("/api/ws");
        assertEquals(426, upgrade.statusCode(), upgrade.body());
        assertEquals("websocket", upgrade.headers().firstValue("Upgrade").orElse(""));
        assertTrue(upgrade.body().contains("urn:gapless:upgrade_required"), upgrade.body());
        HttpResponse<String> form =
                gateway.post(TestGateway.path("t", "messages"), "application/x-www-form-urlencoded", "{}");
        assertEquals(415, form.statusCode());
        assertTrue(form.body().contains("--json") && form.body().contains("x-www-form-urlencoded"), form.body());
        HttpResponse<String> from = gateway.get(TestGateway.path("t", "events") + "?from=Earliest");
        assertEquals(400, from.statusCode());
        assertTrue(from.body().contains("'Earliest' is written 'earliest'"), from.body());
    }

    @Test
    void whatNobodyPublishedAsJsonIsShownAsBytes() {
        var producer = gateway.gapless().producer(Topic.of("bytes", byte[].class));
        JsonSocket client = gateway.client();
        client.subscribe("bytes", "");
        TestGateway.get(producer.publish("ab".getBytes(StandardCharsets.UTF_8)));
        assertEquals("{\"base64\":\"YWI=\"}", client.await("event").get("data").toString());
    }

    @Test
    @Tag("seconds")
    void tenThousandSubscriptionsOfOneWebSocketAreServed() {
        JsonSocket client = gateway.client();
        for (int i = 0; i < 10_000; i++) {
            client.send("{\"type\":\"Subscribe\",\"topic\":\"many-" + i + "\"}");
        }
        for (int i = 0; i < 10_000; i++) {
            client.await("subscribed");
        }
        assertEquals(200, gateway.publish("many-9999", "1").statusCode());
        assertEquals("many-9999", client.await("event").get("topic").textValue());
        client.close();
    }
}
