package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gateway that takes the JWTs of an issuer. */
@Timeout(180)
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
class JwtTest {
    private static final String ISSUER = "https://issuer.example";

    @TempDir
    private Path directory;

    private RSAKey rsa;
    private ECKey ec;
    private TestGateway gateway;

    @BeforeEach
    void start() throws JOSEException {
        rsa = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        gateway = TestGateway.start(settings(file(rsa, ec)));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private Path file(JWK... keys) {
        return new Certificates(directory)
                .write("jwks.json", new JWKSet(List.of(keys)).toPublicJWKSet().toString());
    }

    private static String settings(Path file) {
        return "gapless.gateway.access { auth-timeout = 1s, jwt { jwks-file = \"" + file + "\", issuer = \"" + ISSUER
                + "\", audience = gapless, clock-skew = 1s } }\n";
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("shop-7")
                .issuer(ISSUER)
                .audience("gapless")
                .expirationTime(Date.from(Instant.now().plusSeconds(3_600)))
                .claim(
                        "gapless",
                        Map.of(
                                "subscribe",
                                List.of("prices"),
                                "publish",
                                List.of("prices"),
                                "create",
                                List.of("prices")));
    }

    private String signed(JWTClaimsSet.Builder claims) {
        return signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").build(), claims);
    }

    private String signed(JWSHeader header, JWTClaimsSet.Builder claims) {
        try {
            return signed(
                    header,
                    claims,
                    header.getAlgorithm().equals(JWSAlgorithm.ES256) ? new ECDSASigner(ec) : new RSASSASigner(rsa));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** One of these claims, by this key. */
    static String signed(ECKey key, JWTClaimsSet.Builder claims) {
        try {
            return signed(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims,
                    new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String signed(JWSHeader header, JWTClaimsSet.Builder claims, JWSSigner signer) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims.build());
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> publish(String topic, String token) {
        return gateway.post(
                TestGateway.path(topic, "messages"), "application/json", "1", "Authorization", "Bearer " + token);
    }

    @Test
    @DisplayName("a JWT of a key in the file is good for what its claim allows")
    void valid() {
        assertEquals(200, publish("prices", signed(claims())).statusCode());
        String ofEc = signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("ec")
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                claims());
        assertEquals(200, publish("prices", ofEc).statusCode());
        HttpResponse<String> forbidden = publish("orders", ofEc);
        assertEquals(403, forbidden.statusCode());
        assertTrue(forbidden.body().contains("shop-7"), forbidden::body);
        assertEquals(
                403, publish("prices", signed(claims().claim("gapless", null))).statusCode(), "none allowed");
    }

    private void refused(String token, String why) {
        HttpResponse<String> answer = publish("prices", token);
        assertEquals(401, answer.statusCode(), answer::body);
        assertTrue(answer.body().contains(why), answer::body);
    }

    private void refused(UnaryOperator<JWTClaimsSet.Builder> change, String why) {
        refused(signed(change.apply(claims())), why);
    }

    @Test
    @DisplayName("one that is expired, of another issuer, for others, or without an end is refused")
    void wrongClaims() {
        refused(claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(60))), "Expired JWT");
        refused(claims -> claims.expirationTime(null), "exp");
        refused(claims -> claims.subject(null), "sub");
        refused(claims -> claims.issuer("https://other.example"), "iss");
        refused(claims -> claims.audience("other"), "aud claim");
        refused(claims -> claims.audience((String) null), "aud");
        refused(claims -> claims.notBeforeTime(Date.from(Instant.now().plusSeconds(60))), "before use time");
        refused(claims -> claims.claim("gapless", "all"), "claim gapless");
        refused(claims -> claims.claim("gapless", Map.of("read", List.of("*"))), "not 'read'");
    }

    @Test
    @DisplayName("what its parser trips over is refused as any other, and nothing of it is a defect")
    void noHead() {
        try (LogLines log = new LogLines()) {
            for (String head : List.of("null", "[]", "{}", "{\"alg\":null}", "")) {
                String token = Base64URL.encode(head) + ".e30.AAAA";
                refused(token, "no JWT that is signed");
                JsonSocket socket = gateway.webSocket();
                socket.await("connected");
                socket.send("{\"type\":\"Auth\",\"token\":\"" + token + "\"}");
                assertEquals(
                        "unauthenticated", socket.await("error").path("code").asText());
                assertEquals(4401, socket.status(), head);
            }
            assertEquals(0, log.count("defect"));
        }
    }

    @Test
    @DisplayName("one that is signed otherwise, or not at all, is refused")
    void wrongSignatures() throws JOSEException {
        refused(new PlainJWT(claims().build()).serialize(), "not valid");
        byte[] publicKey = rsa.toPublicJWK().toRSAPublicKey().getEncoded();
        refused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
                        claims(),
                        new MACSigner(publicKey)),
                "Another algorithm expected");
        refused(signed(new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("rsa").build(), claims()), "Another algorithm");
        RSAKey stranger = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").build();
        refused(signed(header, claims(), new RSASSASigner(stranger)), "Invalid signature");
        refused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("../../etc/passwd")
                                .build(),
                        claims()),
                "no matching key");
        refused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("rsa")
                                .criticalParams(Set.of("urn:example:must"))
                                .customParam("urn:example:must", 1)
                                .build(),
                        claims()),
                "not valid");
        JWTClaimsSet.Builder nulls =
                claims().expirationTime(null).claim("exp", null).serializeNullClaims(true);
        refused(signed(nulls), "not valid");
        refused(signed(claims().subject("")), "needs sub and exp");
        String good = signed(claims());
        String[] parts = good.split("\\.", -1);
        refused(parts[0] + "." + parts[1], "no JWT");
        refused(parts[0] + "." + parts[1] + "." + parts[2].substring(0, 20), "Invalid signature");
        refused(parts[0] + "." + parts[1].substring(0, parts[1].length() - 4) + "." + parts[2], "not valid");
        refused("..", "no JWT");
        refused("x".repeat(20_000), "more than");
    }

    @ParameterizedTest
    @CsvSource({"20000, 4401, 401", "1000000, 1009, 431"})
    @DisplayName("one of any size is refused")
    void large(int size, int closed, int status) {
        JsonSocket socket = gateway.webSocket();
        socket.await("connected");
        socket.send("{\"type\":\"Auth\",\"token\":\"" + "x".repeat(size) + "\"}");
        assertEquals(closed, socket.status());
        HttpResponse<String> answer = publish("prices", "x".repeat(size));
        assertEquals(status, answer.statusCode(), answer::body);
    }

    @Test
    @DisplayName("when one expires in mid-stream its client is closed, unless it has shown another one")
    void expires() {
        String soon = signed(claims().expirationTime(Date.from(Instant.now().plusSeconds(3))));
        String auth = "{\"type\":\"Auth\",\"token\":\"" + soon + "\"}";
        JsonSocket renews = gateway.webSocket();
        JsonSocket expires = gateway.webSocket();
        for (JsonSocket socket : List.of(renews, expires)) {
            socket.await("connected");
            long inMs = socket.send(auth)
                    .await("authenticated")
                    .path("expires_in_ms")
                    .asLong();
            assertTrue(inMs <= 4_000, () -> inMs + " ms");
            socket.await("auth_expires");
            socket.subscribe("prices", "");
        }
        EventStream stream = gateway.events(TestGateway.path("prices", "events"), "Authorization", "Bearer " + soon);
        renews.send("{\"type\":\"Auth\",\"token\":\"" + signed(claims()) + "\"}");
        renews.await("authenticated");
        assertEquals(4401, expires.status());
        TestGateway.await(() -> stream.next().equals(EventStream.END));
        assertEquals(200, publish("prices", signed(claims())).statusCode());
        renews.await("event");
    }

    @Test
    @DisplayName("a key that leaves the file is good no more, one that comes is; a file without keys changes nothing")
    void keysChange() throws JOSEException {
        RSAKey next = new RSAKeyGenerator(2_048).keyID("next").generate();
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("next").build();
        String ofNext = signed(header, claims(), new RSASSASigner(next));
        refused(ofNext, "no matching key");
        file(next);
        TestGateway.await(() -> publish("prices", ofNext).statusCode() == 200);
        refused(signed(claims()), "no matching key");
        try (LogLines log = new LogLines()) {
            new Certificates(directory).write("jwks.json", new JWKSet(next).toString(false)); // with the private one
            TestGateway.await(() -> log.count("'next' is a private key") > 0);
        }
        assertEquals(200, publish("prices", ofNext).statusCode());
    }

    @Test
    @DisplayName(
            "entries of the file that cannot be used are named once, and counted until they are gone; the other keys count")
    void oddKeys() {
        String good = rsa.toPublicJWK().toJSONString();
        String claims = signed(claims().claim("gapless", Map.of("subscribe", List.of("prices"), "status", true)));
        try (LogLines log = LogLines.atTrace()) {
            new Certificates(directory)
                    .write(
                            "jwks.json",
                            "{\"keys\":[{\"kid\":\"odd\",\"kty\":null},7," + good
                                    + ",{\"kid\":\"enc\",\"kty\":\"oct\"}]}");
            TestGateway.await(() -> log.count("ignores 3 of the keys") == 1);
            assertEquals(
                    1, log.count("'odd' is of kty null, and neither RSA nor EC; entry 2 is no object; 'enc' is of"));
            assertEquals(3, ignored(claims));
            new Certificates(directory)
                    .write(
                            "jwks.json",
                            "{\"keys\":[{\"kid\":\"odd\",\"kty\":null},7," + good
                                    + ",{\"kid\":\"enc\",\"kty\":\"oct\"}] }");
            TestGateway.await(() -> log.count("has read the files of gapless.gateway.access.jwt.jwks-file again") == 2);
            assertEquals(1, log.count("ignores 3 of the keys"), "the same is told once");
            new Certificates(directory).write("jwks.json", "{\"keys\":[" + good + "]}");
            TestGateway.await(() -> log.count("uses all keys of") == 1);
            assertEquals(0, ignored(claims));
        }
    }

    private double ignored(String token) {
        HttpResponse<String> metrics = gateway.get("/metrics", "Authorization", "Bearer " + token);
        assertEquals(200, metrics.statusCode(), metrics::body);
        return metrics.body()
                .lines()
                .filter(line -> line.startsWith("gapless_gateway_jwks_ignored "))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("settings that would let in others are refused")
    void wrongSettings() {
        String good = settings(directory.resolve("jwks.json"));
        for (Map.Entry<String, String> one : Map.of(
                        "issuer = \"\"", "issuer and audience",
                        "audience = \"\"", "issuer and audience",
                        "algorithms = [HS256]", "HS256",
                        "algorithms = [none]", "none",
                        "algorithms = [EdDSA]", "EdDSA",
                        "algorithms = []", "algorithms is empty",
                        "jwks-file = \"/nowhere\"", "/nowhere")
                .entrySet()) {
            RuntimeException refused = assertThrows(
                    RuntimeException.class,
                    () -> TestGateway.startAlone(good + "gapless.gateway.access.jwt." + one.getKey())
                            .close());
            assertTrue(String.valueOf(refused.getMessage()).contains(one.getValue()), refused::getMessage);
        }
    }
}
