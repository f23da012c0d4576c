package dev.gapless.internal.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StandInSettingsTest {
    private static final Config OWN =
            ConfigFactory.parseString("""
                    pekko {
                      extensions = ["com.example.Application"]
                      library-extensions += "com.example.Library"
                      cluster { roles = ["backend", "prices"], seed-nodes = ["pekko://s@host:1"] }
                      coordinated-shutdown { exit-jvm = on, run-by-jvm-shutdown-hook = on }
                      remote.artery { canonical { hostname = "10.0.0.1", port = 25520 }, bind { hostname = "0.0.0.0", port = 25521 } }
                    }
                    gapless {
                      node-name = own
                      publishing = on
                      durability = journal
                      topics."a.b" { publishing = on, buffer-messages = 7 }
                    }
                    """).withFallback(ConfigFactory.load()).resolve();

    private final Config its = StandInSettings.of(OWN, "gone", List.of("prices", StandIns.ROLE), 0);

    @Test
    @DisplayName("a stand-in has the name of the node that is gone, and publishes nothing, to any topic")
    void publishesNothing() {
        assertEquals("gone", its.getString("gapless.node-name"));
        assertFalse(its.getBoolean("gapless.publishing"));
        assertFalse(its.getBoolean("gapless.topics.\"a.b\".publishing"));
    }

    @Test
    @DisplayName("it has nothing of the application, and does not end the process")
    void hasNothingOfTheApplication() {
        assertEquals(List.of(), its.getStringList("pekko.extensions"));
        assertEquals(
                List.of(
                        "org.apache.pekko.serialization.SerializationExtension$",
                        "dev.gapless.internal.node.GaplessExtension"),
                its.getStringList("pekko.library-extensions"));
        assertEquals(List.of("prices", "gapless-stand-in"), its.getStringList("pekko.cluster.roles"));
        assertEquals(List.of(), its.getStringList("pekko.cluster.seed-nodes"), "it joins those that are members");
        assertFalse(its.getBoolean("pekko.coordinated-shutdown.exit-jvm"));
        assertFalse(its.getBoolean("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook"));
    }

    @Test
    @DisplayName("it listens on the host of its node, at a port of its own, and stores and reads as that does")
    void hasTheRest() {
        assertEquals("10.0.0.1", its.getString("pekko.remote.artery.canonical.hostname"));
        assertEquals("0.0.0.0", its.getString("pekko.remote.artery.bind.hostname"));
        assertEquals(0, its.getInt("pekko.remote.artery.canonical.port"));
        assertEquals("", its.getString("pekko.remote.artery.bind.port"));
        assertEquals("journal", its.getString("gapless.durability"));
        assertEquals(7, its.getInt("gapless.topics.\"a.b\".buffer-messages"));
    }
}
