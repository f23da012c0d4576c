package dev.gapless.internal.takeover;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.List;

/** The settings of a stand-in: those of the node that runs it, but for what is the application's. */
final class StandInSettings {
    private static final Duration LONGEST_JOIN = Duration.ofSeconds(30);

    private static final String OVERRIDES = """
        pekko {
          extensions = []
          jvm-shutdown-hooks = off
          log-dead-letters = off
          remote.artery { canonical.port = %d, bind.port = "" }
          coordinated-shutdown {
            exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = on, terminate-actor-system = on
          }
          cluster {
            seed-nodes = []
            shutdown-after-unsuccessful-join-seed-nodes = %ds
            run-coordinated-shutdown-when-down = on
            jmx.multi-mbeans-in-same-jvm = on
          }
        }
        """;

    private StandInSettings() {}

    /**
     * Those of one that stands in for this node.
     *
     * @param own of the node that runs it
     * @param roles that it has
     * @param port where it listens; 0 for any free one
     */
    static Config of(Config own, String node, List<String> roles, int port) {
        Config its = ConfigFactory.parseString(OVERRIDES.formatted(port, LONGEST_JOIN.toSeconds()))
                .withFallback(own)
                .withValue("pekko.library-extensions", value(extensions(own)))
                .withValue("gapless.node-name", value(node))
                .withValue("pekko.cluster.roles", value(roles))
                .withValue("gapless.publishing", value(false));
        for (String topic : own.getObject("gapless.topics").keySet()) {
            its = its.withValue("gapless.topics." + ConfigUtil.quoteString(topic) + ".publishing", value(false));
        }
        return its;
    }

    private static List<String> extensions(Config own) {
        return own.getStringList("pekko.library-extensions").stream()
                .filter(name -> name.startsWith("org.apache.pekko.serialization.") || name.startsWith("dev.gapless."))
                .toList();
    }

    private static ConfigValue value(Object value) {
        return ConfigValueFactory.fromAnyRef(value, "stand-in");
    }
}
