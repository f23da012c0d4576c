package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who did what at the gateway stands in a log of its own. */
@Timeout(180)
class AuditTest {
    private static final String TOKEN = "secret-token-of-the-page";
    private static final String OTHER = "another-secret-token";
    private static final String PAYLOAD = "payload-of-the-page";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void file() {
        file = new Certificates(directory)
                .write(
                        "tokens.json",
                        "{\"tokens\":["
                                + AccessTest.entry(
                                        "page",
                                        TOKEN,
                                        "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"],\"status\":true}",
                                        "")
                                + ","
                                + AccessTest.entry("board", OTHER, "{\"subscribe\":[\"*\"]}", "") + "]}");
    }

    private TestGateway start(String more) {
        return TestGateway.start("gapless.gateway.access { tokens-file = \"" + file + "\" " + more + " }");
    }

    private static List<JsonNode> lines(LogLines log, String event) {
        return log.of("dev.gapless.gateway.audit").stream()
                .map(TestGateway::json)
                .filter(line -> line.path("event").asText().equals(event))
                .toList();
    }

    private static void auth(JsonSocket socket, String token) {
        socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}").await("authenticated");
    }

    @Test
    @DisplayName(
            "who comes, renews, publishes first, is refused and goes; no secret stands in any log of Gapless, at any level")
    void lines() {
        try (LogLines log = LogLines.atTrace();
                TestGateway gateway = start("")) {
            JsonSocket socket = gateway.webSocket();
            socket.await("connected");
            auth(socket, OTHER);
            auth(socket, TOKEN);
            for (int i = 0; i < 3; i++) {
                socket.send("{\"type\":\"Publish\",\"topic\":\"t\",\"data\":\"" + PAYLOAD + "\"}")
                        .await("published");
            }
            auth(socket, OTHER);
            socket.send("{\"type\":\"Publish\",\"topic\":\"t\",\"data\":\"" + PAYLOAD + "\"}")
                    .await("error");
            String[] bearer = {"Authorization", "Bearer " + TOKEN};
            EventStream events = gateway.events(TestGateway.path("t", "events") + "?from=earliest", bearer);
            String cursor = events.next(1).get(0).id();
            String cookie = gateway.post("/api/session", "application/json", "", bearer)
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow()
                    .split("[=;]", 3)[1];
            assertEquals(
                    200,
                    gateway.get("/api/status", "Cookie", "__Host-gapless=" + cookie)
                            .statusCode());
            assertEquals(
                    401,
                    gateway.get("/api/status", "Authorization", "Bearer " + TOKEN + "x")
                            .statusCode());
            assertEquals(
                    401,
                    gateway.get("/api/status", "Cookie", "__Host-gapless=" + cookie + "x")
                            .statusCode());
            socket.close();
            TestGateway.await(() -> !lines(log, "ended").isEmpty());

            JsonNode connected = lines(log, "connected").get(0);
            assertEquals("websocket", connected.path("protocol").asText(), connected::toString);
            assertEquals("127.0.0.1", connected.path("address").asText(), connected::toString);
            assertEquals("anonymous", connected.path("subject").asText(), connected::toString);
            assertEquals("sse", lines(log, "connected").get(1).path("protocol").asText());
            assertEquals(
                    List.of("board", "page", "board"),
                    lines(log, "renewed").stream()
                            .map(line -> line.path("subject").asText())
                            .toList());
            JsonNode renewed = lines(log, "renewed").get(1);
            assertTrue(
                    AccessTest.sha256(TOKEN)
                            .startsWith(renewed.path("credential").asText()),
                    renewed::toString);
            assertEquals(12, renewed.path("credential").asText().length());
            List<JsonNode> publishes = lines(log, "publishes");
            assertEquals(1, publishes.size(), publishes::toString);
            assertEquals("t", publishes.get(0).path("topic").asText());
            List<JsonNode> refused = lines(log, "refused");
            assertEquals("forbidden", refused.get(0).path("code").asText(), refused::toString);
            assertTrue(refused.get(0).path("message").asText().contains("topic t"), refused::toString);
            assertEquals(3, refused.size(), refused::toString);
            assertEquals("unauthenticated", refused.get(1).path("code").asText(), refused::toString);
            JsonNode ended = lines(log, "ended").get(0);
            assertEquals("board", ended.path("subject").asText(), ended::toString);
            assertEquals("gone", ended.path("code").asText(), ended::toString);

            for (String secret : List.of(TOKEN, OTHER, PAYLOAD, cursor, cookie)) {
                assertFalse(log.tells(secret));
            }
        }
    }

    @Test
    @DisplayName("no more than so many lines a second; what is left out is counted, and told")
    void bounded() {
        try (LogLines log = LogLines.atTrace();
                TestGateway gateway = start(", audit-per-second = 5")) {
            for (int i = 0; i < 50; i++) {
                assertEquals(401, gateway.get("/api/status").statusCode());
            }
            int written = lines(log, "refused").size();
            assertTrue(written >= 5 && written < 50, () -> written + " lines");
            TestGateway.await(() -> {
                gateway.get("/api/status");
                return lines(log, "refused").stream()
                        .anyMatch(line -> line.path("omitted_before").asInt() > 0);
            });
            String metrics =
                    gateway.get("/metrics", "Authorization", "Bearer " + TOKEN).body();
            assertTrue(metrics.contains("gapless_gateway_audit_omitted_total"), metrics);
            assertFalse(metrics.contains("gapless_gateway_audit_omitted_total 0.0"), metrics);
        }
    }

    @Test
    @DisplayName("a message says who published it, and a client cannot say so itself")
    void stamped() {
        try (TestGateway gateway = start(", stamp-subject = on")) {
            JsonSocket socket = gateway.webSocket();
            socket.await("connected");
            auth(socket, TOKEN);
            socket.subscribe("t", "");
            socket.send(
                    "{\"type\":\"Publish\",\"topic\":\"t\",\"data\":1,\"headers\":{\"Gapless-Subject\":\"admin\",\"a\":\"b\"}}");
            JsonNode event = socket.next();
            event = event.path("type").asText().equals("event") ? event : socket.next();
            assertEquals(TestGateway.json("{\"a\":\"b\",\"gapless-subject\":\"page\"}"), event.path("headers"));
        }
    }
}
