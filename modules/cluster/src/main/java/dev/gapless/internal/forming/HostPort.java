package dev.gapless.internal.forming;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.Address;

/**
 * Where a node is found.
 *
 * @param host a name or an IP address
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    /** HOST:PORT. Throws IllegalArgumentException. */
    public static HostPort parse(String text) {
        if (text.contains("@")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not HOST:PORT; what stands before the @ is for --system");
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : unbracketed(text.substring(0, colon));
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/')) {
            throw new IllegalArgumentException("'" + text + "' is not HOST:PORT");
        }
        var unused = inAddress(host);
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 1 && port <= 65535) {
                return new HostPort(host, port);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("'" + text + "' is not HOST:PORT, a port is a number from 1 to 65535");
    }

    /** That of an actor system's address, such as {@code pekko://gapless@host:2551}. */
    public static HostPort of(Address address) {
        String host = address.getHost().orElse("");
        return new HostPort(unbracketed(host), address.getPort().orElse(0));
    }

    static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * As a host stands in an address: an IPv6 address in brackets, as Pekko finds it there. Throws IllegalArgumentException if Pekko finds none
     * there.
     */
    public static String inAddress(String host) {
        if (host.contains("_")) {
            throw new IllegalArgumentException("'" + host
                    + "' has a _, with which Pekko reaches no node: use another name of that host, or its IP address");
        }
        return bracketed(host);
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /**
     * The addresses under which the actor system there may know itself. It answers to one way of writing its host alone, so
     * a name is tried as its IP address, too.
     */
    public List<Address> addresses(String system) {
        List<Address> addresses = new ArrayList<>();
        addresses.add(new Address("pekko", system, bracketed(host), port));
        try {
            String ip = HostLookup.of(host).getHostAddress();
            if (!ip.equals(host)) {
                addresses.add(new Address("pekko", system, bracketed(ip), port));
            }
        } catch (UnknownHostException e) {
            // The join will say so.
        }
        return addresses;
    }

    @Override
    public String toString() {
        return bracketed(host) + ":" + port;
    }
}
