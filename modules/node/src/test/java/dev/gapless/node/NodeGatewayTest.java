package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapless node} has a gateway. */
@Timeout(300)
class NodeGatewayTest {
    private static final String SAYS = "gateway: ";
    private static final AtomicInteger FILES = new AtomicInteger();

    @TempDir
    private Path directory;

    private String file(String... more) throws Exception {
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        int port = Ports.free();
        return Files.write(
                        directory.resolve("node" + FILES.incrementAndGet() + ".conf"),
                        List.of(
                                "include required(file(\"" + cluster + "\"))",
                                "gapless.node-name = n1",
                                "pekko.remote.artery.canonical.port = " + port,
                                "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + port + "\"]",
                                String.join("\n", more)))
                .toString();
    }

    @Test
    void itsGatewayServesUntilItEnds() throws Exception {
        try (Program node = Program.start(directory, "node", "--config", file("gapless.gateway.port = 0"))) {
            node.awaitErr("n1 is up");
            publish(node, "t");
            node.signal("TERM");
            assertEquals(0, node.awaitExit(), node::toString);
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void rowO2_aNodeWhoseConsumerGivesUpRestartsInGoodOrder() throws Exception {
        int seed = Ports.free();
        String seeds = "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + seed + "\"]";
        String full = file(
                "pekko.remote.artery.canonical.port = " + seed, seeds, "gapless { max-topics = 1, gateway.port = 0 }");
        try (Program first = Program.start(directory, "node", "--config", full)) {
            first.awaitErr("n1 is up");
            publish(first, "taken");
            String second = file(
                    seeds,
                    "gapless { node-name = n2, ready-timeout = 500ms, gateway.port = 0 }",
                    "gapless.register-backoff { min = 100ms, max = 200ms, attempts = 3 }");
            try (Program node = Program.start(directory, "node", "--config", second)) {
                node.awaitErr("n2 is up");
                var unused = HttpClient.newHttpClient()
                        .sendAsync(
                                HttpRequest.newBuilder(gateway(node, "/api/topics/more/events"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding());
                node.awaitErr("restarts: the consumer of topic more gave up on [n1]");
                node.await(
                        "n2 is up again",
                        () -> node.err().stream()
                                        .filter(line -> line.contains("n2 is up"))
                                        .count()
                                == 2);
                node.signal("TERM");
                assertEquals(0, node.awaitExit(), node::toString);
            }
        }
    }

    private static URI gateway(Program node, String path) throws Exception {
        node.awaitErr(SAYS);
        String line = node.err().stream()
                .filter(one -> one.startsWith(SAYS))
                .findFirst()
                .orElseThrow();
        return URI.create(line.substring(SAYS.length()) + path);
    }

    private static void publish(Program node, String topic) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(gateway(node, "/api/topics/" + topic + "/messages"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"n\":1}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
    }

    @Test
    void itDoesWithoutIfItIsTold() throws Exception {
        try (Program node = Program.start(directory, "node", "--config", file("gapless.gateway.enabled = off"))) {
            node.awaitErr("n1 is up");
            assertTrue(node.err().stream().noneMatch(line -> line.startsWith(SAYS)), node::toString);
            node.signal("TERM");
            assertEquals(0, node.awaitExit(), node::toString);
        }
    }

    @Test
    void anAddressThatOthersReachIsRefusedInOneLine() throws Exception {
        try (Program node = Program.start(directory, "node", "--config", file("gapless.gateway.host = \"0.0.0.0\""))) {
            assertEquals(1, node.awaitExit(), node::toString);
            node.awaitErr("gapless.gateway.insecure");
        }
    }

    @Test
    void theShippedConfigurationsHavePortsOfTheirOwn() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 1; i <= 3; i++) {
            Config config = ConfigFactory.parseFile(
                    Path.of("..", "..", "conf", "node" + i + ".conf").toFile());
            ports.add(config.getInt("gapless.gateway.port"));
            assertNotEquals(0, config.getInt("gapless.gateway.port"));
        }
        assertEquals(3, ports.size());
    }
}
