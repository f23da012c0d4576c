package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate for 127.0.0.1 that the JDK's keytool has made, which is its own authority. */
final class SelfSigned {
    private static final String NAME = "g";

    private SelfSigned() {}

    /** In g.p12 with its key, and alone in ca.pem, of this directory. */
    static void make(Path directory, String password) throws Exception {
        keytool(
                directory,
                password,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + NAME,
                "-ext",
                "san=ip:127.0.0.1");
        keytool(directory, password, "-exportcert", "-rfc", "-file", "ca.pem");
    }

    private static void keytool(Path directory, String password, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("-alias", NAME, "-keystore", "g.p12", "-storepass", password));
        Process keytool = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0, command::toString);
    }
}
