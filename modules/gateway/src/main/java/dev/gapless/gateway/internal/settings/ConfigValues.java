package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.util.Optional;

/** Values of {@code gapless.gateway}, and what is said of those that cannot be. */
final class ConfigValues {
    private static final String AT = "gapless.gateway.";

    private ConfigValues() {}

    /** The file that it names; empty if it names none. Throws ConfigException. */
    static Optional<Path> path(Config config, String key) {
        String value = config.getString(key);
        try {
            return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue(config.getValue(key).origin(), AT + key, "it is no path: " + value, e);
        }
    }

    /** Names the setting, and where it stands. */
    static ConfigException refused(Config config, String key, String why) {
        return new ConfigException.BadValue(config.getValue(key).origin(), AT + key, why);
    }
}
