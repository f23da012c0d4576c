package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.AccessSettings;
import java.io.IOException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a browser keeps in place of a credential: who it is, encrypted (JWE, A256GCM) under keys that all gateways may share. Nothing of it is kept
 * here. Thread-safe.
 */
public final class Cookies {
    /** The name of the cookie. Browsers take one of this name over TLS alone, and send it to the host alone that has set it. */
    public static final String NAME = "__Host-gapless";

    private static final int KEY_BYTES = 32;
    /** Browsers keep no cookie that has more than 4,096 with its name and attributes. */
    private static final int MOST_CHARACTERS = 3_900;

    private static final JWEHeader HEADER = new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM);

    private final List<byte[]> keys;
    private final long lifetimeMs;

    /** Throws IllegalStateException for keys that are none. */
    Cookies(AccessSettings.Sessions settings) {
        List<byte[]> given = new ArrayList<>();
        settings.keys().forEach(key -> given.add(key(key)));
        if (given.isEmpty()) {
            byte[] own = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(own);
            given.add(own);
        }
        keys = List.copyOf(given);
        lifetimeMs = settings.lifetime().toMillis();
    }

    private static byte[] key(String base64) {
        byte @Nullable [] key = null;
        try {
            key = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // told below
        }
        if (key == null || key.length != KEY_BYTES) {
            throw new IllegalStateException("gapless.gateway.access.session-keys: each is " + KEY_BYTES
                    + " random bytes in base64, as `openssl rand -base64 " + KEY_BYTES + "` prints them");
        }
        return key;
    }

    /**
     * The value of a cookie.
     *
     * @param lifetime so long it is of use, at most
     */
    public record Cookie(String value, Duration lifetime) {}

    /** That of who has shown another credential. Throws {@link RequestException}. */
    Cookie cookie(Principal principal) {
        long nowMs = System.currentTimeMillis();
        long untilMs = Math.min(principal.expiresMs(), nowMs + lifetimeMs);
        ObjectNode json = PayloadJson.JSON
                .createObjectNode()
                .put("subject", principal.subject())
                .put("credential", principal.credential())
                .put("source", principal.source().name())
                .put("expires_ms", untilMs);
        json.set("permissions", principal.permissions().json());
        String value;
        try {
            JWEObject encrypted = new JWEObject(HEADER, new Payload(json.toString()));
            encrypted.encrypt(new DirectEncrypter(keys.get(0)));
            value = encrypted.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("Each Java has AES-GCM", e);
        }
        if (value.length() > MOST_CHARACTERS) {
            throw new RequestException(
                    Kind.REFUSED,
                    "The permissions of " + principal.subject()
                            + " are too long for a cookie: shorten them with patterns," + " or send the token itself");
        }
        return new Cookie(value, Duration.ofMillis(Math.max(0, untilMs - nowMs)));
    }

    /** Whose it is. Throws {@link RequestException} for one that is not valid. */
    Principal principal(String value) {
        if (value.length() > MOST_CHARACTERS) {
            throw refused();
        }
        for (byte[] key : keys) {
            try {
                JWEObject encrypted = JWEObject.parse(value);
                encrypted.decrypt(new DirectDecrypter(key));
                return read(encrypted.getPayload().toBytes());
            } catch (ParseException | JOSEException | IOException | RuntimeException e) {
                // of another key, maybe, or of a parser that was not made for that
            }
        }
        throw refused();
    }

    private static Principal read(byte[] payload) throws IOException {
        JsonNode json = PayloadJson.read(payload, 0, payload.length);
        return new Principal(
                json.path("subject").asText(),
                json.path("credential").asText(),
                Permissions.of(json.path("permissions")),
                json.path("expires_ms").asLong(),
                Principal.Source.valueOf(json.path("source").asText()));
    }

    private static RequestException refused() {
        return new RequestException(
                Kind.UNAUTHENTICATED, "The cookie " + NAME + " is not valid: get another one by POST /api/session");
    }
}
