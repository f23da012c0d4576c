package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.pekko.actor.CoordinatedShutdown;
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
