package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.files.Unusable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * Tokens that are valid as long as a file lists them, by their digest: who reads the file has none of them.
 *
 * <pre>{@code
 * {"tokens":[{"subject":"board","sha256":"9f86d0…","expires":"2027-01-31T00:00:00Z","permissions":{"subscribe":["prices"]}},
 *            {"certificate":"CN=shop-7,O=Example","permissions":{"publish":["orders"]}}]}
 * }</pre>
 *
 * <p>A client's certificate is listed by the distinguished name of its subject.
 */
final class TokensFile {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Set<String> MEMBERS = Set.of("subject", "sha256", "certificate", "expires", "permissions");

    private TokensFile() {}

    /** Who has the token with a digest, or the certificate with a name ({@link #certificate}). */
    static Map<String, Principal> read(Path file) throws Unusable {
        JsonNode json = JsonFile.read(file);
        if (json == null || !json.path("tokens").isArray()) {
            throw new Unusable(file + " has no list: {\"tokens\":[…]}");
        }
        Map<String, Principal> principals = new HashMap<>();
        int number = 0;
        for (JsonNode one : json.path("tokens")) {
            number++;
            try {
                String credential = credential(one);
                if (principals.put(credential, principal(one, credential)) != null) {
                    throw new IllegalArgumentException("another one has the same sha256, or certificate");
                }
            } catch (IllegalArgumentException | DateTimeParseException e) {
                throw new Unusable(file + ", token " + number + ": " + e.getMessage(), e);
            }
        }
        return Map.copyOf(principals);
    }

    private static String credential(JsonNode one) {
        for (Iterator<String> names = one.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException(
                        "a token has subject, sha256 or certificate, permissions and maybe expires, not '" + name
                                + "'");
            }
        }
        if (one.has("sha256") == one.has("certificate")) {
            throw new IllegalArgumentException("it has either sha256 or certificate");
        }
        return one.has("sha256")
                ? digest(one.path("sha256").asText(""))
                : name(one.path("certificate").asText(""));
    }

    private static String name(String given) {
        try {
            return certificate(new X500Principal(given));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "certificate is the distinguished name of a subject, such as CN=shop-7,O=Example, not '" + given
                            + "'",
                    e);
        }
    }

    /** The credential of who has a certificate of that name. */
    static String certificate(X500Principal subject) {
        return "certificate " + subject.getName(X500Principal.CANONICAL);
    }

    private static String digest(String digest) {
        if (!SHA256.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    "sha256 is the digest of the token in 64 hexadecimal digits, as sha256sum prints it");
        }
        if (digest.equals(sha256(""))) {
            throw new IllegalArgumentException("sha256 is that of an empty token");
        }
        return digest;
    }

    private static Principal principal(JsonNode one, String credential) {
        String subject = one.path("subject").asText(one.path("certificate").asText(""));
        if (subject.isEmpty()) {
            throw new IllegalArgumentException("it has no subject");
        }
        JsonNode expires = one.path("expires");
        long expiresMs = expires.isMissingNode()
                ? Long.MAX_VALUE
                : Instant.parse(expires.asText()).toEpochMilli();
        return new Principal(
                subject, credential, Permissions.of(one.path("permissions")), expiresMs, Principal.Source.TOKENS_FILE);
    }

    static String sha256(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java has SHA-256", e);
        }
    }
}
