package dev.gapless.gateway;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of tokens, of which each is the name of its subject with more behind it. */
final class AccessFile {
    private final Path directory;
    private final Map<String, String> permissions = new LinkedHashMap<>();

    AccessFile(Path directory) {
        this.directory = directory;
    }

    static String token(String subject) {
        return subject + "'s token";
    }

    static String[] bearer(String subject) {
        return new String[] {"Authorization", "Bearer " + token(subject)};
    }

    AccessFile write(String subject, String allowed) {
        permissions.put(subject, allowed);
        return this;
    }

    AccessFile forget(String subject) {
        permissions.remove(subject);
        return this;
    }

    Path path() {
        return directory.resolve("tokens.json");
    }

    void save() {
        StringBuilder tokens = new StringBuilder();
        permissions.forEach((subject, allowed) -> tokens.append(tokens.isEmpty() ? "" : ",")
                .append("{\"subject\":\"" + subject + "\",\"sha256\":\"" + sha256(token(subject))
                        + "\",\"permissions\":" + allowed + "}"));
        new Certificates(directory).write("tokens.json", "{\"tokens\":[" + tokens + "]}");
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
