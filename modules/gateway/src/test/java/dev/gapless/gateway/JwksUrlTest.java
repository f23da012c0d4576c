package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that fetches the keys of an issuer from its server. */
@Timeout(180)
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
class JwksUrlTest {
    private static final String ISSUER = "https://issuer.example";

    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile Answer answer;
    private RSAKey key;

    private interface Answer {
        void send(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException, JOSEException {
        key = new RSAKeyGenerator(2_048).keyID("first").generate();
        answer = keys(key);
        start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private void start(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            answer.send(exchange);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static Answer keys(RSAKey... keys) {
        return text(200, new JWKSet(List.of(keys)).toPublicJWKSet().toString());
    }

    private static Answer text(int status, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private String settings(String more) {
        return "gapless.gateway.access { auth-timeout = 30s, jwt { jwks-url = \"http://127.0.0.1:"
                + server.getAddress().getPort() + "/jwks\", issuer = \"" + ISSUER
                + "\", audience = gapless, clock-skew = 1s "
                + more + " } }\n";
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("shop-7")
                .issuer(ISSUER)
                .audience("gapless")
                .expirationTime(Date.from(Instant.now().plusSeconds(3_600)));
    }

    private static String jwt(RSAKey key, JWTClaimsSet.Builder claims) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String jwt(RSAKey key) {
        return jwt(key, claims().claim("gapless", Map.of("subscribe", List.of("*"), "status", true)));
    }

    private static HttpResponse<String> status(TestGateway gateway, String token) {
        return gateway.get("/api/status", "Authorization", "Bearer " + token);
    }

    private static void is(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertTrue(answer.body().contains("urn:gapless:" + code), answer::body);
    }

    @Test
    @DisplayName("JWTs let in by keys that the issuer publishes; keys that are known are not fetched again for them")
    void keysAreFetchedOnce() {
        try (TestGateway gateway = TestGateway.start(settings(""))) {
            for (int i = 0; i < 20; i++) {
                assertEquals(200, status(gateway, jwt(key)).statusCode());
            }
            assertEquals(1, requests.get());
        }
    }

    @Test
    @DisplayName(
            "a JWT of a key that is new is let in, in each protocol; a storm of keys that there are not makes few requests")
    void newKey() throws JOSEException {
        try (TestGateway gateway = TestGateway.start(settings(", jwks-retry = 200ms"))) {
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            List<RSAKey> known = new ArrayList<>(List.of(key));
            for (Map.Entry<String, java.util.function.Consumer<String>> one :
                    Map.<String, java.util.function.Consumer<String>>of(
                                    "http",
                                            token -> assertEquals(
                                                    200, status(gateway, token).statusCode()),
                                    "websocket",
                                            token -> {
                                                JsonSocket socket = gateway.webSocket();
                                                socket.await("connected");
                                                socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}");
                                                socket.await("authenticated");
                                            },
                                    "grpc",
                                            token -> assertTrue(subscribe(gateway, token)
                                                    .next()
                                                    .hasSubscribed()))
                            .entrySet()) {
                TestGateway.await(() -> age(gateway) > 0.2);
                RSAKey next = new RSAKeyGenerator(2_048).keyID(one.getKey()).generate();
                known.add(next);
                answer = keys(known.toArray(RSAKey[]::new));
                one.getValue().accept(jwt(next));
            }
        }
        int before = requests.get();
        try (TestGateway gateway = TestGateway.start(settings(""))) {
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            List<CompletableFuture<Void>> storm = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                RSAKey unknown = new RSAKey.Builder(key).keyID("no-" + i).build();
                storm.add(CompletableFuture.runAsync(
                        () -> is(401, "unauthenticated", status(gateway, jwt(unknown))), threads));
            }
            storm.forEach(TestGateway::get);
            assertTrue(requests.get() - before <= 2, () -> requests.get() - before + " requests");
            assertEquals(200, status(gateway, jwt(key)).statusCode());
        }
    }

    /** For how long the keys have been known, in seconds. */
    private double age(TestGateway gateway) {
        return gateway.get("/metrics", "Authorization", "Bearer " + jwt(key))
                .body()
                .lines()
                .filter(line -> line.startsWith("gapless_gateway_jwks_age_seconds "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    private static GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> subscribe(
            TestGateway gateway, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return GrpcStream.open(
                SubscribeTopicRequest.newBuilder().setTopic("prices").build(),
                GaplessGrpc.newStub(ClientInterceptors.intercept(
                        GrpcStream.Connection.to(gateway).channel(),
                        MetadataUtils.newAttachHeadersInterceptor(headers)))::subscribe);
    }

    @Test
    @DisplayName(
            "while the server is down, its keys of before count; it is asked again until it is back, by one request at a time")
    void serverDown() throws JOSEException, InterruptedException {
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (LogLines log = LogLines.atTrace();
                TestGateway gateway =
                        TestGateway.start(settings(", jwks-refresh = 300ms, jwks-retry = 300ms, jwks-timeout = 30s"))) {
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            answer = exchange -> {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                try {
                    hangs.await(700, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                atOnce.decrementAndGet();
                text(500, "").send(exchange);
            };
            TestGateway.await(() -> log.count("answers with status 500") > 0);
            int before = requests.get();
            TestGateway.await(() -> requests.get() > before + 2);
            assertEquals(1, log.count("answers with status 500"), "each trouble is told once");
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            RSAKey next = new RSAKeyGenerator(2_048).keyID("next").generate();
            is(401, "unauthenticated", status(gateway, jwt(next)));
            assertEquals(1, most.get());
            answer = keys(next);
            hangs.countDown();
            TestGateway.await(() -> status(gateway, jwt(next)).statusCode() == 200);
            is(401, "unauthenticated", status(gateway, jwt(key))); // it is gone
            assertEquals(1, log.count("fetched the keys"));
        }
    }

    @Test
    @DisplayName("what is no answer with keys is told in the log, and lets nobody in")
    void noKeys() {
        Map<String, Answer> answers = Map.of(
                "no JWK set", text(200, "<html><body>Sign in</body></html>"),
                "has no public key that checks signatures", text(200, "{\"keys\":[]}"),
                "redirects are not followed",
                        exchange -> {
                            exchange.getResponseHeaders().add("Location", "/elsewhere");
                            exchange.sendResponseHeaders(302, -1);
                        },
                "more than 1048576 bytes", text(200, " ".repeat(2 << 20)),
                "within jwks-timeout",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 1_000);
                            try { // a byte now and then
                                for (int i = 0; i < 100; i++) {
                                    exchange.getResponseBody().write(' ');
                                    exchange.getResponseBody().flush();
                                    TimeUnit.MILLISECONDS.sleep(50);
                                }
                            } catch (InterruptedException e) {
                                throw new IOException(e);
                            }
                        });
        answers.forEach((why, wrong) -> {
            answer = wrong;
            try (LogLines log = new LogLines();
                    TestGateway gateway = TestGateway.start(settings(", jwks-retry = 100ms, jwks-timeout = 1s"))) {
                TestGateway.await(() -> log.count(why) > 0);
                is(503, "no_keys", status(gateway, jwt(key)));
                JsonSocket socket = gateway.webSocket();
                socket.await("connected");
                socket.send("{\"type\":\"Auth\",\"token\":\"" + jwt(key) + "\"}");
                assertEquals("no_keys", socket.await("error").path("code").asText());
                answer = keys(key);
                TestGateway.await(() -> status(gateway, jwt(key)).statusCode() == 200);
                socket.send("{\"type\":\"Auth\",\"token\":\"" + jwt(key) + "\"}");
                socket.await("authenticated"); // it may try again
            }
        });
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    @DisplayName(
            "while the issuer's server is away, clients come by the thousand and all are let in; then one request is made to it")
    void manyClientsMeanwhile() throws IOException, InterruptedException {
        int clients = Integer.getInteger("gapless.clients", 1_000);
        Duration away = Duration.ofSeconds(Long.getLong("gapless.away.seconds", 5));
        List<RawSocket> open = new ArrayList<>();
        try (LogLines log = LogLines.atTrace();
                TestGateway gateway = TestGateway.start(settings(", jwks-refresh = 1s, jwks-retry = 1s")
                        + "gapless.gateway { max-clients = 20000, max-connections = 40000 }")) {
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            InetSocketAddress address = server.getAddress();
            server.stop(0);
            long sinceNs = System.nanoTime();
            TestGateway.await(() -> log.count("cannot fetch the keys") > 0);
            for (int i = 0; i < clients; i++) {
                RawSocket socket = new RawSocket(gateway.gateway().port());
                open.add(socket);
                socket.send(RawSocket.UPGRADE.replace("Host:", "Authorization: Bearer " + jwt(key) + "\r\nHost:"));
                assertTrue(socket.readTo("\r\n\r\n").startsWith("HTTP/1.1 101"));
            }
            TestGateway.await(() -> System.nanoTime() - sinceNs > away.toNanos());
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            int before = requests.get();
            start(address);
            TestGateway.await(() -> log.count("fetched the keys") > 0);
            assertEquals(before + 1, requests.get());
        } finally {
            open.forEach(RawSocket::close);
        }
    }

    @Test
    @DisplayName("keys that could not be fetched again for too long let nobody in")
    void tooOld() {
        try (LogLines log = new LogLines();
                TestGateway gateway =
                        TestGateway.start(settings(", jwks-refresh = 200ms, jwks-retry = 200ms, jwks-max-age = 2s"))) {
            assertEquals(200, status(gateway, jwt(key)).statusCode());
            answer = text(404, "");
            TestGateway.await(() -> log.count("no JWT lets in any more") > 0);
            is(503, "no_keys", status(gateway, jwt(key)));
        }
    }

    @Test
    @DisplayName("scopes allow what the settings say, of the keys that all of them allow")
    void scopes() {
        try (TestGateway gateway = TestGateway.start(
                settings(
                        ", scopes { read { subscribe = [prices], keys = [\"7/*\"] }, \"see:all\" { subscribe = [\"*\"], status = true } }"))) {
            String path = TestGateway.path("prices", "events");
            for (Map.Entry<String, List<Integer>> one : Map.of(
                            "openid", List.of(403, 403, 403),
                            "read", List.of(403, 200, 403),
                            "openid see:all", List.of(200, 200, 200),
                            "read see:all", List.of(200, 200, 403))
                    .entrySet()) {
                String token = jwt(key, claims().claim("scope", one.getKey()));
                String[] bearer = {"Authorization", "Bearer " + token};
                assertEquals(one.getValue().get(0), status(gateway, token).statusCode(), one::getKey);
                assertEquals(
                        one.getValue().get(1),
                        gateway.events(path + "?keys=7/1", bearer).status(),
                        one::getKey);
                assertEquals(
                        one.getValue().get(2),
                        gateway.events(path + "?keys=8/1", bearer).status(),
                        one::getKey);
            }
        }
        RuntimeException refused = assertThrows(
                RuntimeException.class,
                () -> TestGateway.startAlone(settings(", scopes { read { see = [prices] } }"))
                        .close());
        assertTrue(String.valueOf(refused.getMessage()).contains("scopes, read"), refused::getMessage);
    }

    @Test
    @DisplayName("a URL is https, but on loopback")
    void wrongUrls() {
        for (Map.Entry<String, String> one : Map.of(
                        "http://login.invalid/jwks", "begins with https",
                        "ftp://127.0.0.1/jwks", "is a URL as https",
                        "jwks", "is a URL as https",
                        "https://a b", "it is no URL",
                        "https://me:secret@127.0.0.1/jwks", "no user and password",
                        "https://127.0.0.1/\", jwks-file = \"keys.json", "and not both",
                        "https://127.0.0.1/\", jwks-max-age = \"1s", "no shorter than jwks-refresh")
                .entrySet()) {
            RuntimeException refused = assertThrows(
                    RuntimeException.class,
                    () -> TestGateway.startAlone(settings(", jwks-url = \"" + one.getKey() + "\""))
                            .close());
            assertTrue(String.valueOf(refused.getMessage()).contains(one.getValue()), refused::getMessage);
        }
    }
}
