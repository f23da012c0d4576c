package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates for 127.0.0.1 that the JDK's keytool has made, each its own authority, in files of a directory. */
final class Certificates {
    static final String PASSWORD = "secret-of-the-test";

    private final Path directory;

    Certificates(Path directory) {
        this.directory = directory;
    }

    /** One certificate, its key, and the files that have them. */
    record Own(X509Certificate certificate, PrivateKey key, Path keyStore) {
        String pem() {
            try {
                return text("CERTIFICATE", certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        String keyPem() {
            return text("PRIVATE KEY", key.getEncoded());
        }

        private static String text(String what, byte[] der) {
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
        }
    }

    /** A new one, of this name. */
    Own make(String name, String algorithm) {
        return make(name, algorithm, "+0d", 30);
    }

    /** One of a day that begins then, as keytool says it: of {@code -23H-59M} is a minute left. */
    Own ofADay(String name, String algorithm, String begins) {
        return make(name, algorithm, begins, 1);
    }

    private Own make(String name, String algorithm, String begins, int days) {
        Path file = directory.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                algorithm,
                "-alias",
                "gateway",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-startdate",
                begins,
                "-validity",
                "" + days,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        try {
            Process keytool = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = keytool.waitFor(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            keytool.destroyForcibly();
            assertEquals(true, ended && keytool.exitValue() == 0, command::toString);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(Files.readAllBytes(file)), PASSWORD.toCharArray());
            return new Own(
                    (X509Certificate) store.getCertificate("gateway"),
                    (PrivateKey) store.getKey("gateway", PASSWORD.toCharArray()),
                    file);
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** In place of what was there, at once. */
    Path write(String name, String text) {
        try {
            Path made = Files.writeString(directory.resolve(name + ".new"), text, StandardCharsets.US_ASCII);
            return Files.move(made, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Settings of a gateway that shows this one; the files are there from now on. */
    String settings(Own own) {
        return "gapless.gateway.tls { certificate = \"" + write("chain.pem", own.pem()) + "\", key = \""
                + write("key.pem", own.keyPem()) + "\" }\n";
    }

    /** What a client has: whom it trusts, and what it shows, or null. */
    static SSLContext client(Own shows, Own... trusts) {
        try {
            KeyStore trusted = empty();
            for (Own one : trusts) {
                trusted.setCertificateEntry(
                        one.certificate().getSubjectX500Principal().getName(), one.certificate());
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            KeyStore shown = empty();
            if (shows != null) {
                shown.setKeyEntry("own", shows.key(), new char[0], new Certificate[] {shows.certificate()});
            }
            keys.init(shown, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
