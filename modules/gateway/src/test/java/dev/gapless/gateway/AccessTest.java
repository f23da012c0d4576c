package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.SubscribeRequest;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that lets in who has a token, for what the token allows. */
@Timeout(180)
class AccessTest {
    private static final String READER = "reader's token";
    private static final String WRITER = "writer's token";
    private static final String ADMIN = "admin's token";
    private static final String TENANT = "tenant's token";
    private static final String EXPIRED = "expired token";

    @TempDir
    private Path directory;

    private TestGateway gateway;

    static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String entry(String subject, String token, String permissions, String more) {
        return "{\"subject\":\"" + subject + "\",\"sha256\":\"" + sha256(token) + "\"" + more + ",\"permissions\":"
                + permissions + "}";
    }

    private static final List<String> ENTRIES = List.of(
            entry("reader", READER, "{\"subscribe\":[\"prices\",\"fleet/*\"]}", ""),
            entry("writer", WRITER, "{\"publish\":[\"prices\"],\"create\":[\"chat/*\"]}", ""),
            entry("admin", ADMIN, "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"],\"status\":true}", ""),
            entry(
                    "tenant",
                    TENANT,
                    "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"],\"keys\":[\"7/*\"]}",
                    ""),
            entry("late", EXPIRED, "{\"subscribe\":[\"*\"]}", ",\"expires\":\"2020-01-01T00:00:00Z\""));

    private Path file(List<String> entries) {
        return new Certificates(directory).write("tokens.json", "{\"tokens\":[" + String.join(",", entries) + "]}");
    }

    @BeforeEach
    void start() {
        gateway = TestGateway.start(
                "gapless.gateway.access { tokens-file = \"" + file(ENTRIES) + "\", auth-timeout = 1s }");
        assertEquals(200, publish("prices", "EURUSD", ADMIN).statusCode());
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private static String[] bearer(String token) {
        return token == null ? new String[0] : new String[] {"Authorization", "Bearer " + token};
    }

    private HttpResponse<String> publish(String topic, String key, String token) {
        return gateway.post(
                TestGateway.path(topic, "messages") + (key == null ? "" : "?key=" + key),
                "application/json",
                "1",
                bearer(token));
    }

    private static void is(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertTrue(answer.body().contains("urn:gapless:" + code), answer::body);
    }

    // ------------------------------------------------------------------ HTTP

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/metrics"})
    @DisplayName("status and metrics are for who may see them; health is for all")
    void status(String path) {
        is(401, "unauthenticated", gateway.get(path));
        assertEquals(
                "Bearer",
                gateway.get(path).headers().firstValue("WWW-Authenticate").orElse(""));
        is(403, "forbidden", gateway.get(path, bearer(READER)));
        assertEquals(200, gateway.get(path, bearer(ADMIN)).statusCode());
        assertEquals(200, gateway.get("/health/live").statusCode());
        assertEquals(200, gateway.get("/health/ready").statusCode());
    }

    @Test
    @DisplayName("who may not publish to a topic is told the same, whether it is there or not")
    void publishing() {
        is(401, "unauthenticated", publish("prices", null, null));
        is(403, "forbidden", publish("prices", null, READER));
        assertEquals(200, publish("prices", null, WRITER).statusCode());
        String there = publish("fleet/1", null, ADMIN).body();
        assertTrue(there.contains("positions"), there);
        HttpResponse<String> known = publish("fleet/1", null, WRITER);
        HttpResponse<String> unknown = publish("fleet/2", null, WRITER);
        is(403, "forbidden", known);
        is(403, "forbidden", unknown);
        assertEquals(known.body().replace("fleet/1", ""), unknown.body().replace("fleet/2", ""));
        assertEquals(200, publish("chat/1", null, WRITER).statusCode());
    }

    @Test
    @DisplayName("nor is it told what another one's request with the same idempotency key was answered")
    void idempotency() {
        String path = TestGateway.path("prices", "messages");
        String[] writer = {"Authorization", "Bearer " + WRITER, "Idempotency-Key", "k"};
        String[] reader = {"Authorization", "Bearer " + READER, "Idempotency-Key", "k"};
        assertEquals(200, gateway.post(path, "application/json", "1", writer).statusCode());
        is(403, "forbidden", gateway.post(path, "application/json", "1", reader));
    }

    @Test
    @DisplayName("nor is one who may: idempotency keys are each subject's own")
    void idempotencyOfSubjects() {
        String path = TestGateway.path("prices", "messages") + "?key=7/1";
        for (String token : List.of(ADMIN, TENANT)) {
            String[] headers = {"Authorization", "Bearer " + token, "Idempotency-Key", "k"};
            String body = token.equals(ADMIN) ? "1" : "2";
            assertEquals(
                    200, gateway.post(path, "application/json", body, headers).statusCode(), "not key_reused");
        }
    }

    @Test
    @DisplayName("a body that goes on ends at the line in front of which its credential became invalid")
    void longBody() throws IOException {
        try (RawSocket socket = new RawSocket(gateway.gateway().port())) {
            socket.send(
                    "POST /api/topics/prices/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
                            + "Authorization: Bearer " + WRITER + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            String line = "{\"key\":\"a\",\"data\":1}\n";
            String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
            EventStream events = gateway.events(TestGateway.path("prices", "events"), bearer(ADMIN));
            socket.send(chunk);
            events.next(1);
            file(List.of(ENTRIES.get(2)));
            TestGateway.await(() -> publish("prices", null, WRITER).statusCode() == 401);
            socket.send(chunk + "0\r\n\r\n");
            String answer = socket.readAll();
            assertTrue(answer.contains("401") && answer.contains("valid no more"), answer);
            assertTrue(answer.contains("\"accepted\":1"), answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"wrong, The token is not known here", "expired token, The token has expired"})
    @DisplayName("a credential that is not valid is refused, also where none is needed")
    void notValid(String token, String why) {
        HttpResponse<String> answer = publish("prices", null, token);
        is(401, "unauthenticated", answer);
        assertTrue(answer.body().contains(why), answer::body);
        is(401, "unauthenticated", gateway.get("/metrics", "Authorization", "Basic d3Jvbmc="));
        is(
                401,
                "unauthenticated",
                gateway.get("/metrics", "Authorization", "Bearer " + ADMIN, "Authorization", "Bearer " + token));
        try (TestGateway open = TestGateway.start("gapless.gateway.access { tokens-file = \"" + file(ENTRIES)
                + "\", anonymous { subscribe = [\"*\"], publish = [\"*\"], create = [\"*\"] } }")) {
            assertEquals(200, open.publish("prices", "1").statusCode());
            is(
                    401,
                    "unauthenticated",
                    open.post(TestGateway.path("prices", "messages"), "application/json", "1", bearer(token)));
            is(401, "unauthenticated", open.get(TestGateway.path("prices", "events"), bearer(token)));
            is(401, "unauthenticated", open.get("/metrics")); // which anonymous does not have
        }
    }

    @Test
    @DisplayName("a credential with keys publishes and sees these keys alone, whatever its filter asks")
    void keys() {
        is(403, "forbidden", publish("orders", null, TENANT));
        is(403, "forbidden", publish("orders", "8/1", TENANT));
        assertEquals(200, publish("orders", "8/1", ADMIN).statusCode());
        assertEquals(200, publish("orders", "7/1", TENANT).statusCode());
        assertEquals(200, publish("orders", "7/2", TENANT).statusCode());
        String all = TestGateway.path("orders", "events") + "?from=earliest";
        EventStream tenant = gateway.events(all, bearer(TENANT));
        assertEquals("7/1", tenant.next(1).get(0).data().path("key").asText());
        assertEquals("7/2", tenant.next(1).get(0).data().path("key").asText());
        EventStream one = gateway.events(all + "&keys=7/2", bearer(TENANT));
        assertEquals("7/2", one.next(1).get(0).data().path("key").asText());
        EventStream wide = gateway.events(all + "&keys=*", bearer(TENANT));
        assertEquals("7/1", wide.next(1).get(0).data().path("key").asText());
        is(403, "forbidden", gateway.get(all + "&keys=8/*", bearer(TENANT)));
        assertEquals(
                "8/1",
                gateway.events(all, bearer(ADMIN))
                        .next(1)
                        .get(0)
                        .data()
                        .path("key")
                        .asText());
    }

    @Test
    @DisplayName("an event stream is for who may subscribe, and ends when its token is not listed any more")
    void eventStream() {
        String path = TestGateway.path("prices", "events") + "?from=earliest";
        is(401, "unauthenticated", gateway.get(path));
        is(403, "forbidden", gateway.get(path, bearer(WRITER)));
        EventStream events = gateway.events(path, bearer(READER));
        events.next(1);
        EventStream stays = gateway.events(path, bearer(ADMIN));
        stays.next(1);
        file(ENTRIES.subList(1, ENTRIES.size()));
        TestGateway.await(() -> events.next().equals(EventStream.END));
        is(401, "unauthenticated", gateway.get(path, bearer(READER)));
        assertEquals(200, publish("prices", null, WRITER).statusCode());
        stays.next(1);
    }

    // ------------------------------------------------------------------ WebSocket

    private JsonSocket socket() {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        return socket;
    }

    private static JsonSocket auth(JsonSocket socket, String token) {
        return socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}");
    }

    private static void refused(JsonSocket socket, String code, String command) {
        JsonNode error = socket.send(command).await("error");
        assertEquals(code, error.path("code").asText(), error::toString);
    }

    @Test
    @DisplayName("a WebSocket says who it is, and may then do what its token allows")
    void webSocket() {
        JsonSocket socket = socket();
        refused(socket, "unauthenticated", "{\"type\":\"Subscribe\",\"topic\":\"prices\"}");
        refused(socket, "unauthenticated", "{\"type\":\"Publish\",\"topic\":\"prices\",\"data\":1}");
        assertEquals(
                "reader",
                auth(socket, READER).await("authenticated").path("subject").asText());
        socket.subscribe("prices", "\"from\":\"earliest\"");
        socket.await("event");
        refused(socket, "forbidden", "{\"type\":\"Subscribe\",\"topic\":\"orders\"}");
        refused(socket, "forbidden", "{\"type\":\"Publish\",\"topic\":\"prices\",\"data\":1}");
    }

    @Test
    @DisplayName("it renews its credential in place: no position moves, nothing is missed")
    void renewal() {
        String soon = entry(
                "reader",
                "soon",
                "{\"subscribe\":[\"prices\"]}",
                ",\"expires\":\"" + Instant.now().plusSeconds(3600) + "\"");
        file(List.of(ENTRIES.get(0), ENTRIES.get(1), soon));
        TestGateway.await(() -> publish("prices", null, ADMIN).statusCode() == 401);
        JsonSocket socket = auth(socket(), READER);
        socket.await("authenticated");
        socket.subscribe("prices", "");
        publish("prices", "a", WRITER);
        assertEquals("a", socket.await("event").path("key").asText());
        JsonNode renewed = auth(socket, "soon").await("authenticated");
        long inMs = renewed.path("expires_in_ms").asLong();
        assertTrue(inMs > 3_000_000 && inMs <= 3_600_000, renewed::toString);
        publish("prices", "b", WRITER);
        assertEquals("b", socket.await("event").path("key").asText());
        file(List.of(ENTRIES.get(0), ENTRIES.get(1)));
        assertEquals(4401, socket.status());
    }

    @Test
    @DisplayName("what the new credential does not allow ends, with the token that resumes it; the rest goes on")
    void renewalWithLess() {
        publish("orders", "7/1", ADMIN);
        JsonSocket socket = auth(socket(), ADMIN);
        socket.await("authenticated");
        socket.subscribe("prices", "");
        socket.subscribe("orders", "");
        auth(socket, READER).await("authenticated");
        JsonNode ended = socket.await("ended");
        assertEquals("orders", ended.path("topic").asText());
        assertEquals("FORBIDDEN", ended.path("reason").asText());
        publish("orders", "7/2", ADMIN);
        publish("prices", "c", WRITER);
        JsonNode event = socket.await("event");
        assertEquals("c", event.path("key").asText(), event::toString);
        auth(socket, TENANT).await("authenticated"); // of keys 7/* alone
        assertEquals("prices", socket.await("ended").path("topic").asText());
        socket.subscribe("orders", "\"from\":\"" + ended.path("token").asText() + "\"");
        publish("orders", "8/1", ADMIN);
        publish("orders", "7/3", ADMIN);
        String key = "";
        while (!key.equals("7/3")) {
            key = socket.await("event").path("key").asText();
            assertTrue(key.startsWith("7/"), key);
        }
    }

    @Test
    @DisplayName(
            "a WebSocket is told once that its credential expires soon, and not again when it has shown another one")
    void expiryNotice() {
        String soon = entry(
                "reader",
                "soon",
                "{\"subscribe\":[\"prices\"]}",
                ",\"expires\":\"" + Instant.now().plusSeconds(50) + "\"");
        file(List.of(ENTRIES.get(0), soon, ENTRIES.get(2)));
        TestGateway.await(() -> publish("prices", null, WRITER).statusCode() == 401);
        JsonSocket socket = auth(socket(), "soon");
        socket.await("authenticated");
        long inMs = socket.await("auth_expires").path("in_ms").asLong();
        assertTrue(inMs > 0 && inMs <= 50_000, () -> inMs + " ms");
        auth(socket, READER).await("authenticated");
        socket.subscribe("prices", "");
        publish("prices", "a", ADMIN);
        socket.await("event"); // and nothing else
    }

    @Test
    @DisplayName("who is denied is let in no more, whatever it shows, and is closed if it is there")
    void denied() {
        Path denied = new Certificates(directory).write("denied.json", "[]");
        try (TestGateway other = TestGateway.start("gapless.gateway.access { tokens-file = \"" + file(ENTRIES)
                + "\", denied-subjects = \"" + denied + "\" }")) {
            JsonSocket reader = other.webSocket();
            reader.await("connected");
            auth(reader, READER).await("authenticated");
            JsonSocket admin = other.webSocket();
            admin.await("connected");
            auth(admin, ADMIN).await("authenticated");
            new Certificates(directory).write("denied.json", "[\"reader\"]");
            assertEquals(4401, reader.status());
            is(401, "unauthenticated", other.get(TestGateway.path("prices", "events"), bearer(READER)));
            assertEquals(200, other.get("/metrics", bearer(ADMIN)).statusCode());
            assertFalse(admin.isClosed());
            try (LogLines log = new LogLines()) {
                new Certificates(directory).write("denied.json", "{}");
                TestGateway.await(() -> log.count("no list of subjects") > 0);
            }
            is(401, "unauthenticated", other.get("/metrics", bearer(READER)));
        }
    }

    @Test
    @DisplayName("one that shows a token that is not valid is closed, and so is one that shows none in time")
    void closedWebSocket() {
        JsonSocket wrong = auth(socket(), "wrong");
        assertEquals(4401, wrong.status());
        JsonSocket authenticated = auth(socket(), READER);
        authenticated.await("authenticated");
        assertEquals(4401, socket().status());
        assertFalse(authenticated.isClosed());
    }

    // ------------------------------------------------------------------ gRPC

    private io.grpc.Channel grpc(String token) {
        io.grpc.Channel channel = GrpcStream.Connection.to(gateway).channel();
        if (token == null) {
            return channel;
        }
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private Status.Code subscribed(String token, String topic) {
        SubscribeTopicRequest request = SubscribeTopicRequest.newBuilder()
                .setTopic(topic)
                .setFrom("earliest")
                .build();
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream =
                GrpcStream.open(request, GaplessGrpc.newStub(grpc(token))::subscribe);
        return stream.status();
    }

    @Test
    @DisplayName("gRPC takes the same header; health is for all")
    void grpc() {
        assertEquals(Status.Code.UNAUTHENTICATED, subscribed(null, "prices"));
        assertEquals(Status.Code.UNAUTHENTICATED, subscribed("wrong", "prices"));
        assertEquals(Status.Code.PERMISSION_DENIED, subscribed(WRITER, "prices"));
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> reader = GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic("prices")
                        .setFrom("earliest")
                        .build(),
                GaplessGrpc.newStub(grpc(READER))::subscribe);
        assertTrue(reader.next().hasSubscribed());
        assertEquals(
                Status.Code.PERMISSION_DENIED,
                GrpcStream.<SubscribeRequest, dev.gapless.gateway.v1.DocumentChange>open(
                                SubscribeRequest.newBuilder()
                                        .addCollections("orders")
                                        .build(),
                                DocumentChangesGrpc.newStub(grpc(READER))::subscribe)
                        .status());
        assertEquals(
                Status.Code.PERMISSION_DENIED,
                GrpcStream.<SubscribeRequest, dev.gapless.gateway.v1.DocumentChange>open(
                                SubscribeRequest.getDefaultInstance(),
                                DocumentChangesGrpc.newStub(grpc(READER))::subscribe)
                        .status());
        GrpcStream<PublishRequest, PublishResponse> publishing =
                GrpcStream.both(GaplessGrpc.newStub(grpc(WRITER))::publish);
        publishing.call.onNext(
                PublishRequest.newBuilder().setTopic("orders").setJsonData("1").build());
        assertEquals("forbidden", publishing.next().getError().getCode());
        HealthGrpc.newBlockingStub(grpc(null)).check(HealthCheckRequest.getDefaultInstance());
        file(List.of());
        assertEquals(Status.Code.UNAUTHENTICATED, reader.status());
        assertEquals(Status.Code.UNAUTHENTICATED, publishing.status());
    }

    @Test
    @DisplayName("a call without a credential, where one is needed, takes no place")
    void grpcWithout() {
        GrpcStream<PublishRequest, PublishResponse> without = GrpcStream.both(GaplessGrpc.newStub(grpc(null))::publish);
        assertEquals(Status.Code.UNAUTHENTICATED, without.status());
        GrpcStream<PublishRequest, PublishResponse> reader =
                GrpcStream.both(GaplessGrpc.newStub(grpc(READER))::publish);
        assertEquals(Status.Code.PERMISSION_DENIED, reader.status());
        GrpcStream<SubscribeRequest, dev.gapless.gateway.v1.DocumentChange> documents = GrpcStream.open(
                SubscribeRequest.getDefaultInstance(), DocumentChangesGrpc.newStub(grpc(null))::subscribe);
        assertEquals(Status.Code.UNAUTHENTICATED, documents.status());
        CompletableFuture<Status.Code> ended = new CompletableFuture<>();
        ClientCall<SubscribeTopicRequest, SubscribeTopicResponse> silent =
                grpc(null).newCall(GaplessGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
        silent.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.complete(status.getCode());
                    }
                },
                new Metadata());
        silent.halfClose(); // else the client would wait for a message
        assertEquals(Status.Code.UNAUTHENTICATED, TestGateway.get(ended), "it has not said what it wants");
    }

    // ------------------------------------------------------------------ the file

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | has no list",
                "{\"tokens\":[{\"subject\":\"a\",\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"permissions\":{}}]} | empty token",
                "{\"tokens\":[{}]} | token 1: it has either sha256 or certificate",
                "{\"tokens\":[{\"sha\":1}]} | not 'sha'",
                "not json | is no JSON",
                "{\"tokens\":[{\"subject\":\"a\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"permissions\":{\"read\":[]}}]} | not 'read'",
                "{\"tokens\":[{\"subject\":\"a\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"permissions\":{\"subscribe\":[\"a*b\"]}}]} | end with an asterisk",
                "{\"tokens\":[{\"subject\":\"a\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}]} | permissions are an object",
            })
    @DisplayName("a file that cannot be used is told at the start; later it changes nothing")
    void file(String text, String why) {
        Path bad = new Certificates(directory).write("bad.json", text);
        RuntimeException refused = assertThrows(
                RuntimeException.class,
                () -> TestGateway.startAlone("gapless.gateway.access.tokens-file = \"" + bad + "\"")
                        .close());
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
        assertTrue(String.valueOf(refused.getMessage()).contains("bad.json"), refused::getMessage);
        try (LogLines log = new LogLines()) {
            new Certificates(directory).write("tokens.json", text);
            TestGateway.await(() -> log.count(why) > 0);
        }
        assertEquals(200, publish("prices", null, WRITER).statusCode());
    }

    @Test
    @DisplayName("so is what anonymous may, which is no pattern, or without access control")
    void anonymous() {
        assertThrows(
                RuntimeException.class,
                () -> TestGateway.startAlone("gapless.gateway.access.anonymous.subscribe = [\"*\"]")
                        .close());
        RuntimeException refused = assertThrows(
                RuntimeException.class,
                () -> TestGateway.startAlone("gapless.gateway.access { tokens-file = \"" + file(ENTRIES)
                                + "\", anonymous.subscribe = [\"a*b\"] }")
                        .close());
        assertTrue(String.valueOf(refused.getMessage()).contains("gapless.gateway.access.anonymous: subscribe"));
    }

    @Test
    @DisplayName("another address than loopback needs both TLS and access control")
    void address() {
        String other = "gapless.gateway { host = \"0.0.0.0\" }\n";
        String access = "gapless.gateway.access.tokens-file = \"" + file(ENTRIES) + "\"\n";
        Certificates certificates = new Certificates(directory);
        String tls = certificates.settings(certificates.make("gateway", "EC"));
        for (String some : List.of(other, other + access, other + tls)) {
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> TestGateway.startAlone(some).close());
            assertTrue(String.valueOf(refused.getMessage()).contains("gapless.gateway.insecure"));
        }
        TestGateway.startAlone(other + access + tls).close();
    }
}
