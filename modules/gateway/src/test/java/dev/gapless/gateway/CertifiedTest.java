package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.Certificates.Own;
import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.Grpc;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that say who they are by a certificate. */
@Timeout(180)
class CertifiedTest {
    @TempDir
    private Path directory;

    private Certificates certificates;
    private Own server;
    private Own shop;
    private Own unlisted;
    private TestGateway gateway;

    private void list(String... entries) {
        certificates.write("tokens.json", "{\"tokens\":[" + String.join(",", entries) + "]}");
    }

    @BeforeEach
    void start() {
        certificates = new Certificates(directory);
        server = certificates.make("gateway", "EC");
        shop = certificates.make("shop-7", "EC");
        unlisted = certificates.make("stranger", "EC");
        certificates.write("ca.pem", shop.pem() + unlisted.pem());
        list(
                "{\"certificate\":\"cn=Shop-7\",\"permissions\":{\"publish\":[\"orders\"],\"create\":[\"orders\"]}}",
                AccessTest.entry("admin", "admin's token", "{\"status\":true}", ""));
        gateway = TestGateway.start(certificates.settings(server)
                + "gapless.gateway { tls { client-certificates = wanted, client-ca = \"" + directory.resolve("ca.pem")
                + "\" }, access.tokens-file = \"" + directory.resolve("tokens.json") + "\" }\n");
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private HttpResponse<String> publish(Own shows, String topic) {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(Certificates.client(shows, server))
                .build();
        return TestGateway.get(http.sendAsync(
                HttpRequest.newBuilder(gateway.uri(TestGateway.path(topic, "messages")))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("1"))
                        .build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    private GrpcStream<PublishRequest, PublishResponse> grpc(Own shows) throws IOException {
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(pem(server.pem()));
        if (shows != null) {
            credentials.keyManager(pem(shows.pem()), pem(shows.keyPem()));
        }
        GrpcStream.Connection connection = gateway.closing(new GrpcStream.Connection(Grpc.newChannelBuilder(
                        "127.0.0.1:" + gateway.gateway().grpcPort().orElseThrow(), credentials.build())
                .build()));
        return GrpcStream.both(GaplessGrpc.newStub(connection.channel())::publish);
    }

    private static ByteArrayInputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    @DisplayName("a certificate whose name is listed is a credential; another one is none")
    void http() {
        assertEquals(200, publish(shop, "orders").statusCode());
        HttpResponse<String> forbidden = publish(shop, "prices");
        assertEquals(403, forbidden.statusCode());
        assertTrue(forbidden.body().contains("cn=Shop-7 may not"), forbidden::body);
        for (Own other : java.util.Arrays.asList(unlisted, null)) {
            assertEquals(401, publish(other, "orders").statusCode());
        }
        HttpClient both = HttpClient.newBuilder()
                .sslContext(Certificates.client(shop, server))
                .build();
        for (String version : List.of("admin's token", "wrong")) {
            HttpResponse<String> status = TestGateway.get(both.sendAsync(
                    HttpRequest.newBuilder(gateway.uri("/api/status"))
                            .header("Authorization", "Bearer " + version)
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
            assertEquals(version.equals("wrong") ? 401 : 200, status.statusCode(), "a token counts before it");
        }
    }

    @Test
    @DisplayName("in gRPC, too, as long as it is listed; a WebSocket that is open ends then")
    void grpc() throws IOException {
        GrpcStream<PublishRequest, PublishResponse> stream = grpc(shop);
        stream.call.onNext(
                PublishRequest.newBuilder().setTopic("orders").setJsonData("1").build());
        assertTrue(stream.next().hasPosition());
        assertEquals(Status.Code.UNAUTHENTICATED, grpc(unlisted).status());
        assertEquals(Status.Code.UNAUTHENTICATED, grpc(null).status());
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(Certificates.client(shop, server))
                .build();
        JsonSocket socket = gateway.closing(JsonSocket.open(http, gateway.uri("/api/ws")));
        socket.await("connected");
        socket.send("{\"type\":\"Publish\",\"topic\":\"orders\",\"data\":1}").await("published");
        list();
        assertEquals(4401, socket.status());
        assertEquals(Status.Code.UNAUTHENTICATED, stream.status());
        assertEquals(401, publish(shop, "orders").statusCode());
    }
}
