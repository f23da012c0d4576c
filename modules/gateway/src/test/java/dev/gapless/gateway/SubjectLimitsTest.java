package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How much each subject may do, and from where a client comes that a proxy lets through. */
@Timeout(180)
class SubjectLimitsTest {
    private static final String MAY = "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"]}";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void file() {
        file = new Certificates(directory)
                .write(
                        "tokens.json",
                        "{\"tokens\":[" + AccessTest.entry("one", "one's", MAY, "") + ","
                                + AccessTest.entry("two", "two's", MAY, "") + "]}");
    }

    private TestGateway start(String limits) {
        return TestGateway.start(
                "gapless.gateway.access { tokens-file = \"" + file + "\", limits { " + limits + " } }");
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private static JsonNode auth(JsonSocket socket, String token) {
        return socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}").next();
    }

    private static JsonSocket socket(TestGateway gateway) {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        return socket;
    }

    private static Status.Code subscribed(TestGateway gateway, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = GrpcStream.open(
                SubscribeTopicRequest.newBuilder().setTopic("t").build(),
                GaplessGrpc.newStub(ClientInterceptors.intercept(
                        GrpcStream.Connection.to(gateway).channel(),
                        MetadataUtils.newAttachHeadersInterceptor(headers)))::subscribe);
        return stream.status();
    }

    @Test
    @DisplayName(
            "so many clients of a subject, by whatever protocol; a place is free when one goes, or becomes another subject")
    void clients() {
        try (TestGateway gateway = start("clients = 2")) {
            EventStream stream = gateway.events(TestGateway.path("t", "events"), bearer("one's"));
            assertEquals(200, stream.status());
            JsonSocket first = socket(gateway);
            assertEquals("authenticated", auth(first, "one's").path("type").asText());
            HttpResponse<String> full = gateway.get(TestGateway.path("t", "events"), bearer("one's"));
            assertEquals(429, full.statusCode());
            assertTrue(full.body().contains("too_many_clients_of_subject"), full::body);
            assertTrue(full.body().contains("subject one"), full::body);
            assertTrue(full.body().contains("gapless.gateway.access.limits.clients"), full::body);
            assertEquals(Status.Code.RESOURCE_EXHAUSTED, subscribed(gateway, "one's"));
            JsonSocket second = socket(gateway);
            JsonNode refused = auth(second, "one's");
            assertEquals("too_many_clients_of_subject", refused.path("code").asText(), refused::toString);
            assertEquals("authenticated", auth(second, "two's").path("type").asText());
            assertEquals("authenticated", auth(first, "two's").path("type").asText());
            assertEquals("authenticated", auth(first, "two's").path("type").asText(), "it counts once");
            assertEquals(
                    200,
                    gateway.events(TestGateway.path("t", "events"), bearer("one's"))
                            .status());
            second.close();
            TestGateway.await(() -> gateway.events(TestGateway.path("t", "events"), bearer("two's"))
                            .status()
                    == 200);
        }
    }

    @Test
    @DisplayName("so many subscriptions of a subject, on all its connections together")
    void subscriptions() {
        try (TestGateway gateway = start("subscriptions = 2")) {
            JsonSocket first = socket(gateway);
            auth(first, "one's");
            JsonSocket second = socket(gateway);
            auth(second, "one's");
            first.subscribe("a", "");
            second.subscribe("a", "");
            JsonNode refused =
                    second.send("{\"type\":\"Subscribe\",\"topic\":\"b\"}").next();
            assertEquals(
                    "too_many_subscriptions_of_subject", refused.path("code").asText(), refused::toString);
            assertEquals(
                    429,
                    gateway.get(TestGateway.path("t", "events"), bearer("one's"))
                            .statusCode());
            assertEquals(
                    200,
                    gateway.events(TestGateway.path("t", "events"), bearer("two's"))
                            .status());
            second.send("{\"type\":\"Subscribe\",\"topic\":\"c\",\"from\":\"no token\"}")
                    .await("error"); // which takes no place
            first.send("{\"type\":\"Unsubscribe\",\"topic\":\"a\"}").await("unsubscribed");
            second.subscribe("b", "");
            second.close();
            TestGateway.await(() -> gateway.events(TestGateway.path("t", "events"), bearer("one's"))
                            .status()
                    == 200);
        }
    }

    @Test
    @DisplayName("so many messages and bytes a second; what is refused was not published")
    void publishing() {
        String path = TestGateway.path("t", "messages");
        for (String limit : new String[] {"messages-per-second = 3", "bytes-per-second = 3k"}) {
            try (TestGateway gateway = start(limit)) {
                String body = "\"" + "x".repeat(998) + "\"";
                int published = 0;
                HttpResponse<String> answer = gateway.post(path, "application/json", body, bearer("one's"));
                while (answer.statusCode() == 200) {
                    published++;
                    answer = gateway.post(path, "application/json", body, bearer("one's"));
                }
                assertTrue(published >= 3, "" + published);
                assertEquals(429, answer.statusCode(), answer::body);
                assertTrue(answer.body().contains("too_much_published"), answer::body);
                assertTrue(answer.body().contains(limit.split(" ", 2)[0]), answer::body);
                assertTrue(answer.headers().firstValue("Retry-After").isPresent());
                assertEquals(
                        200,
                        gateway.post(path, "application/json", body, bearer("two's"))
                                .statusCode());
                EventStream events =
                        gateway.events(path.replace("messages", "events") + "?from=earliest", bearer("two's"));
                long first = events.next(1).get(0).data().path("seq").asLong();
                long last = events.next(published)
                        .get(published - 1)
                        .data()
                        .path("seq")
                        .asLong();
                assertEquals(published, last - first);
                TestGateway.await(() -> gateway.post(path, "application/json", "1", bearer("one's"))
                                .statusCode()
                        == 200);
            }
        }
    }

    // ------------------------------------------------------------------ proxies

    @Test
    @DisplayName("who comes through a trusted proxy counts as the address that it names, and no other")
    void proxies() {
        String[] a = {"X-Forwarded-For", "6.6.6.6, 8.8.8.8"};
        String[] b = {"X-Forwarded-For", "8.8.4.4"};
        String path = TestGateway.path("t", "events");
        try (TestGateway gateway =
                TestGateway.start("gapless.gateway { per-ip-limit = 1, trusted-proxies = [\"127.0.0.0/8\"] }")) {
            assertEquals(200, gateway.events(path, a).status());
            HttpResponse<String> full = gateway.get(path, a);
            assertEquals(429, full.statusCode());
            assertTrue(full.body().contains("8.8.8.8"), full::body);
            assertEquals(200, gateway.events(path, b).status());
            assertTrue(gateway.get("/api/status").body().contains("8.8.4.4"));
        }
        try (TestGateway gateway =
                TestGateway.start("gapless.gateway { per-ip-limit = 1, trusted-proxies = [\"10.0.0.0/8\"] }")) {
            assertEquals(200, gateway.events(path, a).status());
            HttpResponse<String> full = gateway.get(path, b);
            assertEquals(429, full.statusCode());
            assertTrue(full.body().contains("127.0.0.1"), full::body);
        }
    }

    @Test
    @DisplayName("on another address, without TLS and access, the gateway is for its proxies alone; health is for all")
    void behindProxies() {
        try (TestGateway gateway =
                TestGateway.start("gapless.gateway { host = \"0.0.0.0\", trusted-proxies = [\"127.0.0.2\"] }")) {
            int port = gateway.gateway().port();
            assertTrue(answer(port, "127.0.0.1", "/api/status").contains("forbidden_address"));
            assertTrue(answer(port, "127.0.0.1", "/metrics").contains("forbidden_address"));
            assertTrue(answer(port, "127.0.0.2", "/api/status").contains("HTTP/1.1 200"));
            assertTrue(answer(port, "127.0.0.1", "/health/live").contains("HTTP/1.1 200"));
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = GrpcStream.open(
                    SubscribeTopicRequest.newBuilder().setTopic("t").build(),
                    GaplessGrpc.newStub(GrpcStream.Connection.to(gateway).channel())::subscribe);
            assertEquals(Status.Code.PERMISSION_DENIED, stream.status());
        }
    }

    private static String answer(int port, String from, String path) {
        try (RawSocket socket = new RawSocket(port, from)) {
            return socket.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    .readAll();
        }
    }
}
