package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.SignedJWT;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.GaplessGateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The options of {@code gapless token}, and those by which a token is shown: what a gateway makes of them, over TLS. */
@Tag("thorough")
@Tag("day0")
@Timeout(120)
class TokenOptionsTest {
    private static final String PASSWORD = "secret-of-the-test";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private static final Duration DEADLINE = Duration.ofSeconds(Integer.getInteger("gapless.deadline.seconds", 60));

    @TempDir
    private static Path directory;

    private static Member node;
    private static String url;
    private static Path ca;

    @BeforeAll
    static void startAGateway() throws Exception {
        Path store = directory.resolve("g.p12");
        SelfSigned.make(directory, PASSWORD);
        ca = directory.resolve("ca.pem");
        token(); // which makes the keys
        node = Member.start(ProgramConfig.of(
                ConfigFactory.parseString(
                        "gapless { node-name = n1, gateway { port = 0, grpc-port = off, tls { key-store = \""
                                + store + "\", password = " + PASSWORD + " }, access.jwt { jwks-file = \""
                                + directory.resolve("keys").resolve("jwks.json")
                                + "\", issuer = gapless-token, audience = gapless, clock-skew = 1ms } } }"),
                null,
                new CommandLine(new NodeCommand(new Termination()))));
        node.join(node.address());
        node.up().get(60, TimeUnit.SECONDS);
        url = GaplessGateway.start(node.system()).uri().toString();
    }

    @AfterAll
    static void endIt() {
        if (node != null) {
            node.close();
        }
    }

    private static String tokenOf(String keys, String... options) {
        return InThisJvm.token(directory.resolve(keys), options);
    }

    private static String token(String... options) {
        return tokenOf("keys", options);
    }

    /** The status with which the gateway answers who shows this token. */
    private static int answer(String token, String path, boolean posts) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30));
        if (posts) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{\"n\":1}"));
        }
        HttpResponse<InputStream> response = new GatewayHttp(new GatewayToken(null, "echo " + token), ca)
                .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        response.body().close(); // an event stream goes on
        return response.statusCode();
    }

    private static int publishes(String token, String topicAndKey) throws IOException {
        return answer(token, "/api/topics/" + topicAndKey, true);
    }

    private static int subscribes(String token, String topic) throws IOException {
        return answer(token, "/api/topics/" + topic + "/events", false);
    }

    /** What {@code gapless status} says, with these options; its exit status in front. */
    private static String status(String... options) {
        List<String> args = new ArrayList<>(List.of("status", "--url", url, "--retry-for", "1s"));
        args.addAll(List.of(options));
        StringWriter said = new StringWriter();
        int status = InThisJvm.run(said, said, args);
        return status + " " + said;
    }

    @Test
    @DisplayName("a token without options lets in, and allows nothing")
    void allowsNothing() throws Exception {
        String none = token();
        assertEquals(FORBIDDEN, publishes(none, "t/messages"));
        assertEquals(FORBIDDEN, subscribes(none, "t"));
        assertEquals(FORBIDDEN, answer(none, "/api/status", false));
    }

    @Test
    @DisplayName(
            "--publish is for topics that are there, --create for new ones, too; --subscribe for those that are named")
    void topics() throws Exception {
        assertEquals(FORBIDDEN, publishes(token("--publish", "new"), "new/messages"));
        assertEquals(OK, publishes(token("--create", "new"), "new/messages"));
        assertEquals(OK, publishes(token("--publish", "new"), "new/messages"));
        assertEquals(FORBIDDEN, publishes(token("--subscribe", "new"), "new/messages"));
        assertEquals(FORBIDDEN, subscribes(token("--create", "new", "--publish", "new"), "new"));
        assertEquals(OK, subscribes(token("--subscribe", "new"), "new"));
        assertEquals(OK, subscribes(token("--subscribe", "ne*"), "new"));
        assertEquals(FORBIDDEN, subscribes(token("--subscribe", "new"), "other"));
    }

    @Test
    @DisplayName("--keys allows these keys alone")
    void keys() throws Exception {
        String sevens = token("--create", "fleet", "--keys", "7/*");
        assertEquals(OK, publishes(sevens, "fleet/messages?key=7/a"));
        assertEquals(FORBIDDEN, publishes(sevens, "fleet/messages?key=8/a"));
        assertEquals(FORBIDDEN, publishes(sevens, "fleet/messages"));
    }

    @Test
    @DisplayName("--for is over then")
    void lifetime() throws Exception {
        String brief = token("--create", "t", "--for", "1s");
        Await.within(DEADLINE, () -> "it lets in for ever", () -> {
            try {
                return publishes(brief, "t/messages") == UNAUTHORIZED;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @DisplayName("--directory has the key: made once, and used again")
    void directory() throws Exception {
        assertEquals(UNAUTHORIZED, publishes(tokenOf("others", "--create", "t"), "t/messages"));
        assertEquals(
                SignedJWT.parse(token()).getHeader().getKeyID(),
                SignedJWT.parse(token()).getHeader().getKeyID());
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(directory.resolve("others").resolve("key.jwk")));
    }

    @Test
    @DisplayName("status --token-command and --ca: who shows --status sees it, and who does not is told who it is")
    void shown() {
        String may = status("--ca", ca.toString(), "--json", "--token-command", "echo " + token("--status"));
        assertTrue(may.startsWith("0 {"), may);
        String mayNot = status("--ca", ca.toString(), "--token-command", "echo " + token("--subject", "carol"));
        assertTrue(mayNot.startsWith("1 ") && mayNot.contains("carol may not see status"), mayNot);
        String unknown = status("--ca", ca.toString());
        assertTrue(unknown.startsWith("1 ") && unknown.contains("Without a credential"), unknown);
    }

    @Test
    @DisplayName("without --ca an unknown certificate is refused")
    void untrusted() {
        String said = status("--token-command", "echo " + token("--status"));
        assertTrue(said.startsWith("1 ") && said.contains("certification path"), said);
        assertFalse(said.contains("members"), said);
    }
}
