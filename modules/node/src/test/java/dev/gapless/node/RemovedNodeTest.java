package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose process stood still until the other members of its cluster removed it. */
@Tag("thorough")
@Tag("day0")
@Timeout(600)
@Order(2) // takes long
class RemovedNodeTest {
    @TempDir
    private static Path directory;

    private static ThreeNodes nodes;

    @BeforeAll
    static void startThreeNodes() throws Exception {
        nodes = ThreeNodes.start(directory);
    }

    @AfterAll
    static void theyEndInGoodOrderWhenAsked() throws Exception {
        nodes.endInGoodOrder();
    }

    @Test
    void aNodeThatWasRemovedWhileItStoodStillSaysSoAndEndsWithOne() throws Exception {
        String file = nodes.write(
                "node4.conf",
                "include required(file(\"" + nodes.config(3) + "\"))",
                "gapless.node-name = n4",
                "pekko.remote.artery.canonical.port = 0");
        try (Program node = Program.start(directory, "node", "--config", file)) {
            node.awaitErr("n4 is up");
            node.signal("STOP");
            nodes.awaitMembers(members -> !members.contains("n4") && !members.contains("?"));
            node.signal("CONT");
            assertEquals(1, node.awaitExit(), node::toString);
            assertTrue(
                    node.err().stream().anyMatch(line -> line.contains("this node was removed from the cluster")),
                    node::toString);
        }
    }

    @Test
    void aNodeThatWasRemovedJoinsAnewByItselfIfItIsToldTo() throws Exception {
        String file = nodes.write(
                "node5.conf",
                "include required(file(\"" + nodes.config(3) + "\"))",
                "gapless.node-name = n5",
                "pekko.remote.artery.canonical.port = 0");
        try (Program node = Program.start(directory, "node", "--rejoin", "--config", file)) {
            node.awaitErr("n5 is up");
            node.signal("STOP");
            nodes.awaitMembers(members -> !members.contains("n5") && !members.contains("?"));
            node.signal("CONT");
            node.awaitErr("was removed from the cluster, and joins anew");
            node.await(
                    "the new incarnation",
                    () -> node.err().stream()
                                    .filter(line -> line.startsWith("n5 is up"))
                                    .count()
                            == 2);
            nodes.awaitMembers(members -> members.contains("n5"));
            node.signal("TERM");
            assertEquals(0, node.awaitExit(), node::toString);
        }
    }
}
