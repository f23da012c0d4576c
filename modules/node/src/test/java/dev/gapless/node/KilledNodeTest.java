package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the others say of a node that is killed, with the shipped configuration of nodes and of their logs. */
@Timeout(600)
@Tag("thorough")
@Tag("day1")
class KilledNodeTest {
    private static final int SIGKILL_STATUS = 137;
    private static final int HANDFUL = 8;
    private static final String SAYS = "gateway: ";

    @TempDir
    private Path directory;

    private final int seed = Ports.free();
    private final int killedPort = Ports.free();

    @Test
    void aNodeThatIsKilledCostsTheLogOfEachOtherNodeAHandfulOfLinesThatNameIt() throws Exception {
        Files.copy(shipped("logback.xml"), directory.resolve("logback.xml"));
        try (Program first = node("n1", seed);
                Program second = node("n2", 0)) {
            first.awaitErr("n1 is up");
            second.awaitErr("n2 is up");
            List<Program> others = List.of(first, second);
            try (Program killed = node("n3", killedPort);
                    Program subscriber = subscriber(second)) {
                killed.awaitErr("n3 is up");
                subscriber.awaitErr("ready: topic killed");
                publish(killed);
                subscriber.await("the message", () -> subscriber.events("event").size() == 1);
                List<Integer> before =
                        others.stream().map(node -> node.err().size()).toList();

                killed.signal("KILL");

                assertEquals(SIGKILL_STATUS, killed.awaitExit());
                subscriber.await(
                        "the loss", () -> subscriber.events("cursor_expired").size() == 1);
                second.awaitErr("missed messages of producer n3 (PRODUCER_LOST)");
                for (int i = 0; i < others.size(); i++) {
                    assertHandful(others.get(i)
                            .err()
                            .subList(before.get(i), others.get(i).err().size()));
                }
            }
        }
    }

    private void assertHandful(List<String> lines) {
        assertTrue(lines.size() <= HANDFUL, () -> lines.size() + " lines: " + String.join("\n", lines));
        List<String> unreachable =
                lines.stream().filter(line -> line.contains("UNREACHABLE")).toList();
        assertEquals(1, unreachable.size(), () -> String.join("\n", lines));
        assertTrue(unreachable.get(0).contains("@127.0.0.1:" + killedPort), () -> String.join("\n", lines));
    }

    private Program node(String name, int port) throws Exception {
        List<String> lines = new ArrayList<>(List.of(
                "include required(file(\"" + shipped("cluster.conf") + "\"))",
                "gapless { node-name = " + name + ", gateway.port = 0 }",
                "pekko.remote.artery.canonical.port = " + port,
                "pekko.cluster.seed-nodes = [\"pekko://gapless@127.0.0.1:" + seed + "\"]",
                // On a busy machine the program is slow to answer, and that is no end.
                "pekko.cluster.failure-detector.acceptable-heartbeat-pause = 10s"));
        Path file = Files.write(directory.resolve(name + ".conf"), lines);
        return Program.start(directory, "node", "--config", file.toString());
    }

    private Program subscriber(Program node) throws Exception {
        return Program.start(directory, "subscribe", "--topic", "killed", "--url", url(node));
    }

    private void publish(Program node) throws Exception {
        try (Program publisher = Program.start(directory, "publish", "--topic", "killed", "--url", url(node))) {
            publisher.write(List.of("{\"n\":1}"));
            publisher.endInput();
            assertEquals(0, publisher.awaitExit(), publisher::toString);
        }
    }

    private static String url(Program node) throws Exception {
        node.awaitErr(SAYS);
        return node.err().stream()
                .filter(line -> line.startsWith(SAYS))
                .findFirst()
                .orElseThrow()
                .substring(SAYS.length());
    }

    private static Path shipped(String name) {
        return Path.of("..", "..", "conf", name).toAbsolutePath().normalize();
    }
}
