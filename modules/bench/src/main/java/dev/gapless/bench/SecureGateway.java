package dev.gapless.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a gateway with TLS and access control needs, in a directory. */
final class SecureGateway {
    /** Clients show this one. */
    static final String TOKEN = "token-of-the-benchmark";

    private static final String PASSWORD = "of-the-benchmark";
    private static final long PATIENCE_S = 60;

    private final Path directory;

    /** Makes a key of an elliptic curve, and the file of tokens. */
    SecureGateway(Path directory) throws IOException, InterruptedException, RunFailure {
        this.directory = directory;
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "gateway",
                        "-dname",
                        "CN=gateway",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        keyStore().toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = keytool.waitFor(PATIENCE_S, TimeUnit.SECONDS);
        keytool.destroyForcibly();
        if (!ended || keytool.exitValue() != 0) {
            throw new RunFailure("keytool made no key");
        }
        Files.writeString(
                tokens(),
                "{\"tokens\":[{\"subject\":\"bench\",\"sha256\":\"" + sha256(TOKEN)
                        + "\",\"permissions\":{\"subscribe\":[\"*\"]}}]}");
    }

    private Path keyStore() {
        return directory.resolve("key.p12");
    }

    private Path tokens() {
        return directory.resolve("tokens.json");
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java has SHA-256", e);
        }
    }

    /** The settings, as options of a JVM. */
    List<String> options() {
        return List.of(
                "-Dgapless.gateway.tls.key-store=" + keyStore(),
                "-Dgapless.gateway.tls.password=" + PASSWORD,
                "-Dgapless.gateway.access.tokens-file=" + tokens());
    }
}
