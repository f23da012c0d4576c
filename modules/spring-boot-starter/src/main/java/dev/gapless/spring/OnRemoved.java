package dev.gapless.spring;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Locale;

/** What happens when this node was removed from the cluster: {@code gapless.on-removed}. */
public enum OnRemoved {
    /** The application closes, and its process ends with status 1. */
    EXIT,
    /** The process stays; its liveness is BROKEN, and its health DOWN. */
    HEALTH;

    private static final String KEY = "gapless.on-removed";
    private static final String EXIT_TIMEOUT = "gapless.exit-timeout";

    static OnRemoved of(Config config) {
        String value = config.getString(KEY);
        for (OnRemoved each : values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
                return each;
            }
        }
        throw new ConfigException.BadValue(
                config.getValue(KEY).origin(),
                KEY,
                "it is exit or health, not " + value
                        + ". There is no restart within the process: tables, producers and subscriptions that"
                        + " the application has would go on belonging to the actor system that has ended");
    }

    /** How long the application may take to close before its process ends without that. */
    static Duration exitTimeout(Config config) {
        Duration timeout = config.getDuration(EXIT_TIMEOUT);
        if (timeout.isZero() || timeout.isNegative()) {
            throw new ConfigException.BadValue(
                    config.getValue(EXIT_TIMEOUT).origin(), EXIT_TIMEOUT, "it is longer than nothing, not " + timeout);
        }
        return timeout;
    }
}
