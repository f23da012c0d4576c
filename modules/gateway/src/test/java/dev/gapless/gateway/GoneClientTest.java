package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.Certificates.Own;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients of event streams over HTTP/1.1 that go while nothing is written to them. */
@Timeout(180)
class GoneClientTest {
    /** No comment shows that a client has gone. */
    private static final String SILENT = "gapless.gateway { comment-interval = 1 day, max-clients = 1 }\n";

    @TempDir
    private Path directory;

    private static String get(String path, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n";
    }

    private static double clients(TestGateway gateway) {
        return gateway.metric("gapless_gateway_clients{protocol=\"sse\"}");
    }

    @ParameterizedTest
    @CsvSource({"/api/topics/t/events,''", "/api/status/events,''", "/api/topics/t/events,more"})
    @DisplayName("One that closes its side is gone at once, also behind bytes that nobody has read")
    void closed(String path, String more) {
        try (TestGateway gateway = TestGateway.start(SILENT)) {
            RawSocket client = new RawSocket(gateway.gateway().port());
            client.send(get(path)).readTo("retry");
            assertEquals(1, clients(gateway));
            client.send(more).shutdownOutput();
            TestGateway.await(() -> clients(gateway) == 0);
            assertEquals(1, gateway.metric("gapless_gateway_closed_total{status=\"gone\"}"));
            assertEquals(200, gateway.events(TestGateway.path("t", "events")).status(), "its place is free");
            client.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2", "TLSv1.3"})
    @DisplayName("So is one that closes TLS")
    void closedTls(String protocol) throws IOException {
        Certificates certificates = new Certificates(directory);
        Own own = certificates.make("gateway", "EC");
        SSLContext tls = Certificates.client(null, own);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .build();
        String events = TestGateway.path("t", "events");
        try (TestGateway gateway = TestGateway.start(SILENT + certificates.settings(own))) {
            SSLSocket client = (SSLSocket) tls.getSocketFactory()
                    .createSocket("127.0.0.1", gateway.gateway().port());
            client.setEnabledProtocols(new String[] {protocol});
            client.getOutputStream().write(get(events).getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', client.getInputStream().read());
            assertEquals(503, status(http, gateway, events), "its place is taken");
            client.close();
            TestGateway.await(() -> status(http, gateway, events) == 200);
        }
    }

    private static int status(HttpClient http, TestGateway gateway, String path) {
        EventStream opened = EventStream.open(http, gateway.uri(path));
        opened.close();
        return opened.status();
    }

    @Test
    @DisplayName("What was sent during a stream is read after the stream")
    void readLater() {
        AccessFile access = new AccessFile(directory).write("reader", "{\"subscribe\":[\"t\"]}");
        access.save();
        try (TestGateway gateway =
                        TestGateway.start(SILENT + "gapless.gateway.access.tokens-file = \"" + access.path() + "\"");
                RawSocket client = new RawSocket(gateway.gateway().port())) {
            client.send(get(
                            TestGateway.path("t", "events"),
                            "Authorization: " + AccessFile.bearer("reader")[1] + "\r\n"))
                    .readTo("retry");
            client.send(get("/health/live", "X-Padding: " + "x".repeat(1_000) + "\r\n"));
            access.forget("reader").save();
            String answer = client.readTo("\"up\"");
            assertTrue(answer.contains("closing") && answer.contains("HTTP/1.1 200"), answer);
        }
    }
}
