package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Health, metrics and status at a port of their own, for those who watch the node. */
@Timeout(180)
class ManagementPortTest {
    @TempDir
    private static Path directory;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        AccessFile access = new AccessFile(directory).write("reader", "{\"subscribe\":[\"t\"]}");
        access.save();
        gateway = TestGateway.start(
                "gapless.management.port = 0, gapless.gateway { max-connections = 1, access.tokens-file = \""
                        + access.path() + "\" }");
        EventStream only = gateway.events(TestGateway.path("t", "events"), AccessFile.bearer("reader"));
        assertEquals(200, only.status(), "the port of clients has no place any more");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static int port(TestGateway of) {
        return of.gateway().managementPort().orElseThrow();
    }

    private static HttpResponse<String> send(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(gateway) + path))
                .timeout(TestGateway.DEADLINE)
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("POST") ? "{\"data\":1}" : ""))
                .build();
        return TestGateway.get(gateway.http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    @ParameterizedTest
    @CsvSource({
        "/health/live, up",
        "/health/ready, ready",
        "/api/health, up",
        "/metrics, gapless_gateway_clients",
        "/api/status, members",
        "/, <html",
    })
    @DisplayName("It needs no credential, and no place among the connections of clients")
    void served(String path, String part) {
        HttpResponse<String> answer = send("GET", path);
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(part), answer.body());
    }

    @Test
    @DisplayName("The status is an event stream there, too")
    void events() {
        try (RawSocket watcher = new RawSocket(port(gateway))) {
            watcher.send("GET /api/status/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(watcher.readTo("\"members\"").contains("HTTP/1.1 200 "));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/topics/t/events, 404",
        "GET, /api/ws, 404",
        "GET, /api/session, 404",
        "POST, /api/topics/t/messages, 405",
        "POST, /metrics, 405",
        "DELETE, /api/session, 405",
    })
    @DisplayName("No client can use it")
    void notServed(String method, String path, int status) {
        assertEquals(status, send(method, path).statusCode());
    }

    @Test
    @DisplayName("A page that has pointed a name of its own there reads nothing")
    void otherHost() {
        try (RawSocket page = new RawSocket(port(gateway))) {
            page.send("GET /api/status HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertTrue(page.readTo("\r\n").contains(" 421 "));
        }
    }

    @Test
    @DisplayName("It is off by default")
    void off() {
        try (TestGateway plain = TestGateway.start("")) {
            assertEquals(OptionalInt.empty(), plain.gateway().managementPort());
            assertEquals(200, plain.get("/metrics").statusCode());
        }
    }

    @Test
    @DisplayName("address and max-connections")
    void bounds() {
        try (TestGateway bounded = TestGateway.start(
                        "gapless.management { port = 0, address = \"127.0.0.2\", max-connections = 1 }");
                RawSocket first = RawSocket.to("127.0.0.2", port(bounded))) {
            String live = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n";
            assertTrue(first.send(live).readTo("up").contains(" 200 "));
            try (RawSocket second = RawSocket.to("127.0.0.2", port(bounded)).send(live)) {
                assertTrue(second.isSilent(500));
                first.reset();
                assertTrue(second.readTo("up").contains(" 200 "));
            }
        }
    }

    @Test
    @DisplayName("Another address than loopback needs insecure = on")
    void insecure() {
        String open = "gapless.management { port = 0, address = \"0.0.0.0\" }\n";
        IllegalStateException refused = assertThrows(
                IllegalStateException.class, () -> TestGateway.start(open).close());
        assertTrue(refused.getMessage().contains("gapless.management.insecure"), refused.getMessage());
        try (TestGateway trusting = TestGateway.start(open + "gapless.management.insecure = on")) {
            assertTrue(port(trusting) > 0);
        }
    }

    @Test
    @DisplayName("A port that is taken is told with its setting")
    void taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> TestGateway.start("gapless.management.port = " + taken.getLocalPort())
                            .close());
            assertTrue(refused.getMessage().contains("gapless.management.port"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"port = 70000", "port = -1", "max-connections = 0"})
    @DisplayName("What cannot be is refused")
    void bad(String setting) {
        assertThrows(
                ConfigException.class,
                () -> new GatewaySettings(ConfigFactory.parseString("gapless.management." + setting)
                        .withFallback(ConfigFactory.load())));
    }
}
