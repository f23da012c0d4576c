package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A node with a heap of 256 MB (that of {@link Program}) and a gateway, and a witness: a client that has nothing to do with what others do. */
final class SmallNode implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Socket> sockets = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> watched = new ConcurrentLinkedQueue<>();
    private final Program program;
    private final URI gateway;
    private final int grpcPort;
    private int published;

    /** @param more lines of its configuration */
    SmallNode(Path directory, String... more) throws Exception {
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
        program = Program.start(
                directory,
                Map.of("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError"),
                "node",
                "--config",
                config.toString());
        program.awaitErr("n1 is up");
        program.awaitErr("gateway: ");
        gateway = URI.create(program.err().stream()
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

    Program program() {
        return program;
    }

    /** Where it speaks HTTP. */
    int port() {
        return gateway.getPort();
    }

    int grpcPort() {
        return grpcPort;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gateway + path)).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(program.toString(), e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Publishes a message a line. */
    HttpResponse<String> postLines(String path, String lines) {
        return send(request(path)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(lines)));
    }

    /** Publishes, where that must succeed. */
    void publish(String topic, String json) {
        HttpResponse<String> answer = post("/api/topics/" + topic + "/messages", json);
        assertEquals(200, answer.statusCode(), answer.body());
    }

    /** What its meters of this name and these labels count together. */
    double counted(String series) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[1]))
                .sum();
    }

    /** The node is well, and the witness gets what is published for it, all and in order. */
    void undisturbed() throws Exception {
        assertEquals(200, get("/api/health").statusCode());
        assertEquals(200, get("/health/ready").statusCode());
        published++;
        publish("watched", "" + published);
        program.await("event " + published, () -> watched.size() >= published);
        int number = 0;
        for (String event : watched) {
            number++;
            assertTrue(event.contains("\"seq\":" + number + ",") && event.endsWith("\"data\":" + number + "}"), event);
        }
    }

    /** The ring has all that was published for the witness. */
    void hasKeptAll() throws Exception {
        HttpResponse<Stream<String>> events = http.send(
                request("/api/topics/watched/events?from=earliest").build(), HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = events.body()) {
            List<String> kept = lines.filter(line -> line.startsWith("data: "))
                    .limit(published)
                    .toList();
            assertTrue(kept.stream().allMatch(line -> line.contains("\"type\":\"event\"")), kept::toString);
        }
    }

    /** A connection that reads nothing unless the test does, and that has sent this. */
    Socket socket(int port, String head) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4 << 10);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        program.close();
    }
}
