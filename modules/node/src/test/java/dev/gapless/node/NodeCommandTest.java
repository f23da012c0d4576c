package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    void theOnlySeedNodeHasNobodyElseToAsk() {
        String itself = "pekko://gapless@127.0.0.1:25521";
        assertEquals(List.of(itself), seedsWithoutItself("[\"" + itself + "\"]"));
    }
}
