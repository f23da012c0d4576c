package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node forms a cluster beside that of another one, which looks for it, since it lists only itself as a seed node. */
@Tag("thorough")
@Tag("day0")
@Timeout(600)
class GivingWayTest {
    @TempDir
    private Path directory;

    private final int olderPort = Ports.free();
    private final int youngerPort = Ports.free();
    private Program older;

    @BeforeEach
    void startTheOlder() throws Exception {
        older = Program.start(directory, "node", "--config", file("older", olderPort, olderPort, youngerPort));
        older.awaitErr("older is up");
    }

    @AfterEach
    void endIt() {
        older.close();
    }

    private String file(String name, int port, int... seedPorts) throws Exception {
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        List<String> seeds = new ArrayList<>();
        for (int seedPort : seedPorts) {
            seeds.add("\"pekko://gapless@127.0.0.1:" + seedPort + '"');
        }
        return Files.write(
                        directory.resolve(name + ".conf"),
                        List.of(
                                "include required(file(\"" + cluster + "\"))",
                                "gapless { node-name = " + name + ", other-cluster-grace = 2s, ready-timeout = 2s }",
                                "pekko.remote.artery.canonical.port = " + port,
                                "pekko.cluster.seed-nodes = " + seeds))
                .toString();
    }

    private Program startTheYounger(String... options) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("node", "--config", file("younger", youngerPort, youngerPort)));
        arguments.addAll(List.of(options));
        Program younger = Program.start(directory, arguments.toArray(String[]::new));
        younger.awaitErr("younger is up");
        return younger;
    }

    @Test
    @DisplayName("ruleM4: a node that gives way ends with status 1, and says why")
    void aNodeThatGivesWayEndsAndSaysWhy() throws Exception {
        try (Program younger = startTheYounger()) {
            assertEquals(1, younger.awaitExit(), younger::toString);
            younger.awaitErr("127.0.0.1:" + youngerPort
                    + " has stopped: its cluster gave way to another one with the same id, whose oldest member is at 127.0.0.1:"
                    + olderPort);
        }
    }

    @Test
    @DisplayName("ruleM4: a node that gives way joins those that it gave way to, with --rejoin")
    void aNodeThatGivesWayJoinsTheOthersWithRejoin() throws Exception {
        try (Program younger = startTheYounger("--rejoin")) {
            younger.awaitErr("127.0.0.1:" + youngerPort + " joins 127.0.0.1:" + olderPort);
            younger.await(
                    "second incarnation",
                    () -> younger.err().stream()
                                    .filter(line -> line.startsWith("younger is up"))
                                    .count()
                            == 2);
            Status.awaitMembers(directory, "127.0.0.1:" + youngerPort, "older", "younger");
        }
    }
}
