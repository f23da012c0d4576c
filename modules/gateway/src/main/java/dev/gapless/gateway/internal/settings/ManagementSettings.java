package dev.gapless.gateway.internal.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code gapless.management} of the configuration. Immutable.
 *
 * @param port empty: there is none
 * @param address what it listens on
 * @param insecure may it listen on another address than a loopback address?
 * @param maxConnections so many at once
 */
public record ManagementSettings(OptionalInt port, String address, boolean insecure, int maxConnections) {
    private static final String AT = "gapless.management.";
    private static final Set<String> OFF = Set.of("off", "false", "no");

    /** Throws ConfigException for a value that cannot be. */
    static ManagementSettings of(Config all) {
        Config config = all.getConfig("gapless.management");
        return new ManagementSettings(
                OFF.contains(config.getString("port"))
                        ? OptionalInt.empty()
                        : OptionalInt.of(within(config, "port", 0, 65_535)),
                config.getString("address"),
                config.getBoolean("insecure"),
                within(config, "max-connections", 1, 100_000));
    }

    private static int within(Config config, String key, int least, int most) {
        int value = config.getInt(key);
        if (value < least || value > most) {
            throw new ConfigException.BadValue(
                    config.getValue(key).origin(), AT + key, "it is " + least + " to " + most + ", not " + value);
        }
        return value;
    }

    /** Throws IllegalStateException for an address that others reach, unless the setting says that they may. */
    public void checkAddress() {
        if (port.isEmpty() || insecure) {
            return;
        }
        try {
            if (InetAddress.getByName(address).isLoopbackAddress()) {
                return;
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException("gapless.management.address is no address: " + address, e);
        }
        throw new IllegalStateException("gapless.management.address = " + address
                + " is no loopback address, and the management port asks nobody for a credential. Set"
                + " gapless.management.insecure = on if only those reach it who may see the names of topics, nodes and"
                + " clients, or leave it on 127.0.0.1");
    }
}
