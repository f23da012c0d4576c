package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapless token} makes what the gateway of a node takes, over TLS. */
@Timeout(300)
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
class TokenCommandTest {
    @TempDir
    private Path directory;

    private String token(String... more) throws Exception {
        String[] args = new String[more.length + 3];
        args[0] = "token";
        args[1] = "--directory";
        args[2] = directory.resolve("keys").toString();
        System.arraycopy(more, 0, args, 3, more.length);
        try (Program made = Program.start(directory, args)) {
            assertEquals(0, made.awaitExit(), made::toString);
            return made.out().get(0);
        }
    }

    private String madeHere(String... options) {
        return InThisJvm.token(directory.resolve("keys"), options);
    }

    private static JWTClaimsSet claims(String token) throws ParseException {
        return SignedJWT.parse(token).getJWTClaimsSet();
    }

    @Test
    @DisplayName("each option is in the token, and nothing else is")
    void eachIsInTheToken() throws ParseException {
        JWTClaimsSet all = claims(madeHere(
                "--subscribe=a",
                "--subscribe=fleet/*",
                "--publish=b",
                "--create=c",
                "--create=d",
                "--keys=7/*",
                "--keys=8",
                "--status",
                "--subject=carol",
                "--for=90s"));
        assertEquals("carol", all.getSubject());
        assertEquals("gapless-token", all.getIssuer());
        assertEquals(List.of("gapless"), all.getAudience());
        assertEquals(
                90_000, all.getExpirationTime().getTime() - all.getIssueTime().getTime());
        Map<String, Object> permissions = new LinkedHashMap<>();
        permissions.put("subscribe", List.of("a", "fleet/*"));
        permissions.put("publish", List.of("b"));
        permissions.put("create", List.of("c", "d"));
        permissions.put("keys", List.of("7/*", "8"));
        permissions.put("status", true);
        assertEquals(permissions, all.getClaim("gapless"));

        JWTClaimsSet none = claims(madeHere());
        assertEquals("me", none.getSubject());
        assertEquals(
                Duration.ofHours(1).toMillis(),
                none.getExpirationTime().getTime() - none.getIssueTime().getTime());
        assertEquals(
                Map.of("subscribe", List.of(), "publish", List.of(), "create", List.of(), "status", false),
                none.getClaim("gapless"));
    }

    @Test
    void aTokenLetsInForWhatItSays() throws Exception {
        token();
        Path keys = directory.resolve("keys");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve("key.jwk"))));
        SelfSigned.make(directory, "secret-of-the-test");
        int port = Ports.free();
        int http = Ports.free();
        Path file = Files.writeString(
                directory.resolve("node.conf"),
                "include required(file(\""
                        + Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath() + "\"))\n"
                        + "gapless.node-name = n1\npekko.remote.artery.canonical.port = " + port
                        + "\npekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]\n"
                        + "gapless.gateway { port = " + http + ", grpc-port = off, tls { key-store = \""
                        + directory.resolve("g.p12") + "\", password = secret-of-the-test } }\n"
                        + "gapless.gateway.access.jwt { jwks-file = \"" + keys.resolve("jwks.json")
                        + "\", issuer = gapless-token, audience = gapless }\n");
        String url = "https://127.0.0.1:" + http;
        Files.writeString(directory.resolve("token"), token("--subscribe", "t", "--create", "t", "--for", "1h"));
        try (Program node = Program.start(directory, "node", "--config", file.toString())) {
            node.awaitErr("n1 is up");
            String[] shown = {
                "--url",
                url,
                "--ca",
                directory.resolve("ca.pem").toString(),
                "--token-command",
                "cat " + directory.resolve("token")
            };
            try (Program publish = Program.start(directory, with(shown, "publish", "--topic", "t"))) {
                publish.write(List.of("1"));
                publish.endInput();
                assertEquals(0, publish.awaitExit(), publish::toString);
            }
            try (Program subscribe = Program.start(
                    directory, with(shown, "subscribe", "--topic", "t", "--from", "earliest", "--count", "1"))) {
                assertEquals(0, subscribe.awaitExit(), subscribe::toString);
            }
            try (Program refused = Program.start(directory, with(shown, "status"))) {
                assertEquals(1, refused.awaitExit(), refused::toString);
                assertTrue(refused.err().toString().contains("me may not see status"), refused::toString);
            }
            try (Program without = Program.start(
                    directory,
                    "status",
                    "--url",
                    url,
                    "--ca",
                    directory.resolve("ca.pem").toString())) {
                assertEquals(1, without.awaitExit(), without::toString);
                assertTrue(without.err().toString().contains("Without a credential"), without::toString);
            }
            node.signal("TERM");
            assertEquals(0, node.awaitExit(), node::toString);
        }
    }

    private static String[] with(String[] more, String... first) {
        String[] all = new String[first.length + more.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }
}
