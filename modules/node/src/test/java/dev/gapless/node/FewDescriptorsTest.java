package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** More clients come than the process has file descriptors for: they wait, and the node goes on. */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
@Tag("thorough")
@Tag("day0")
class FewDescriptorsTest {
    private static final int DESCRIPTORS = 300;
    private static final int STREAMS = 500;
    private static final String HTTP = "gateway: ";
    private static final int MOST_LINES = 200;

    @TempDir
    private Path directory;

    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    private String file(String name, int port, int seed, int grpc) throws IOException {
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        return Files.write(
                        directory.resolve(name + ".conf"),
                        List.of(
                                "include required(file(\"" + cluster + "\"))",
                                "gapless.node-name = " + name,
                                // A stream whose client has gone is found by its comments.
                                "gapless.gateway { port = 0, grpc-port = " + grpc + ", comment-interval = 1s }",
                                "pekko.remote.artery.canonical.port = " + port,
                                "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + seed + "\"]"))
                .toString();
    }

    private static URI gateway(Program node) throws InterruptedException {
        node.awaitErr(HTTP);
        String line = node.err().stream()
                .filter(one -> one.contains(HTTP))
                .findFirst()
                .orElseThrow();
        return URI.create(line.substring(line.indexOf(HTTP) + HTTP.length()).strip());
    }

    /** It stays open, answered or not. */
    private void connect(int port, byte[] says) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 60_000);
        socket.getOutputStream().write(says);
    }

    private static long descriptors(Program program) throws IOException {
        try (var files = Files.list(Path.of("/proc/" + program.pid() + "/fd"))) {
            return files.count();
        }
    }

    private static HttpResponse<String> ask(URI what) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(what)
                                .timeout(Duration.ofMinutes(5))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aNodeWhoseClientsWouldTakeAllDescriptorsStaysInTheClusterAndLetsOthersIn() throws Exception {
        int seed = Ports.free();
        int grpc = Ports.free();
        String script = "ulimit -n " + DESCRIPTORS + " && exec \"$@\"";
        try (Program node = Program.startIn(directory, script, "node", "--config", file("n1", seed, seed, grpc))) {
            node.awaitErr("n1 is up");
            URI gateway = gateway(node);
            byte[] stream =
                    "GET /api/topics/t/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8);
            byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.UTF_8);
            long before = descriptors(node);
            for (int i = 0; i < STREAMS; i++) {
                connect(gateway.getPort(), stream);
                connect(grpc, preface);
            }
            node.await("clients that take what there is for them", () -> isFull(node, before));

            // A node that accepts no connection of the cluster's lets nobody join.
            try (Program joins = Program.start(directory, "node", "--config", file("n2", Ports.free(), seed, 0))) {
                joins.awaitErr("n2 is up");
                assertTrue(descriptors(node) < DESCRIPTORS, "all are taken");
                closeSockets();
                HttpResponse<String> ready = ask(gateway.resolve("/health/ready"));
                assertEquals(200, ready.statusCode(), ready.body());
                Program.awaitThat(
                        "status of both nodes", () -> answersOfBoth(gateway)); // each has some time for its own
                connect(gateway.getPort(), stream);
                assertEquals('H', open.get(0).getInputStream().read());
                connect(grpc, preface);
                assertEquals(0, open.get(1).getInputStream().read()); // of the length of its settings
                assertTrue(
                        node.err().size() < MOST_LINES,
                        () -> "it logged " + node.err().size() + " lines");
            }
        }
    }

    private static boolean answersOfBoth(URI gateway) {
        try {
            String status = ask(gateway.resolve("/api/status")).body();
            return status.contains("\"n1\"") && status.contains("\"n2\"");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The fault took place: so many connections as it accepts have come, and it accepts no more. */
    private static boolean isFull(Program node, long before) {
        try {
            long now = descriptors(node);
            return now > before + (DESCRIPTORS - before - DESCRIPTORS / 4) / 2;
        } catch (IOException e) {
            return false;
        }
    }
}
