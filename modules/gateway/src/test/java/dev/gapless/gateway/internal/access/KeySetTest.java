package dev.gapless.gateway.internal.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.gapless.gateway.internal.files.Unusable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys of an issuer's set count, where RS256 and ES256 are allowed. */
class KeySetTest {
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private static RSAKey rsa;
    private static RSAKey other;
    private static RSAKey small;
    private static ECKey ec;
    private static ECKey p384;

    @BeforeAll
    static void make() throws JOSEException {
        rsa = new RSAKeyGenerator(2_048).keyID("good").generate();
        other = new RSAKeyGenerator(2_048).keyID("good").generate();
        small = new RSAKeyGenerator(1_024, true).generate();
        ec = new ECKeyGenerator(Curve.P_256).generate();
        p384 = new ECKeyGenerator(Curve.P_384).generate();
    }

    private static KeySet parse(String json) throws Unusable {
        return KeySet.parse(json.getBytes(StandardCharsets.UTF_8), "https://issuer.example/keys", ALGORITHMS);
    }

    private static String set(String... entries) {
        return "{\"keys\":[" + String.join(",", entries) + "]}";
    }

    /** With what stands for members of keys. */
    private static String entry(String json) {
        return json.replace("RSA-KEY", "\"kty\":\"RSA\",\"n\":\"" + rsa.getModulus() + "\",\"e\":\"AQAB\"")
                .replace("SMALL-N", small.getModulus().toString())
                .replace("RSA-N", rsa.getModulus().toString())
                .replace(
                        "P256-KEY",
                        "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + ec.getX() + "\",\"y\":\"" + ec.getY() + '"')
                .replace(
                        "P384-KEY",
                        "\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" + p384.getX() + "\",\"y\":\"" + p384.getY() + '"')
                .replace("P256-X", ec.getX().toString());
    }

    private static String good() {
        return rsa.toPublicJWK().toJSONString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | entry 1 is no object",
                "null | entry 1 is no object",
                "\"key\" | entry 1 is no object",
                "[] | entry 1 is no object",
                "{} | entry 1 is of kty null",
                "{\"kid\":\"a\",\"kty\":null} | 'a' is of kty null, and neither RSA nor EC",
                "{\"kid\":\"a\",\"kty\":7} | 'a' has a kty that is no text",
                "{\"kid\":\"a\",\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"} | 'a' is of kty AKP",
                "{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"} | 'a' is of kty OKP",
                "{\"kid\":\"a\",\"kty\":\"oct\",\"k\":\"AAAA\"} | 'a' is of kty oct",
                "{\"kid\":\"a\",\"kty\":\"rsa\",\"n\":\"RSA-N\",\"e\":\"AQAB\"} | 'a' is of kty rsa",
                "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-257\",\"x\":\"AA\",\"y\":\"AA\"} | 'a' is",
                "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":null,\"x\":\"AA\",\"y\":\"AA\"} | 'a' is broken",
                "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"P256-X\",\"y\":\"P256-X\"} | 'a' is broken",
                "{\"kid\":\"a\",\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"P256-X\",\"y\":\"P256-X\"} | 'a' is",
                "{\"kid\":\"a\",P384-KEY} | 'a' is of crv P-384, for none of jwt.algorithms",
                "{\"kid\":\"a\",RSA-KEY,\"use\":\"enc\"} | 'a' is for use enc, and not sig",
                "{\"kid\":\"a\",RSA-KEY,\"use\":\"tls\"} | 'a' is for use tls",
                "{\"kid\":\"a\",RSA-KEY,\"use\":[\"sig\"]} | 'a' has a use that is no text",
                "{\"kid\":\"a\",RSA-KEY,\"key_ops\":[\"encrypt\"]} | 'a' has key_ops without verify",
                "{\"kid\":\"a\",RSA-KEY,\"key_ops\":[]} | 'a' has key_ops without verify",
                "{\"kid\":\"a\",RSA-KEY,\"key_ops\":\"verify\"} | 'a' has key_ops without verify",
                "{\"kid\":\"a\",RSA-KEY,\"alg\":\"RSA-OAEP-256\"} | 'a' is for alg RSA-OAEP-256, and none of",
                "{\"kid\":\"a\",RSA-KEY,\"alg\":\"RS512\"} | 'a' is for alg RS512, and none of",
                "{\"kid\":\"a\",RSA-KEY,\"alg\":256} | 'a' has a alg that is no text",
                "{\"kid\":\"a\",RSA-KEY,\"d\":\"AAAA\"} | 'a' is a private key",
                "{\"kid\":\"a\",RSA-KEY,\"p\":\"AAAA\"} | 'a' is a private key",
                "{\"kid\":\"a\",RSA-KEY,\"revoked\":{\"revoked_at\":1}} | 'a' is revoked",
                "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"SMALL-N\",\"e\":\"AQAB\"} | 'a' has 1024 bits",
                "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"RSA-N\",\"e\":\"AQ\"} | 'a' is",
                "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"RSA-N\"} | 'a' is broken",
                "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":5,\"e\":\"AQAB\"} | 'a' is broken",
                "{\"kid\":\"a\",\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"} | 'a' ",
                "{\"kid\":5,RSA-KEY} | entry 1 is broken",
                "{\"kid\":\"a\",RSA-KEY,\"x5c\":[\"AAAA\"]} | 'a' is broken",
                "{\"kid\":\"a\",RSA-KEY,\"x5c\":7} | 'a' is broken",
                "{\"kid\":\"a\\nERROR forged\",\"kty\":\"oct\"} | 'a?ERROR forged' is of kty oct",
            })
    void anEntryThatCannotBeUsedIsIgnoredByItselfAndNamed(String odd, String why) throws Unusable {
        KeySet keys = parse(set(entry(odd), good()));
        assertEquals(1, keys.keys().size(), keys::toString);
        assertEquals("good", keys.keys().getKeys().get(0).getKeyID());
        assertEquals(1, keys.ignored().size(), keys::toString);
        assertTrue(keys.ignored().get(0).startsWith(why), keys::toString);
        assertEquals(keys.ignored().get(0), keys.whyIgnored());
        Unusable alone = assertThrows(Unusable.class, () -> parse(set(entry(odd))));
        assertTrue(alone.why().startsWith("https://issuer.example/keys has no public key"), alone::why);
        assertTrue(alone.why().contains(why), alone::why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{RSA-KEY}",
                "{\"kid\":null,RSA-KEY,\"use\":null,\"key_ops\":null,\"alg\":null,\"x5c\":null}",
                "{\"kid\":\"a\",RSA-KEY,\"use\":\"sig\",\"key_ops\":[\"verify\"],\"alg\":\"RS256\"}",
                "{\"kid\":\"a\",RSA-KEY,\"use\":\"sig\",\"key_ops\":[\"verify\",\"encrypt\",\"make-coffee\"]}",
                "{\"kid\":\"a\",RSA-KEY,\"key_ops\":[7,\"verify\"]}",
                "{\"kid\":\"a\",RSA-KEY,\"x5t\":7,\"x5u\":\"no URL\",\"exp\":\"soon\",\"nbf\":{},\"iat\":[],\"issuer\":\"x\"}",
                "{\"kid\":\"a\",RSA-KEY,\"d\":null}",
                "{\"kid\":\"a\",P256-KEY,\"alg\":\"ES256\"}",
            })
    void aKeyCountsWhateverItSaysBeside(String odd) throws Unusable {
        KeySet keys = parse(set(entry(odd)));
        assertEquals(1, keys.keys().size(), keys::toString);
        assertEquals(List.of(), keys.ignored());
    }

    @Test
    void keysOfOneKidAllCount() throws Unusable {
        KeySet keys = parse(set(other.toPublicJWK().toJSONString(), good()));
        assertEquals(List.of(), keys.ignored());
        List<JWK> both = new ArrayList<>(keys.keys().getKeys());
        assertTrue(both.stream().anyMatch(key -> ((RSAKey) key).getModulus().equals(other.getModulus())));
        assertTrue(both.stream().anyMatch(key -> ((RSAKey) key).getModulus().equals(rsa.getModulus())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":null}",
                "{\"keys\":{}}",
                "{\"keys\":\"x\"}",
                "<html>",
                "{\"keys\":["
            })
    void whatIsNoSetIsRefused(String text) {
        Unusable refused = assertThrows(Unusable.class, () -> parse(text));
        assertTrue(refused.why().contains("is no JWK set"), refused::why);
    }

    @Test
    void anEmptySetIsRefused() {
        Unusable refused = assertThrows(Unusable.class, () -> parse("{\"keys\":[]}"));
        assertTrue(refused.why().endsWith("algorithms"), refused::why);
    }

    @Test
    void ofManySomeAreNamed() throws Unusable {
        List<String> entries = new ArrayList<>(List.of(good()));
        IntStream.range(0, 1_000).forEach(i -> entries.add("{\"kty\":\"oct\",\"kid\":\"" + "x".repeat(200) + "\"}"));
        KeySet keys = parse(set(entries.toArray(String[]::new)));
        assertEquals(1_000, keys.ignored().size());
        assertTrue(keys.whyIgnored().endsWith("and 995 more"), keys::whyIgnored);
        assertTrue(keys.whyIgnored().length() < 1_000, keys::whyIgnored);
    }
}
