package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.gapless.gateway.Certificates.Own;
import dev.gapless.gateway.v1.DocumentChange;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import dev.gapless.gateway.v1.SubscribeRequest;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each rule of access, on each way in, with each kind of credential: none is on one way or for one credential alone. */
@Tag("thorough")
@Tag("day1")
@Timeout(240)
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
class RulesTest {
    private static final String KEY_OF_SESSIONS = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static final Map<String, Object> ALLOWED =
            Map.of("subscribe", List.of("prices"), "publish", List.of("prices", "fresh"), "create", List.of("prices"));

    /** A way in. */
    private enum Way {
        MESSAGES,
        EVENTS,
        SOCKET_PUBLISH,
        SOCKET_SUBSCRIBE,
        GRPC_PUBLISH,
        GRPC_SUBSCRIBE,
        DOCUMENTS;

        boolean publishes() {
            return this == MESSAGES || this == SOCKET_PUBLISH || this == GRPC_PUBLISH;
        }

        boolean isGrpc() {
            return compareTo(GRPC_PUBLISH) >= 0;
        }
    }

    /**
     * A credential.
     *
     * @param name of its kind
     * @param header and its value; none for a certificate
     * @param shows its certificate, or null
     */
    private record Credential(
            String name, List<String> header, @Nullable Own shows) {
        boolean isFor(Way way) {
            return !(way.isGrpc() && name.equals("cookie")); // browsers have no gRPC
        }

        boolean expires() {
            return name.equals("jwt") || name.equals("brief certificate");
        }

        String[] headers() {
            return header.toArray(new String[0]);
        }
    }

    /** What a client has opened. */
    private record Opened(String what, BooleanSupplier isOver, Runnable isRefused) {}

    @TempDir
    private Path directory;

    private Certificates certificates;
    private Own server;
    private Own shop;
    private Own brief;
    private ECKey key;
    private TestGateway gateway;
    /** What each credential allows. */
    private Map<String, Object> allowed = ALLOWED;

    private void list(boolean shops) {
        String permissions = TestGateway.JSON.valueToTree(allowed).toString();
        String brief = "{\"certificate\":\"cn=brief\",\"permissions\":" + permissions + "}";
        certificates.write(
                "tokens.json",
                "{\"tokens\":["
                        + (shops
                                ? "{\"certificate\":\"cn=shop\",\"permissions\":" + permissions + "},"
                                        + AccessTest.entry("shop", "shop's token", permissions, "") + ","
                                : "")
                        + brief + "]}");
    }

    private void start(String... keys) throws JOSEException {
        if (keys.length > 0) {
            allowed = new HashMap<>(ALLOWED);
            allowed.put("keys", List.of(keys));
        }
        certificates = new Certificates(directory);
        server = certificates.make("gateway", "EC");
        shop = certificates.make("shop", "EC");
        brief = certificates.ofADay("brief", "EC", "-23H-59M-25S");
        certificates.write("ca.pem", shop.pem() + brief.pem());
        key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        certificates.write("jwks.json", new JWKSet(key).toPublicJWKSet().toString());
        list(true);
        gateway = TestGateway.start(certificates.settings(server) + """
                gapless.gateway {
                  tls { client-certificates = wanted, client-ca = "%1$s/ca.pem" }
                  access {
                    tokens-file = "%1$s/tokens.json"
                    session-keys = ["%2$s"]
                    jwt { jwks-file = "%1$s/jwks.json", issuer = issuer, audience = gapless, clock-skew = 1s }
                  }
                }
                """.formatted(directory, KEY_OF_SESSIONS));
    }

    @AfterEach
    void close() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private String jwt(Instant expires) {
        return JwtTest.signed(
                key,
                new JWTClaimsSet.Builder()
                        .subject("shop")
                        .issuer("issuer")
                        .audience("gapless")
                        .expirationTime(Date.from(expires))
                        .claim("gapless", allowed));
    }

    /** @param ends when the JWT and the brief certificate do */
    private List<Credential> credentials(Instant ends) {
        List<String> bearer = List.of("Authorization", "Bearer shop's token");
        HttpResponse<String> session = TestGateway.get(http(null, HttpClient.Version.HTTP_2)
                .sendAsync(
                        HttpRequest.newBuilder(gateway.uri("/api/session"))
                                .headers(bearer.toArray(new String[0]))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
        String cookie = session.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        return List.of(
                new Credential("brief certificate", List.of(), brief),
                new Credential("jwt", List.of("Authorization", "Bearer " + jwt(ends)), null),
                new Credential("token", bearer, null),
                new Credential("cookie", List.of("Cookie", cookie), null),
                new Credential("certificate", List.of(), shop));
    }

    private HttpClient http(@Nullable Own shows, HttpClient.Version version) {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(Certificates.client(shows, server))
                .build();
    }

    private Channel channel(Credential credential) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        try {
            tls.trustManager(pem(server.pem()));
            if (credential.shows() != null) {
                tls.keyManager(
                        pem(credential.shows().pem()), pem(credential.shows().keyPem()));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return channel(gateway, tls.build(), credential.headers());
    }

    private static Channel channel(TestGateway to, io.grpc.ChannelCredentials credentials, String... headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.length; i += 2) {
            metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
        }
        GrpcStream.Connection connection = to.closing(new GrpcStream.Connection(
                Grpc.newChannelBuilder("127.0.0.1:" + to.gateway().grpcPort().orElseThrow(), credentials)
                        .build()));
        return ClientInterceptors.intercept(connection.channel(), MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static ByteArrayInputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    // ------------------------------------------------------------------ what is allowed

    /** Ok, or the code of the refusal. */
    private String tried(Way way, Credential as, String topic, String messageKey) {
        String keys = "\"filter\":{\"type\":\"Keys\",\"keys\":[\"" + messageKey + "\"]}";
        return switch (way) {
            case MESSAGES -> answer(as, TestGateway.path(topic, "messages") + "?key=" + messageKey, "1");
            case EVENTS -> answer(as, TestGateway.path(topic, "events") + "?keys=" + messageKey, null);
            case SOCKET_PUBLISH ->
                socketAnswer(
                        as,
                        "{\"type\":\"Publish\",\"topic\":\"" + topic + "\",\"key\":\"" + messageKey + "\",\"data\":1}");
            case SOCKET_SUBSCRIBE ->
                socketAnswer(as, "{\"type\":\"Subscribe\",\"topic\":\"" + topic + "\"," + keys + "}");
            case GRPC_PUBLISH -> {
                var stream = publishing(channel(as), topic, messageKey);
                yield !stream.hasNext() ? code(stream.status()) : stream.next().hasPosition() ? "ok" : "forbidden";
            }
            case GRPC_SUBSCRIBE -> {
                var stream = subscribed(channel(as), topic, messageKey);
                yield stream.hasNext() ? "ok" : code(stream.status());
            }
            case DOCUMENTS -> {
                var stream = documents(channel(as), topic);
                yield stream.hasNext() ? "ok" : code(stream.status());
            }
        };
    }

    private String answer(Credential as, String path, @Nullable String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri(path)).header("Content-Type", "application/json");
        if (!as.header().isEmpty()) {
            request.headers(as.headers());
        }
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return TestGateway.outcome(http(as.shows(), HttpClient.Version.HTTP_2)
                .sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    }

    /** A token is shown in a message, as browsers do. */
    private JsonSocket socket(Credential as) {
        boolean isToken = as.header().contains("Authorization");
        JsonSocket socket = gateway.closing(JsonSocket.open(
                http(as.shows(), HttpClient.Version.HTTP_1_1),
                gateway.uri("/api/ws"),
                isToken ? new String[0] : as.headers()));
        socket.await("connected");
        if (isToken) {
            socket.send("{\"type\":\"Auth\",\"token\":\"" + as.header().get(1).replace("Bearer ", "") + "\"}");
            socket.await("authenticated");
        }
        return socket;
    }

    private String socketAnswer(Credential as, String command) {
        JsonNode answer = socket(as).send(command).next();
        assertNotEquals("auth_expires", answer.path("type").asText(), "too soon for this test");
        return answer.path("type").asText().equals("error")
                ? answer.path("code").asText()
                : "ok";
    }

    private static GrpcStream<PublishRequest, PublishResponse> publishing(
            Channel channel, String topic, String messageKey) {
        GrpcStream<PublishRequest, PublishResponse> stream = GrpcStream.both(GaplessGrpc.newStub(channel)::publish);
        stream.call.onNext(PublishRequest.newBuilder()
                .setTopic(topic)
                .setKey(messageKey)
                .setJsonData("1")
                .build());
        return stream;
    }

    private static GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribed(
            Channel channel, String topic, String messageKey) {
        return GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic(topic)
                        .addKeys(messageKey)
                        .build(),
                GaplessGrpc.newStub(channel)::subscribe);
    }

    private static GrpcStream<SubscribeRequest, DocumentChange> documents(Channel channel, String topic) {
        return GrpcStream.open(
                SubscribeRequest.newBuilder()
                        .addCollections(topic)
                        .setSinceSequence(0)
                        .setSinceEpoch(1)
                        .build(),
                DocumentChangesGrpc.newStub(channel)::subscribe);
    }

    private static String code(Status.Code status) {
        return status == Status.Code.PERMISSION_DENIED ? "forbidden" : status.toString();
    }

    @Test
    @DisplayName("its topics, its keys, and which it may begin: for each credential, on each way")
    void allowed() throws JOSEException {
        start("7/*");
        Map<String, String> wrong = new LinkedHashMap<>();
        for (Credential as : credentials(Instant.now().plusSeconds(600))) {
            if (as.name().equals("brief certificate")) {
                continue;
            }
            for (Way way : Way.values()) {
                if (as.isFor(way)) {
                    is(
                            way == Way.DOCUMENTS ? "forbidden" : "ok",
                            way,
                            as,
                            "prices",
                            "7/1",
                            wrong); // those have no keys
                    is("forbidden", way, as, "orders", "7/1", wrong);
                    is("forbidden", way, as, "prices", "8/1", wrong);
                    if (way.publishes()) {
                        is("forbidden", way, as, "fresh", "7/1", wrong); // may be published to, once it is there
                    }
                }
            }
        }
        assertEquals(Map.of(), wrong);
    }

    private void is(
            String expected, Way way, Credential as, String topic, String messageKey, Map<String, String> wrong) {
        String answer = tried(way, as, topic, messageKey);
        if (!answer.equals(expected)) {
            wrong.put(way + " of " + topic + " " + messageKey + " with " + as.name(), answer);
        }
    }

    // ------------------------------------------------------------------ what is open

    private Opened opened(Way way, Credential as) {
        String what = way + " with " + as.name();
        switch (way) {
            case EVENTS -> {
                EventStream stream = gateway.closing(EventStream.open(
                        http(as.shows(), HttpClient.Version.HTTP_2),
                        gateway.uri(TestGateway.path("prices", "events") + "?keys=7/1"),
                        as.headers()));
                assertEquals(200, stream.status(), what);
                return new Opened(what, () -> stream.waiting() > 0 && EventStream.isEnd(stream.next()), () -> {});
            }
            case SOCKET_PUBLISH, SOCKET_SUBSCRIBE -> {
                JsonSocket socket = socket(as);
                return new Opened(what, socket::isClosed, () -> assertEquals(4401, socket.status(), what));
            }
            case GRPC_PUBLISH -> {
                var stream = publishing(channel(as), "prices", "7/1");
                assertTrue(stream.next().hasPosition(), what);
                return ends(what, stream);
            }
            case GRPC_SUBSCRIBE -> {
                var stream = subscribed(channel(as), "prices", "7/1");
                assertTrue(stream.next().hasSubscribed(), what);
                return ends(what, stream);
            }
            case DOCUMENTS -> {
                var stream = documents(channel(as), "prices");
                assertTrue(stream.hasNext(), what);
                return ends(what, stream);
            }
            default -> throw new AssertionError(what);
        }
    }

    private static Opened ends(String what, GrpcStream<?, ?> stream) {
        return new Opened(what, stream::isOver, () -> assertEquals(Status.Code.UNAUTHENTICATED, stream.status(), what));
    }

    @Test
    @DisplayName("what is open ends with its credential: taken back, expired, or its certificate's day over")
    void ends() throws JOSEException {
        start();
        Instant ends = brief.certificate().getNotAfter().toInstant();
        List<Opened> all = new ArrayList<>();
        for (Credential as : credentials(ends)) { // those that expire are the first
            for (Way way : Way.values()) {
                if (as.isFor(way) && way != Way.MESSAGES) {
                    all.add(opened(way, as));
                    assertTrue(!as.expires() || Instant.now().isBefore(ends), "opened in time");
                }
            }
        }
        assertEquals(5 * 6 - 3, all.size());
        list(false);
        for (Opened one : all) {
            TestGateway.await(one.isOver());
            one.isRefused().run();
        }
    }

    // ------------------------------------------------------------------ limits behind a proxy

    private static String opens(TestGateway at, Way way, String client) {
        String[] headers = {"X-Forwarded-For", client};
        try {
            return switch (way) {
                case EVENTS ->
                    "" + at.events(TestGateway.path("t", "events"), headers).status();
                case SOCKET_PUBLISH, SOCKET_SUBSCRIBE -> {
                    at.closing(JsonSocket.open(at.http, at.uri("/api/ws"), headers))
                            .await("connected");
                    yield "200";
                }
                case GRPC_PUBLISH -> begun(publishing(proxied(at, headers), "t", "7/1"));
                case GRPC_SUBSCRIBE -> begun(subscribed(proxied(at, headers), "t", "7/1"));
                case DOCUMENTS -> begun(documents(proxied(at, headers), "t"));
                case MESSAGES -> throw new AssertionError(way);
            };
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return "" + refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    private static Channel proxied(TestGateway at, String... headers) {
        return channel(at, InsecureChannelCredentials.create(), headers);
    }

    private static String begun(GrpcStream<?, ?> stream) {
        return stream.hasNext()
                ? "200"
                : stream.status() == Status.Code.RESOURCE_EXHAUSTED ? "429" : "" + stream.status();
    }

    @Test
    @DisplayName(
            "a client behind a proxy counts as itself on each way: it is full, and the next one of the same proxy is not")
    void proxies() {
        Map<String, String> wrong = new LinkedHashMap<>();
        for (Way way : Way.values()) {
            if (way == Way.MESSAGES) {
                continue;
            }
            try (TestGateway at =
                    TestGateway.start("gapless.gateway { per-ip-limit = 1, trusted-proxies = [\"127.0.0.0/8\"] }")) {
                String were =
                        opens(at, way, "8.8.8.8") + " " + opens(at, way, "8.8.8.8") + " " + opens(at, way, "8.8.4.4");
                if (!were.equals("200 429 200")) {
                    wrong.put(way.toString(), were);
                }
            }
        }
        assertEquals(Map.of(), wrong);
    }
}
