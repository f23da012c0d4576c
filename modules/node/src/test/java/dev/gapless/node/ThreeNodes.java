package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Three processes of {@code gapless node}, and the other commands beside them: the shipped configuration, on ports that are free. */
final class ThreeNodes {
    static final int COUNT = 3;

    private static final String COMMON = "common.conf";

    private final Path directory;
    private final List<Integer> ports =
            Stream.generate(Ports::free).limit(COUNT).toList();
    private final List<Program> nodes = new ArrayList<>();

    private ThreeNodes(Path directory) {
        this.directory = directory;
    }

    /** All three are up. n1 has its ring by its environment, n2 by an option that goes before that, n3 as configured. */
    static ThreeNodes start(Path directory) throws Exception {
        ThreeNodes started = new ThreeNodes(directory);
        try {
            started.start();
        } catch (Exception | AssertionError e) {
            started.nodes.forEach(Program::close);
            throw e;
        }
        return started;
    }

    private void start() throws Exception {
        writeCommon();
        Map<String, String> environment = Map.of("GAPLESS_BUFFER_MESSAGES", "1111");
        nodes.add(Program.start(directory, environment, "node", "--config", config(1)));
        nodes.add(Program.start(directory, environment, "node", "--config", config(2), "--buffer-messages", "2222"));
        nodes.add(Program.start(directory, "node", "--config", config(3)));
        for (int i = 1; i <= COUNT; i++) {
            nodes.get(i - 1).awaitErr("n" + i + " is up, and listens on " + address(i));
        }
    }

    void endInGoodOrder() throws Exception {
        try {
            for (Program node : nodes) {
                node.signal("TERM");
            }
            for (Program node : nodes) {
                assertEquals(0, node.awaitExit(), node::toString);
                assertEquals(List.of(), node.out());
            }
        } finally {
            nodes.forEach(Program::close);
        }
    }

    /** Of n1, n2 or n3. */
    String address(int number) {
        return "127.0.0.1:" + ports.get(number - 1);
    }

    /** The shipped one of a node, on another port. */
    String config(int number) throws IOException {
        return write(
                "node" + number + ".conf",
                "include required(file(\"" + shipped("node" + number + ".conf") + "\"))",
                "include required(file(\"" + directory.resolve(COMMON) + "\"))",
                "gapless.buffer-messages = 3333",
                "gapless.gateway.enabled = off",
                "pekko.remote.artery.canonical.port = " + ports.get(number - 1));
    }

    /** What all members have in common. On a busy machine the program is slow to answer, and that is not to be its end. */
    private void writeCommon() throws IOException {
        List<String> seeds = ports.stream()
                .map(port -> "\"pekko://gapless@127.0.0.1:" + port + "\"")
                .toList();
        write(
                COMMON,
                "include required(file(\"" + shipped("cluster.conf") + "\"))",
                "pekko.cluster.seed-nodes = [" + String.join(",", seeds) + "]",
                "pekko.cluster.split-brain-resolver { stable-after = 3s, down-all-when-unstable = 60s }",
                "pekko.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 25s",
                "gapless.drain-timeout = 20s",
                "pekko.cluster.failure-detector.acceptable-heartbeat-pause = 10s");
    }

    private static Path shipped(String name) {
        return Path.of("..", "..", "conf", name).toAbsolutePath().normalize();
    }

    /** The path of a file with these lines. */
    String write(String name, String... lines) throws IOException {
        return Files.write(directory.resolve(name), List.of(lines)).toString();
    }

    /** A command that joins them. */
    Program tool(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--seed", address(1), "--seed", address(2)));
        all.addAll(List.of("--config", directory.resolve(COMMON).toString(), "--join-timeout", "60s"));
        return Program.start(directory, all.toArray(String[]::new));
    }

    void awaitMembers(Predicate<List<String>> condition) throws Exception {
        awaitStatus(status -> condition.test(names(status)));
    }

    /** The nodes that are members, {@code ?} for one that does not answer. */
    static List<String> names(JsonNode status) {
        List<String> names = new ArrayList<>();
        status.get("members").forEach(member -> names.add(member.get("node").asText("?")));
        return names;
    }

    JsonNode awaitStatus(Predicate<JsonNode> condition) throws Exception {
        return json(awaitPrinted(printed -> condition.test(json(printed)), "--json"));
    }

    private static JsonNode json(List<String> printed) {
        try {
            return PayloadJson.JSON.readTree(String.join("\n", printed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> awaitPrinted(Predicate<List<String>> condition, String... options) throws Exception {
        String[] status = Stream.concat(Stream.of("status"), Stream.of(options)).toArray(String[]::new);
        return Status.await(() -> tool(status), condition);
    }
}
