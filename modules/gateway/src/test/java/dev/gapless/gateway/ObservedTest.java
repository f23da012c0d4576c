package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gapless.GivenUp;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the gateway tells of itself, and how it ends. */
@Timeout(120)
class ObservedTest {
    @Test
    void statusHealthAndMetricsTellOfNodesAndClients() {
        try (TestGateway gateway = TestGateway.start("gapless { node-name = n1, gateway.default-topic = \"d\" }")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.await("subscribed");
            gateway.publish("d", "1");
            client.await("event");
            JsonNode status = TestGateway.json(gateway.get("/api/status").body());
            assertEquals("n1", status.at("/members/0/node").textValue());
            assertEquals("d", status.at("/topics/0/topic").textValue());
            assertEquals(
                    1,
                    status.at("/topics/0/consumers/0/subscriptions/0/delivered").intValue());
            assertNamesAreOfTheContract(status);
            JsonNode shown = status.at("/gateway/clients/0");
            assertEquals("websocket", shown.get("protocol").textValue());
            assertEquals(1, shown.get("events_sent").intValue());
            assertEquals(0, shown.get("lagged_total").intValue());
            for (String path : List.of("/api/health", "/health/live", "/health/ready")) {
                assertEquals(200, gateway.get(path).statusCode(), path);
            }
            String metrics = gateway.get("/metrics").body();
            assertTrue(metrics.contains("gapless_gateway_clients{protocol=\"websocket\"} 1.0"), metrics);
            assertTrue(metrics.contains("gapless_gateway_clients{protocol=\"sse\"} 0.0"), metrics);
            assertTrue(metrics.contains("gapless_gateway_batches_sent_total 1.0"), metrics);
            assertTrue(metrics.contains("gapless_gateway_sent_bytes_total "), metrics);
            assertTrue(metrics.contains("gapless_gateway_events_sent_total 1.0"), metrics);
            assertTrue(
                    metrics.contains("gapless_published_messages_total{topic=\"d\"}")
                            || metrics.contains("topic=\"d\""),
                    metrics);
            assertEquals(404, gateway.get("/nothing").statusCode());
            assertEquals(
                    405, gateway.post("/api/status", "application/json", "1").statusCode());
        }
    }

    private static void assertNamesAreOfTheContract(JsonNode json) {
        json.properties().forEach(field -> {
            String name = field.getKey();
            assertTrue(name.matches("[a-z_]+"), name);
            if (!name.equals("expiries")) { // which is by reason
                assertNamesAreOfTheContract(field.getValue());
            }
        });
        if (json.isArray()) {
            json.forEach(ObservedTest::assertNamesAreOfTheContract);
        }
    }

    @Test
    void theStatusTellsFirstOfThoseThatAreBehindAndSaysWhatItLeavesOut() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.status-clients = 1")) {
            JsonNode alone = TestGateway.json(gateway.get("/api/status").body()).get("gateway");
            assertFalse(alone.get("truncated").booleanValue());
            List<JsonSocket> clients = List.of(gateway.webSocket(), gateway.webSocket(), gateway.webSocket());
            List<Long> numbers = new ArrayList<>(); // as the gateway gave them, when it heard of each
            clients.forEach(client -> {
                numbers.add(client.await("connected").at("/data/client").longValue());
                client.subscribe("behind", "\"on_lag\":\"pause\"");
            });
            int slow = 1;
            clients.get(slow).hold();
            var producer = gateway.gapless().producer(Topic.of("behind", JsonNode.class));
            JsonNode large = TextNode.valueOf("x".repeat(100_000));
            TestGateway.await(() -> {
                TestGateway.get(producer.publish(large));
                JsonNode told =
                        TestGateway.json(gateway.get("/api/status").body()).get("gateway");
                return told.get("truncated").booleanValue()
                        && told.get("clients").size() == 1
                        && told.at("/clients/0/client").longValue() == numbers.get(slow)
                        && told.at("/clients/0/lag").intValue() > 10;
            });
        }
    }

    private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (gapless_gateway_\\w+) ");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(gapless_gateway_\\w+)` ");

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        pattern.matcher(text).results().forEach(result -> found.add(result.group(1)));
        return found;
    }

    @Test
    void whoComesGoesAndIsRefusedIsCounted() throws IOException {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.max-clients = 1")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.send("{\"type\":\"Drop\"}");
            client.await("error");
            assertEquals(503, gateway.get(TestGateway.path("t", "events")).statusCode());
            assertEquals(400, gateway.publish("t", "{").statusCode());
            assertEquals(404, gateway.get("/nothing").statusCode());
            try (RawSocket bad = new RawSocket(gateway.gateway().port())) {
                bad.send("GET / HTTP/1.1\r\n\r\n").readAll();
            }
            client.subscribe("t", "");
            gateway.publish("t", "1");
            client.await("event");
            var unused = client.socket().sendBinary(ByteBuffer.allocate(1), true);
            client.await("closing");
            assertEquals(4400, client.status());
            List<String> expected = List.of(
                    "gapless_gateway_connected_total{protocol=\"websocket\"} 1.0",
                    "gapless_gateway_connected_total{protocol=\"sse\"} 0.0",
                    "gapless_gateway_closed_total{status=\"4400\"} 1.0",
                    "gapless_gateway_closed_total{status=\"gone\"} 0.0",
                    "gapless_gateway_refused_total{code=\"unknown_type\"} 1.0",
                    "gapless_gateway_refused_total{code=\"too_many_clients\"} 1.0",
                    "gapless_gateway_refused_total{code=\"bad_message\"} 1.0",
                    "gapless_gateway_refused_total{code=\"not_found\"} 1.0",
                    "gapless_gateway_refused_total{code=\"bad_request\"} 1.0",
                    "gapless_gateway_batch_events_bucket{le=\"1.0\"} 1");
            TestGateway.await(() -> {
                String metrics = gateway.get("/metrics").body();
                return expected.stream().allMatch(metrics::contains);
            });
            Set<String> documented = found(DOCUMENTED, Files.readString(Path.of("../../docs/gateway.md")));
            assertTrue(documented.remove("gapless_gateway_certificate_expires_seconds"), "with TLS alone: see TlsTest");
            assertTrue(documented.remove("gapless_gateway_jwks_age_seconds"), "with jwks-url alone: see JwksUrlTest");
            assertTrue(documented.remove("gapless_gateway_jwks_ignored"), "with keys of JWTs alone: see JwtTest");
            assertEquals(found(FAMILY, gateway.get("/metrics").body()), documented);
        }
    }

    @Test
    void rowB4_aWebSocketThatHoldsIsSubscribedToNothing() {
        try (TestGateway gateway = TestGateway.start("gapless.gateway.default-topic = d")) {
            JsonSocket client = gateway.webSocket("/api/ws?hold=true");
            client.await("connected");
            client.send("{\"type\":\"Subscribe\",\"filter\":{\"type\":\"Keys\",\"keys\":[\"k\"]}}");
            assertEquals("d", client.await("subscribed").get("topic").textValue());
        }
    }

    @Test
    void rowB7_aGatewayThatStopsTellsItsClientsWithTheirTokens() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("stops", "");
            EventStream stream = gateway.events(TestGateway.path("stops", "events"));
            assertNotNull(stream.next().id());
            gateway.publish("stops", "1");
            client.await("event");
            stream.next(1);
            TestGateway.get(gateway.gateway().stop());
            JsonNode closing = client.await("closing");
            assertNotNull(closing.at("/tokens/stops").textValue());
            assertTrue(closing.get("reconnect_after_ms").longValue() >= 1_000, closing::toString);
            assertEquals(1012, client.status());
            EventStream.Message last = stream.next();
            assertEquals("closing", last.data().get("type").textValue());
            assertEquals(
                    CursorToken.parse(closing.at("/tokens/stops").textValue()).positions(),
                    CursorToken.parse(last.id()).positions(),
                    "it resumes where the other one does");
            assertTrue(EventStream.isEnd(stream.next()));
            TestGateway.get(gateway.gateway().stop());
        }
    }

    @Test
    void aGatewayThatStopsEndsABodyBehindItsLineWithWhatWasAccepted() {
        try (TestGateway gateway = TestGateway.start("");
                RawSocket lines = new RawSocket(gateway.gateway().port())) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("ending", "");
            lines.send("POST " + TestGateway.path("ending", "messages") + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"data\":1}\n{\"da");
            client.await("event");
            var stopped = gateway.gateway().stop();
            String answer = lines.readTo("}]") + lines.readTo("}");
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("urn:gapless:closing"), answer);
            assertTrue(answer.contains("\"accepted\":1") && answer.contains("\"line\":2"), answer);
            TestGateway.get(stopped);
        }
    }

    @Test
    @Tag("seconds")
    void aGatewayThatStopsAnswersThoseWhoPublishAndTakesNoMore() {
        try (TestGateway gateway =
                TestGateway.startAlone("gapless { backpressure-timeout = 8s, gateway.stop-timeout = 60s }")) {
            CompletableFuture<HttpResponse<String>> early = gateway.http.sendAsync(
                    HttpRequest.newBuilder(gateway.uri(TestGateway.path("early", "messages")))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("1"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String waits = "gapless_publish_waiting{topic=\"early\"} 1.0"; // until the node is up
            TestGateway.await(() -> gateway.get("/metrics").body().contains(waits));
            var stopped = gateway.gateway().stop();
            HttpResponse<String> late = gateway.publish("early", "2");
            assertEquals(503, late.statusCode());
            assertTrue(late.body().contains("urn:gapless:closing"), late.body());
            assertEquals(429, TestGateway.get(early).statusCode());
            TestGateway.get(stopped);
        }
    }

    @Test
    void aNodeThatEndsStopsItsGatewayFirst() {
        JsonSocket client;
        try (TestGateway gateway = TestGateway.start("")) {
            client = JsonSocket.open(gateway.http, gateway.uri("/api/ws"));
            client.await("connected");
            client.subscribe("ends", "");
        }
        client.await("closing");
        assertEquals(1012, client.status());
    }

    @Test
    @Tag("seconds")
    void rowP1_whatIsPostedToOneGatewayReachesTheClientsOfAnother() {
        try (TestGateway one = TestGateway.start("gapless.node-name = n1");
                TestGateway two = TestGateway.join(one, "gapless.node-name = n2")) {
            JsonSocket client = two.webSocket();
            client.await("connected");
            JsonNode subscribed = client.subscribe("far", "");
            assertEquals(2, subscribed.get("positions").size(), subscribed::toString);
            assertEquals(
                    200,
                    one.post(TestGateway.path("far", "messages") + "?wait=delivered", "application/json", "{\"n\":1}")
                            .statusCode());
            JsonNode event = client.await("event");
            assertEquals("n1", event.get("node").textValue());
            client.send("{\"type\":\"Ping\"}");
            client.await("pong");
            JsonSocket resumed = one.webSocket();
            resumed.await("connected");
            one.publish("far", "2");
            resumed.subscribe("far", "\"from\":" + subscribed.get("token"));
            assertEquals(1, resumed.await("event").get("seq").intValue());
            assertEquals(2, resumed.await("event").get("seq").intValue());
            assertFalse(two.gapless().nodeName().equals(one.gapless().nodeName()));
        }
    }

    @Test
    void rowO6_aNodeThatIsNoMemberIsAliveAndNotReady() {
        try (TestGateway gateway = TestGateway.startAlone("")) {
            HttpResponse<String> ready = gateway.get("/health/ready");
            assertEquals(503, ready.statusCode());
            assertEquals(
                    "urn:gapless:not_ready",
                    TestGateway.json(ready.body()).get("type").textValue());
            assertEquals(200, gateway.get("/health/live").statusCode());
        }
    }

    @Test
    void thoseWhoAreToComeAgainAreNotAllToComeAtOnce() {
        try (TestGateway gateway =
                TestGateway.startAlone("gapless.gateway { reconnect-min = 20s, reconnect-jitter = 1000s }")) {
            Set<Long> seconds = new TreeSet<>();
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> ready = gateway.get("/health/ready");
                seconds.add(
                        Long.parseLong(ready.headers().firstValue("Retry-After").orElse("")));
            }
            assertTrue(seconds.size() > 5 && seconds.stream().allMatch(s -> s >= 20 && s <= 1_020), seconds::toString);
        }
    }

    @Test
    @Tag("seconds")
    void rowO6_rowO2_aNodeWhoseConsumerHasGivenUpIsNotReadyUntilItNeedsThatProducerNoMore() {
        try (TestGateway full = TestGateway.start("gapless { node-name = n1, max-topics = 1 }")) {
            assertEquals(200, full.publish("taken", "1").statusCode());
            try (TestGateway gateway = TestGateway.join(full, """
                    gapless {
                      node-name = n2
                      ready-timeout = 300ms
                      producer-return-timeout = 500ms
                      register-backoff { min = 50ms, max = 100ms, attempts = 3 }
                    }
                    """)) {
                assertEquals(200, gateway.get("/health/ready").statusCode());
                List<GivenUp> told = new CopyOnWriteArrayList<>();
                gateway.gapless().onGivenUp(told::add);
                JsonSocket client = gateway.webSocket();
                client.await("connected");
                assertEquals(
                        "[\"n1\"]", client.subscribe("more", "").get("silent").toString());
                TestGateway.await(() -> gateway.get("/health/ready").statusCode() == 503);
                assertTrue(gateway.get("/health/ready").body().contains("{more=[n1]}"));
                assertEquals(200, gateway.get("/health/live").statusCode());
                TestGateway.await(() -> !told.isEmpty());
                assertEquals(List.of(new GivenUp("more", Set.of("n1"))), told);
                full.leave();
                TestGateway.await(() -> gateway.get("/health/ready").statusCode() == 200);
                assertEquals(1, told.size());
            }
        }
    }

    @Test
    void thePortSpeaksHttp2WithoutTlsToo() throws Exception {
        try (TestGateway gateway = TestGateway.start("")) {
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(gateway.uri("/api/health")).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, answer.version());
            assertEquals(200, answer.statusCode());
            HttpResponse<String> ownPage = http.send(
                    HttpRequest.newBuilder(gateway.uri("/api/status"))
                            .header("Origin", gateway.gateway().uri().toString())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, ownPage.version());
            assertEquals(200, ownPage.statusCode(), ownPage.body());
            EventStream stream =
                    gateway.closing(EventStream.open(http, gateway.uri(TestGateway.path("two", "events"))));
            assertNotNull(stream.next().id());
            gateway.publish("two", "1");
            assertEquals(1, stream.next(1).get(0).data().get("data").intValue());
        }
    }
}
