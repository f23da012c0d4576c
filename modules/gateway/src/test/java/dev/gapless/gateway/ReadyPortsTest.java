package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told that a node is ready finds all of its ports. */
@Timeout(120)
class ReadyPortsTest {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until it is ready. {@return whether the port of gRPC took a connection then} */
    private static boolean listensOnceReady(int port, int grpcPort) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .build();
        TestGateway.await(() -> {
            try {
                return http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false; // it does not listen yet
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        try (Socket grpc = new Socket()) {
            grpc.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aGatewayIsReadyOnceThePortOfGrpcListens() throws IOException {
        int port = freePort();
        int grpcPort = freePort();
        CompletableFuture<Boolean> listens = CompletableFuture.supplyAsync(() -> listensOnceReady(port, grpcPort));
        try (TestGateway gateway =
                TestGateway.start("gapless.gateway { port = " + port + ", grpc-port = " + grpcPort + " }")) {
            assertEquals(port, gateway.gateway().port());
            assertTrue(TestGateway.get(listens), "it was ready, and nobody could speak gRPC to it");
        }
    }
}
