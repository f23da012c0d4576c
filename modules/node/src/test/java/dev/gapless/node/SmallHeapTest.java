package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.v1.GaplessGrpc;
import dev.gapless.gateway.v1.PublishRequest;
import dev.gapless.gateway.v1.PublishResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node with a heap of 256 MB (that of {@link Program}), whose gateway has clients that take nothing, or finish nothing. It stays alive,
 * and a client that reads, and one that publishes, do not notice.
 */
@Tag("thorough")
@Timeout(300)
class SmallHeapTest {
    private static final int MEGABYTE = 1_000_000;
    private static final String BIG = "/api/topics/big/";

    @TempDir
    private Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> watched = new ConcurrentLinkedQueue<>();
    private int published;
    private Program node;
    private URI gateway;
    private int grpcPort;

    private void start(String... more) throws Exception {
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        int port = Ports.free();
        grpcPort = Ports.free();
        Path config = Files.write(
                directory.resolve("node.conf"),
                List.of(
                        "include required(file(\"" + cluster + "\"))",
                        "gapless.node-name = n1",
                        "pekko.remote.artery.canonical.port = " + port,
                        "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]",
                        "pekko.remote.artery.advanced.maximum-frame-size = 1500 KiB",
                        "gapless { batch-bytes = 1200 KiB, max-message-bytes = 1100 KiB, backpressure-timeout = 120s }",
                        "gapless.gateway { port = 0, grpc-port = " + grpcPort + " }",
                        String.join("\n", more)));
        // as bin/gapless has it: after it a node would live on in part
        node = Program.start(
                directory,
                Map.of("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError"),
                "node",
                "--config",
                config.toString());
        node.awaitErr("n1 is up");
        node.awaitErr("gateway: ");
        gateway = URI.create(node.err().stream()
                .filter(line -> line.startsWith("gateway: "))
                .findFirst()
                .orElseThrow()
                .substring("gateway: ".length()));
        HttpResponse<Stream<String>> events = http.send(
                request("/api/topics/watched/events?from=earliest").build(), HttpResponse.BodyHandlers.ofLines());
        Thread reader = new Thread(
                () -> {
                    try {
                        events.body().filter(line -> line.startsWith("data: ")).forEach(watched::add);
                    } catch (UncheckedIOException end) {
                        // its node ends with the test
                    }
                },
                "watcher");
        reader.setDaemon(true);
        reader.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        channels.forEach(ManagedChannel::shutdownNow);
        node.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gateway + path)).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(node.toString(), e);
        }
    }

    private HttpResponse<String> get(String path) {
        return send(request(path));
    }

    private void publish(String path, String data) {
        HttpResponse<String> answer = send(request(path + "messages")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(data)));
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private double counted(String series) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .sum();
    }

    /** The node is well, and whoever has nothing to do with what the others do gets all of it, in order. */
    private void undisturbed() throws Exception {
        assertEquals(200, get("/api/health").statusCode());
        assertEquals(200, get("/health/ready").statusCode());
        published++;
        publish("/api/topics/watched/", "" + published);
        node.await("event " + published, () -> watched.size() >= published);
        int number = 0;
        for (String event : watched) {
            number++;
            assertTrue(event.contains("\"seq\":" + number + ",") && event.endsWith("\"data\":" + number + "}"), event);
        }
    }

    /** One that reads nothing. */
    private Socket socket(int port, String head) throws Exception {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4 << 10);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String large(int number) {
        return "\"" + number + "0".repeat(MEGABYTE) + "\"";
    }

    private void idleStreams(int number, String query) throws Exception {
        for (int i = 0; i < number; i++) {
            socket(gateway.getPort(), "GET " + BIG + "events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
    }

    @Test
    void messagesThatCompressWellAndIdleStreamsWhoseClientsDoNotRead() throws Exception {
        start();
        idleStreams(250, "");
        double streams = 251;
        node.await("streams", () -> counted("gapless_gateway_clients{protocol=\"sse\"}") >= streams);
        for (int i = 0; i < 5; i++) {
            publish(BIG, large(i));
            undisturbed();
        }
        // Those that come later stand at other messages, and nobody knows that several want the same.
        idleStreams(100, "?from=earliest");
        for (int i = 0; i < 20; i++) {
            publish(BIG, large(i));
            undisturbed();
        }
        node.await(
                "end of those who take nothing", () -> counted("gapless_gateway_closed_total{status=\"4410\"}") >= 300);
        undisturbed();
    }

    @Test
    void unfinishedFramesOfWebSockets() throws Exception {
        start();
        byte[] frame = new byte[14 + MEGABYTE];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | 127);
        for (int i = 0; i < 4; i++) {
            frame[9 - i] = (byte) ((MEGABYTE + 1) >> (8 * i));
        }
        Arrays.fill(frame, 14, frame.length, (byte) 'x');
        String upgrade = String.join(
                "\r\n",
                "GET /api/ws HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "",
                "");
        for (int i = 0; i < 239; i++) {
            Socket socket = socket(gateway.getPort(), upgrade);
            try {
                socket.getOutputStream().write(frame);
            } catch (IOException refused) {
                // it is told, or its connection has ended
            }
            if (i % 40 == 0) {
                undisturbed();
            }
        }
        for (int i = 0; i < 40; i++) {
            undisturbed();
            Thread.sleep(500); // what comes meanwhile is what the test is about
        }
        assertTrue(counted("gapless_gateway_closed_total{status=\"1013\"}") > 0, "somebody was told");
    }

    /** A client that sends as many messages as it may, and takes no answer. */
    private static final class Pushing implements ClientResponseObserver<PublishRequest, PublishResponse> {
        private final PublishRequest request;
        private int left = 16;

        Pushing(PublishRequest request) {
            this.request = request;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishRequest> call) {
            call.disableAutoRequestWithInitial(0);
            call.setOnReadyHandler(() -> {
                while (call.isReady() && left > 0) {
                    left--;
                    call.onNext(request);
                }
            });
        }

        @Override
        public void onNext(PublishResponse response) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void callsThatPublishMoreThanIsTaken() throws Exception {
        // A consumer that takes nothing, and stays: who publishes waits.
        start(
                "gapless.topics.slow.overflow = backpressure, gapless.gateway { write-timeout = 300s, unacknowledged-timeout = 300s }");
        socket(gateway.getPort(), "GET /api/topics/slow/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        node.await("a stream", () -> counted("gapless_gateway_clients{protocol=\"sse\"}") >= 2);
        byte[] bytes = new byte[MEGABYTE / 4 * 3];
        new Random(5).nextBytes(bytes);
        PublishRequest request = PublishRequest.newBuilder()
                .setTopic("slow")
                .setJsonData("\"" + Base64.getEncoder().encodeToString(bytes) + "\"")
                .build();
        for (int i = 0; i < 60; i++) {
            ManagedChannel channel = Grpc.newChannelBuilder(
                            "127.0.0.1:" + grpcPort, InsecureChannelCredentials.create())
                    .build();
            channels.add(channel);
            GaplessGrpc.newStub(channel).publish(new Pushing(request));
            if (i % 10 == 0) {
                undisturbed();
            }
        }
        for (int i = 0; i < 40; i++) {
            undisturbed();
            Thread.sleep(500); // what comes meanwhile is what the test is about
        }
        assertTrue(counted("gapless_gateway_refused_total{code=\"overloaded\"}") > 0, "somebody was told");
    }
}
