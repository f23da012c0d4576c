package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
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

    /** A whole number within bounds. Throws ConfigException. */
    static int within(Config config, String key, int least, int most) {
        int value = config.getInt(key);
        if (value < least || value > most) {
            throw refused(config, key, "it is " + least + " to " + most + ", not " + value);
        }
        return value;
    }

    /** Throws ConfigException unless it is more than 0. */
    static Duration positive(Config config, String key) {
        Duration value = config.getDuration(key);
        if (value.isZero() || value.isNegative() || value.compareTo(Duration.ofDays(100)) > 0) {
            throw refused(config, key, "it is more than 0 and at most 100 days, not " + value);
        }
        return value;
    }

    /** A number of bytes. Throws ConfigException. */
    static int bytes(Config config, String key, int least) {
        long value = config.getBytes(key);
        if (value < least || value > 1 << 30) {
            throw refused(config, key, "it is of " + least + " bytes to 1 GiB, not " + value);
        }
        return (int) value;
    }
}
