package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NodeCommandTest {
    private static List<String> seedsWithoutItself(String seeds) {
        Config config = ConfigFactory.parseString("pekko.cluster.seed-nodes = " + seeds);
        return NodeCommand.withOthersAsSeeds(config, "127.0.0.1:25521").getStringList("pekko.cluster.seed-nodes");
    }

    @Test
    void aSeedNodeThatWasRemovedAsksTheOthersAndFormsNoClusterOfItsOwn() {
        assertEquals(
                List.of("pekko://gapless@127.0.0.1:25522"),
                seedsWithoutItself("[\"pekko://gapless@127.0.0.1:25521\", \"pekko://gapless@127.0.0.1:25522\"]"));
    }

    @Test
    @DisplayName(
            "ruleM4: who gave way asks those that it gave way to first, then the other seed nodes, and forms no cluster")
    void whoGaveWayJoinsThoseThatItGaveWayTo() {
        String seed = "pekko://gapless@127.0.0.1:";
        Config config = ConfigFactory.parseString(
                "pekko.cluster.seed-nodes = [\"" + seed + "25521\", \"" + seed + "25522\", \"" + seed + "25523\"]");
        assertEquals(
                List.of(seed + "25523", seed + "25522"),
                NodeCommand.withFirstSeed(config, seed + "25523", "127.0.0.1:25521")
                        .getStringList("pekko.cluster.seed-nodes"));
        Config alone = ConfigFactory.parseString("pekko.cluster.seed-nodes = [\"" + seed + "25521\"]");
        assertEquals(
                List.of(seed + "25522"),
                NodeCommand.withFirstSeed(alone, seed + "25522", "127.0.0.1:25521")
                        .getStringList("pekko.cluster.seed-nodes"));
    }

    @Test
    void aNodeThatShutsDownAlreadyIsNotSaidToBeUp() {
        String anyPort = "pekko.remote.artery.canonical { hostname = \"127.0.0.1\", port = 0 }";
        NodeCommand command = new NodeCommand(new Termination());
        Config config = ProgramConfig.of(ConfigFactory.parseString(anyPort), null, new CommandLine(command));
        try (Member member = Member.start(config)) {
            StringWriter told = new StringWriter();
            NodeCommand.tellUp(member, new PrintWriter(told));
            assertTrue(told.toString().contains(" is up"), told.toString());
            told.getBuffer().setLength(0);
            CoordinatedShutdown.get(member.system()).runAll(CoordinatedShutdown.unknownReason());
            NodeCommand.tellUp(member, new PrintWriter(told));
            assertEquals("", told.toString());
        }
    }

    @Test
    void theOnlySeedNodeHasNobodyElseToAsk() {
        String itself = "pekko://gapless@127.0.0.1:25521";
        assertEquals(List.of(itself), seedsWithoutItself("[\"" + itself + "\"]"));
    }
}
