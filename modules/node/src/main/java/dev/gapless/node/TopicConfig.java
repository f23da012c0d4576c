package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import dev.gapless.core.Limits;
import dev.gapless.core.Overflow;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What {@code publish} and {@code subscribe} set for their topic. */
final class TopicConfig {
    private TopicConfig() {}

    static Config of(String topic, Overflow overflow, CommandLine command) {
        try {
            Limits.checkGivenName("topic's name", topic);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--topic: " + e.getMessage(), e);
        }
        return ConfigFactory.empty("the options")
                .withValue(
                        ConfigUtil.joinPath("gapless", "topics", topic, "overflow"),
                        ConfigValueFactory.fromAnyRef(overflow.name().toLowerCase(Locale.ROOT)));
    }
}
