package dev.gapless.internal.node;

import com.typesafe.config.ConfigException;
import org.apache.pekko.actor.Address;

/** The address at which other nodes look for this one. */
final class SelfAddress {
    private static final String KEY = "pekko.remote.artery.canonical.hostname";

    private SelfAddress() {}

    /**
     * Host and port. Throws ConfigException if no other node finds this one there: Pekko reads an address as a URI, in which an IPv6 address has
     * brackets, and a host no underscore.
     */
    static String hostPort(Address address) {
        String host = address.getHost().orElse("");
        if (host.contains(":") && !host.startsWith("[")) {
            throw new ConfigException.BadValue(
                    KEY, "it is " + host + ", and other nodes find an IPv6 address in brackets alone: [" + host + "]");
        }
        if (host.contains("_")) {
            throw new ConfigException.BadValue(
                    KEY,
                    "it is " + host
                            + ", and no node finds a host whose name has a _: use another name of that host, or its IP"
                            + " address");
        }
        return ClusterMembers.hostPort(address);
    }
}
