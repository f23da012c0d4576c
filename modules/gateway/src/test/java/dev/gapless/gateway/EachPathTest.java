package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each path and each command says to each kind of credential, over TLS. */
@Timeout(180)
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
class EachPathTest {
    private static final String ISSUER = "https://issuer.example";
    private static final Map<String, Object> ALL = Map.of(
            "subscribe", List.of("prices"), "publish", List.of("prices"), "create", List.of("prices"), "status", true);
    private static final Map<String, Object> OTHER_TOPIC =
            Map.of("subscribe", List.of("orders"), "publish", List.of("orders"), "create", List.of("orders"));
    private static final Map<String, Object> OTHER_KEYS = Map.of(
            "subscribe",
            List.of("prices"),
            "publish",
            List.of("prices"),
            "create",
            List.of("prices"),
            "keys",
            List.of("8/*"));

    @TempDir
    private static Path directory;

    private static Own own;
    private static ECKey key;
    private static TestGateway gateway;
    private static HttpClient http;
    private static HttpClient http1;

    @BeforeAll
    static void start() throws JOSEException {
        Certificates certificates = new Certificates(directory);
        own = certificates.make("gateway", "EC");
        key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        Path jwks =
                certificates.write("jwks.json", new JWKSet(key).toPublicJWKSet().toString());
        gateway = TestGateway.start(certificates.settings(own) + "gapless.gateway.access.jwt { jwks-file = \"" + jwks
                + "\", issuer = \"" + ISSUER + "\", audience = gapless, clock-skew = 1s }");
        http = HttpClient.newBuilder()
                .sslContext(Certificates.client(null, own))
                .build();
        http1 = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(Certificates.client(null, own))
                .build();
        assertEquals("ok", PATHS.get("publish").apply(token("right")));
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static String token(String kind) {
        boolean isExpired = kind.equals("expired");
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject("somebody")
                .issuer(ISSUER)
                .audience(kind.equals("otherAudience") ? "other" : "gapless")
                .expirationTime(Date.from(Instant.now().plusSeconds(isExpired ? -60 : 3_600)))
                .claim(
                        "gapless",
                        switch (kind) {
                            case "otherTopic" -> OTHER_TOPIC;
                            case "otherKeys" -> OTHER_KEYS;
                            default -> ALL;
                        });
        return JwtTest.signed(key, claims);
    }

    // ------------------------------------------------------------------ what is tried; each says ok, or the code of
    // the refusal

    private static final Map<String, Function<String, String>> PATHS = Map.ofEntries(
            Map.entry("publish", token -> send(token, "/api/topics/prices/messages?key=7/1", "1")),
            Map.entry("events", token -> send(token, "/api/topics/prices/events?keys=7/1", null)),
            Map.entry("status", token -> send(token, "/api/status", null)),
            Map.entry("metrics", token -> send(token, "/metrics", null)),
            Map.entry("session", token -> send(token, "/api/session", "")),
            Map.entry("nothing", token -> send(token, "/api/nothing", null)),
            Map.entry(
                    "Subscribe",
                    token -> command(
                            token,
                            "{\"type\":\"Subscribe\",\"topic\":\"prices\",\"filter\":{\"type\":\"Keys\",\"keys\":[\"7/1\"]}}")),
            Map.entry(
                    "Publish",
                    token -> command(token, "{\"type\":\"Publish\",\"topic\":\"prices\",\"key\":\"7/1\",\"data\":1}")),
            Map.entry("grpcSubscribe", EachPathTest::grpcSubscribe),
            Map.entry("grpcPublish", EachPathTest::grpcPublish),
            Map.entry("documents", EachPathTest::documents));

    private static String send(String token, String path, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gateway.uri(path)).header("Content-Type", "application/json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return TestGateway.outcome(http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    }

    private static String command(String token, String command) {
        JsonSocket socket = gateway.closing(JsonSocket.open(http1, gateway.uri("/api/ws")));
        socket.await("connected");
        if (token != null) {
            JsonNode answer = socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}")
                    .next();
            if (!answer.path("type").asText().equals("authenticated")) {
                assertEquals(4401, socket.status());
                return answer.path("code").asText();
            }
        }
        JsonNode answer = socket.send(command).next();
        return answer.path("type").asText().equals("error")
                ? answer.path("code").asText()
                : "ok";
    }

    private static Channel channel(String token) {
        GrpcStream.Connection connection;
        try {
            connection = gateway.closing(new GrpcStream.Connection(Grpc.newChannelBuilder(
                            "127.0.0.1:" + gateway.gateway().grpcPort().orElseThrow(),
                            TlsChannelCredentials.newBuilder()
                                    .trustManager(
                                            new ByteArrayInputStream(own.pem().getBytes(StandardCharsets.US_ASCII)))
                                    .build())
                    .build()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        }
        return ClientInterceptors.intercept(connection.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String code(Status.Code status) {
        return switch (status) {
            case UNAUTHENTICATED -> "unauthenticated";
            case PERMISSION_DENIED -> "forbidden";
            default -> status.toString();
        };
    }

    private static String grpcSubscribe(String token) {
        GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = GrpcStream.open(
                SubscribeTopicRequest.newBuilder()
                        .setTopic("prices")
                        .addKeys("7/1")
                        .build(),
                GaplessGrpc.newStub(channel(token))::subscribe);
        return stream.hasNext() ? "ok" : code(stream.status());
    }

    private static String grpcPublish(String token) {
        GrpcStream<PublishRequest, PublishResponse> stream =
                GrpcStream.both(GaplessGrpc.newStub(channel(token))::publish);
        stream.call.onNext(PublishRequest.newBuilder()
                .setTopic("prices")
                .setKey("7/1")
                .setJsonData("1")
                .build());
        if (!stream.hasNext()) {
            return code(stream.status());
        }
        PublishResponse response = stream.next();
        return response.hasPosition() ? "ok" : response.getError().getCode();
    }

    private static String documents(String token) {
        GrpcStream<SubscribeRequest, DocumentChange> stream = GrpcStream.open(
                SubscribeRequest.newBuilder()
                        .addCollections("prices")
                        .setSinceSequence(0)
                        .setSinceEpoch(1)
                        .build(),
                DocumentChangesGrpc.newStub(channel(token))::subscribe);
        return stream.hasNext() ? "ok" : code(stream.status());
    }

    // ------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // none, expired, another audience's, right, for another topic, for other keys
        "publish, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "events, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "status, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "metrics, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "session, unauthenticated, unauthenticated, unauthenticated, ok, ok, ok",
        "nothing, not_found, unauthenticated, unauthenticated, not_found, not_found, not_found",
        "Subscribe, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "Publish, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "grpcSubscribe, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "grpcPublish, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden",
        "documents, unauthenticated, unauthenticated, unauthenticated, ok, forbidden, forbidden"
    })
    @DisplayName("is what this table says")
    void credentials(
            String path,
            String none,
            String expired,
            String otherAudience,
            String right,
            String otherTopic,
            String otherKeys) {
        Function<String, String> tried = PATHS.get(path);
        assertEquals(none, tried.apply(null), "none");
        assertEquals(expired, tried.apply(token("expired")), "expired");
        assertEquals(otherAudience, tried.apply(token("otherAudience")), "another audience's");
        assertEquals(right, tried.apply(token("right")), "right");
        assertEquals(otherTopic, tried.apply(token("otherTopic")), "for another topic");
        assertEquals(otherKeys, tried.apply(token("otherKeys")), "for other keys");
    }
}
