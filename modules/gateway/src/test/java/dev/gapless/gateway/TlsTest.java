package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.Certificates.Own;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.SubscribeTopicRequest;
import dev.gapless.gateway.v1.SubscribeTopicResponse;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that speaks TLS. */
@Timeout(180)
class TlsTest {
    @TempDir
    private Path directory;

    private Certificates certificates;

    @BeforeEach
    void directory() {
        certificates = new Certificates(directory);
    }

    private static HttpClient client(HttpClient.Version version, SSLContext tls) {
        return HttpClient.newBuilder().version(version).sslContext(tls).build();
    }

    private static HttpResponse<String> get(TestGateway gateway, HttpClient client) {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/health/live"))
                .timeout(TestGateway.DEADLINE)
                .build();
        return TestGateway.get(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }

    /** The certificate that the gateway shows to who connects now. */
    private static X509Certificate shown(TestGateway gateway, SSLContext tls) {
        try (SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                .createSocket("127.0.0.1", gateway.gateway().port())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            return null; // it is not trusted
        }
    }

    // ------------------------------------------------------------------ what is spoken

    @ParameterizedTest
    @CsvSource({"EC, HTTP_1_1", "RSA, HTTP_2", "Ed25519, HTTP_2"})
    @DisplayName("HTTP/2 and HTTP/1.1, as the client chooses, with keys of any kind")
    void http(String algorithm, HttpClient.Version version) {
        Own own = certificates.make("gateway", algorithm);
        try (TestGateway gateway = TestGateway.start(certificates.settings(own))) {
            assertEquals("https", gateway.gateway().uri().getScheme());
            HttpResponse<String> answer = get(gateway, client(version, Certificates.client(null, own)));
            assertEquals(200, answer.statusCode());
            assertEquals(version, answer.version());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @DisplayName("TLS 1.3 and 1.2")
    void versions(String protocol) throws IOException {
        Own own = certificates.make("gateway", "EC");
        try (TestGateway gateway = TestGateway.start(certificates.settings(own));
                SSLSocket socket = (SSLSocket) Certificates.client(null, own)
                        .getSocketFactory()
                        .createSocket("127.0.0.1", gateway.gateway().port())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            assertEquals(protocol, socket.getSession().getProtocol());
        }
    }

    @Test
    @DisplayName("WebSocket, event stream and gRPC; a PKCS12 file; and how long the certificate is valid yet")
    void streams() {
        Own own = certificates.make("gateway", "RSA");
        try (TestGateway gateway = TestGateway.start("gapless.gateway.tls { key-store = \"" + own.keyStore()
                + "\", password = \"" + Certificates.PASSWORD + "\" }")) {
            HttpClient http = client(HttpClient.Version.HTTP_1_1, Certificates.client(null, own));
            JsonSocket socket = gateway.closing(JsonSocket.open(http, gateway.uri("/api/ws")));
            socket.await("connected");
            socket.subscribe("prices", "\"from\":\"earliest\"");
            EventStream events = gateway.closing(
                    EventStream.open(http, gateway.uri(TestGateway.path("prices", "events") + "?from=earliest")));
            GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> stream = grpc(gateway, own);
            HttpRequest publish = HttpRequest.newBuilder(gateway.uri(TestGateway.path("prices", "messages")))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("7"))
                    .build();
            assertEquals(
                    200,
                    TestGateway.get(http.sendAsync(publish, HttpResponse.BodyHandlers.ofString()))
                            .statusCode());
            assertEquals(7, socket.await("event").path("data").asInt());
            assertEquals(7, events.next(1).get(0).data().path("data").asInt());
            SubscribeTopicResponse response = stream.next();
            while (!response.hasBatch()) {
                response = stream.next();
            }
            assertEquals("7", response.getBatch().getEvents(0).getJsonData());
            HttpRequest metrics =
                    HttpRequest.newBuilder(gateway.uri("/metrics")).build();
            double days = TestGateway.get(http.sendAsync(metrics, HttpResponse.BodyHandlers.ofString()))
                            .body()
                            .lines()
                            .filter(line -> line.startsWith("gapless_gateway_certificate_expires_seconds "))
                            .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                            .findFirst()
                            .orElseThrow()
                    / 86_400;
            assertTrue(days > 29 && days <= 30, () -> days + " days");
        }
    }

    private static GrpcStream<SubscribeTopicRequest, SubscribeTopicResponse> grpc(TestGateway gateway, Own own) {
        ChannelCredentials credentials;
        try {
            credentials = TlsChannelCredentials.newBuilder()
                    .trustManager(new ByteArrayInputStream(own.pem().getBytes(StandardCharsets.US_ASCII)))
                    .build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        String target = "127.0.0.1:" + gateway.gateway().grpcPort().orElseThrow();
        GrpcStream.Connection connection = gateway.closing(new GrpcStream.Connection(
                Grpc.newChannelBuilder(target, credentials).build()));
        SubscribeTopicRequest request = SubscribeTopicRequest.newBuilder()
                .setTopic("prices")
                .setFrom("earliest")
                .build();
        return gateway.closing(GrpcStream.open(request, GaplessGrpc.newStub(connection.channel())::subscribe));
    }

    @Test
    @DisplayName("nothing is spoken without TLS")
    void notWithout() throws IOException {
        Own own = certificates.make("gateway", "EC");
        try (TestGateway gateway = TestGateway.start(certificates.settings(own));
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
            socket.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(!answer.contains("HTTP/1.1 200"), answer);
        }
    }

    // ------------------------------------------------------------------ files that change

    @Test
    @DisplayName("new files are shown to who connects then; who is connected stays; broken ones change nothing")
    void changes() {
        Own first = certificates.make("first", "EC");
        Own second = certificates.make("second", "RSA");
        SSLContext trustsBoth = Certificates.client(null, first, second);
        try (LogLines log = new LogLines();
                TestGateway gateway = TestGateway.start(certificates.settings(first))) {
            JsonSocket socket = gateway.closing(
                    JsonSocket.open(client(HttpClient.Version.HTTP_1_1, trustsBoth), gateway.uri("/api/ws")));
            socket.await("connected");
            assertEquals(first.certificate(), shown(gateway, trustsBoth));
            certificates.write("key.pem", "this is no key");
            TestGateway.await(() -> log.count("key.pem has no key") > 0);
            assertEquals(first.certificate(), shown(gateway, trustsBoth));
            certificates.settings(second);
            TestGateway.await(() -> second.certificate().equals(shown(gateway, trustsBoth)));
            assertEquals(1, log.count("key.pem has no key"), "each cause once");
            socket.send("{\"type\":\"Ping\"}");
            socket.await("pong");
        }
    }

    // ------------------------------------------------------------------ clients' certificates

    @Test
    @DisplayName("where clients have to show a certificate, none comes in without one of the authority")
    void required() {
        Own own = certificates.make("gateway", "EC");
        Own known = certificates.make("client", "EC");
        Own stranger = certificates.make("stranger", "EC");
        String settings =
                certificates.settings(own) + "gapless.gateway.tls { client-certificates = required, client-ca = \""
                        + certificates.write("clients.pem", known.pem()) + "\" }";
        try (TestGateway gateway = TestGateway.start(settings)) {
            assertEquals(
                    200,
                    get(gateway, client(HttpClient.Version.HTTP_1_1, Certificates.client(known, own)))
                            .statusCode());
            for (Own shows : new Own[] {null, stranger}) {
                HttpClient client = client(HttpClient.Version.HTTP_1_1, Certificates.client(shows, own));
                CompletionException refused =
                        assertThrows(CompletionException.class, () -> get(gateway, client), "it came in");
                assertTrue(
                        refused.getCause() instanceof SSLException || refused.getCause() instanceof IOException,
                        refused::toString);
            }
        }
    }

    // ------------------------------------------------------------------ settings

    private static void refused(String settings, String... says) {
        RuntimeException refused = assertThrows(
                RuntimeException.class, () -> TestGateway.startAlone(settings).close());
        for (String one : says) {
            assertTrue(String.valueOf(refused.getMessage()).contains(one), refused::getMessage);
        }
    }

    @Test
    @DisplayName("what cannot be used is told at the start, with the file and what helps")
    void unusable() {
        Own own = certificates.make("gateway", "RSA");
        Own other = certificates.make("other", "RSA");
        String good = certificates.settings(own);
        refused(good + "gapless.gateway.tls.certificate = \"" + directory.resolve("missing.pem") + "\"", "missing.pem");
        refused(good + "gapless.gateway.tls.certificate = \"\"", "gapless.gateway.tls.key", "go together");
        refused(good + "gapless.gateway.tls.key-store = \"" + own.keyStore() + "\"", "gapless.gateway.tls.key-store");
        refused(good + "gapless.gateway.tls.client-certificates = required", "gapless.gateway.tls.client-ca");
        refused(
                good + "gapless.gateway.tls.client-ca = \"" + own.keyStore() + "\"",
                "gapless.gateway.tls.client-certificates");
        refused(good + "gapless.gateway.tls.client-certificates = maybe", "none, wanted or required");
        refused(
                "gapless.gateway.tls { key-store = \"" + own.keyStore() + "\", password = \"wrong\" }",
                own.keyStore().toString(),
                "gapless.gateway.tls.password");
        certificates.write("key.pem", other.keyPem());
        refused(good, "does not belong", "CN=gateway");
        certificates.write("key.pem", own.keyPem().replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        refused(good, "key.pem", "openssl pkcs8 -topk8");
        certificates.write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        refused(good, "key.pem", "broken");
        certificates.settings(own);
        certificates.write("chain.pem", "");
        refused(good, "chain.pem has no certificate");
    }
}
