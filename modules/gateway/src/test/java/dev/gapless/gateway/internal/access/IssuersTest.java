package dev.gapless.gateway.internal.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access tokens as well-known issuers document them, and the settings that docs/gateway.md names for each. */
class IssuersTest {
    private static final String SCOPES = ", scopes { \"prices.read\" { subscribe = [prices] } }";

    @TempDir
    private static Path directory;

    private static RSAKey key;

    /** What an issuer's tokens look like. */
    private enum Issuer {
        ENTRA_V1(
                "https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/",
                "api://gapless",
                SCOPES,
                "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5t\":\"key\",\"kid\":\"key\"}",
                """
                "sub":"l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA","ver":"1.0","scp":"prices.read User.Read","amr":["pwd"],"acr":"1",
                "appid":"00001111-aaaa-2222-bbbb-3333cccc4444","appidacr":"0","aio":"E2ZgYLh","uti":"fqiBqXLPj0eQa82S","rh":"0.AAA",
                "oid":"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","tid":"6babcaad-604b-40ac-a9d7-9fd97c0b779f","unique_name":"a@example.com"
                """,
                "\"api://gapless\""),
        ENTRA_V2(
                "https://login.microsoftonline.com/6babcaad-604b-40ac-a9d7-9fd97c0b779f/v2.0",
                "6e74172b-be56-4843-9ff4-e66a39bb12e3",
                SCOPES,
                "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"key\"}",
                """
                "sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","ver":"2.0","scp":"prices.read","azpacr":"0","aio":"42dgYN",
                "azp":"00001111-aaaa-2222-bbbb-3333cccc4444","oid":"aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb","uti":"fqiBqXLPj0eQa82S",
                "tid":"6babcaad-604b-40ac-a9d7-9fd97c0b779f","preferred_username":"a@example.com","roles":["Reader"]
                """,
                "\"6e74172b-be56-4843-9ff4-e66a39bb12e3\""),
        OKTA(
                "https://example.okta.com/oauth2/default",
                "api://default",
                SCOPES,
                "{\"kid\":\"key\",\"alg\":\"RS256\"}",
                """
                "sub":"a@example.com","ver":1,"jti":"AT.MNAoEQ","cid":"0oa1","uid":"00u1","scp":["openid","prices.read"],"auth_time":1700000000
                """,
                "\"api://default\""),
        KEYCLOAK(
                "https://keycloak.example.com/realms/shop",
                "gapless",
                SCOPES,
                "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"key\"}",
                """
                "sub":"36fa0f91-f94d-4a0c-afed-6b7d952e47da","jti":"onrtro:d58f5dc8","typ":"Bearer","azp":"shop","sid":"2a88c258","acr":"1",
                "allowed-origins":["https://shop.example.com"],"realm_access":{"roles":["offline_access"]},
                "resource_access":{"account":{"roles":["view-profile"]}},"scope":"openid prices.read profile","email_verified":true
                """,
                "[\"gapless\",\"account\"]"),
        AUTH0(
                "https://example.eu.auth0.com/",
                "https://gapless.example.com",
                SCOPES,
                "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"key\"}",
                """
                "sub":"auth0|123456","azp":"my_client_id","scope":"openid profile prices.read","permissions":["prices.read"]
                """,
                "[\"https://gapless.example.com\",\"https://example.eu.auth0.com/userinfo\"]"),
        AUTH0_RFC_9068(
                "https://example.eu.auth0.com/",
                "https://gapless.example.com",
                SCOPES,
                "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"key\"}",
                """
                "sub":"auth0|123456","client_id":"my_client_id","jti":"73WakrfVbNJBaAmhQtEeDv","scope":"openid profile prices.read"
                """,
                "[\"https://gapless.example.com\",\"https://example.eu.auth0.com/userinfo\"]"),
        SPRING(
                "https://auth.example.com",
                "shop-client",
                SCOPES,
                "{\"kid\":\"key\",\"alg\":\"RS256\"}",
                """
                "sub":"user","jti":"9c2f3f1e-8a57-4bb4-bd9e-54b1a1a5a0c7","scope":["openid","prices.read"]
                """,
                "\"shop-client\""),
        /** Of one that can put an object into its tokens. */
        OWN_CLAIM(
                "https://keycloak.example.com/realms/shop",
                "gapless",
                "",
                "{\"alg\":\"RS256\",\"typ\":\"application/at+jwt\",\"kid\":\"key\"}",
                """
                "sub":"shop-7","gapless":{"subscribe":["prices"]}
                """,
                "\"gapless\"");

        private final String issuer;
        private final String audience;
        private final String more;
        private final String header;
        private final String claims;
        private final String aud;

        Issuer(String issuer, String audience, String more, String header, String claims, String aud) {
            this.issuer = issuer;
            this.audience = audience;
            this.more = more;
            this.header = header;
            this.claims = claims;
            this.aud = aud;
        }

        String token(String aud) {
            long now = Instant.now().getEpochSecond();
            return signed(
                    header,
                    "{\"iss\":\"" + issuer + "\",\"aud\":" + aud + ",\"iat\":" + now + ",\"nbf\":" + now + ",\"exp\":"
                            + (now + 3_600) + "," + claims + "}");
        }
    }

    @BeforeAll
    static void make() throws IOException, JOSEException {
        key = new RSAKeyGenerator(2_048).keyID("key").generate();
        Files.writeString(
                directory.resolve("jwks.json"), new JWKSet(key).toPublicJWKSet().toString());
    }

    private static String signed(String header, String claims) {
        try {
            SignedJWT jwt = new SignedJWT(JWSHeader.parse(header), JWTClaimsSet.parse(claims)) {
                @Override
                public JWTClaimsSet getJWTClaimsSet() throws ParseException {
                    return JWTClaimsSet.parse(claims);
                }
            };
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (ParseException | JOSEException e) {
            throw new AssertionError(claims, e);
        }
    }

    private static Access access(String issuer, String audience, String more) {
        String jwt = "gapless.gateway.access.jwt { jwks-file = \"" + directory.resolve("jwks.json") + "\", issuer = \""
                + issuer + "\", audience = \"" + audience + '"' + more + " }";
        GatewaySettings settings =
                new GatewaySettings(ConfigFactory.parseString(jwt).withFallback(ConfigFactory.load()));
        return new Access(settings.access, Runnable::run);
    }

    private static Principal principal(Access access, String token) {
        return access.ofToken(token).toCompletableFuture().join();
    }

    private static String refusal(Access access, String token) {
        Throwable cause = assertThrows(CompletionException.class, () -> principal(access, token))
                .getCause();
        return assertThrows(RequestException.class, () -> {
                    throw cause;
                })
                .getMessage();
    }

    @ParameterizedTest
    @EnumSource
    void itsTokensAllowWhatTheSettingsSay(Issuer issuer) {
        Access access = access(issuer.issuer, issuer.audience, issuer.more);
        Principal principal = principal(access, issuer.token(issuer.aud));
        assertTrue(principal.permissions().subscribe().take("prices"), issuer::name);
        assertFalse(principal.permissions().subscribe().take("orders"));
        assertFalse(principal.permissions().publish().take("prices"));
        assertFalse(principal.permissions().status());
        assertTrue(
                refusal(access, issuer.token("\"https://graph.example.com\"")).contains("aud"));
    }

    /** One whose header and claims have this, too. */
    private static String with(String header, String claims) {
        return signed(
                "{\"alg\":\"RS256\",\"kid\":\"key\"" + header + "}",
                "{\"iss\":\"https://issuer.example\",\"aud\":\"gapless\",\"sub\":\"a\",\"exp\":"
                        + (Instant.now().getEpochSecond() + 3_600) + claims + "}");
    }

    private static Access access() {
        return access(
                "https://issuer.example",
                "gapless",
                ", scopes { a { subscribe = [a] }, b { subscribe = [b] }, \"b c\" { subscribe = [c] } }");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"scope\":\"a b\" | a b",
                "\"scope\":[\"a\",\"b\"] | a b",
                "\"scp\":\"a b\" | a b",
                "\"scp\":[\"a\",\"b\"] | a b",
                "\"scope\":\"a\",\"scp\":[\"b\"] | a b",
                "\"scope\":[\"b c\"] | c",
                "\"scope\":\"  a  \" | a",
                "\"scope\":\"\",\"scp\":[] | ``",
                "\"scope\":null,\"scp\":null | ``",
                "\"scope\":\"A\" | ``",
            })
    void scopesAreTextsOrLists(String claims, String allowed) {
        Permissions permissions = principal(access(), with("", "," + claims)).permissions();
        assertEquals(allowed, String.join(" ", permissions.subscribe().all()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"scope\":7",
                "\"scope\":true",
                "\"scope\":{\"a\":true}",
                "\"scope\":[\"a\",7]",
                "\"scope\":[\"a\",null]",
                "\"scope\":[[\"a\"]]",
                "\"scp\":{}",
                "\"scope\":\"a\",\"scp\":7",
            })
    void scopesOfAnotherTypeAreRefused(String claims) {
        String why = refusal(access(), with("", "," + claims));
        assertTrue(why.contains("is neither a text of scopes nor a list of them"), why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"})
    void theTypesOfAccessTokensAreTaken(String type) {
        assertEquals(
                "a", principal(access(), with(",\"typ\":\"" + type + '"', "")).subject());
    }

    @ParameterizedTest
    @ValueSource(strings = {"logout+jwt", "dpop+jwt", "application/json", "secevent+jwt", ""})
    void otherTypesAreRefused(String type) {
        assertTrue(refusal(access(), with(",\"typ\":\"" + type + '"', "")).contains("typ"));
    }
}
