package dev.gapless.node;

import com.typesafe.config.Config;
import dev.gapless.internal.forming.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Tries where this node is to listen. If Pekko finds out by itself, it logs a stack trace first. */
final class ListenProbe {
    private static final String CANONICAL = "pekko.remote.artery.canonical.";
    private static final String BIND = "pekko.remote.artery.bind.";

    private ListenProbe() {}

    /** Throws Failure if the configured address cannot be listened on. */
    static void check(Config config) {
        String host = config.getString(either(config, "hostname"));
        if (config.getString("pekko.remote.artery.transport").equals("aeron-udp") || host.startsWith("<")) {
            return; // another kind of port; a name that Pekko replaces
        }
        int port = config.getInt(either(config, "port"));
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new Failure("cannot listen on " + host + ": unknown host" + setBy("hostname", "--host"), e);
        }
        try {
            tryOut(address, port);
        } catch (IOException e) {
            throw new Failure(why(address, host, port, e), e);
        }
    }

    private static String why(InetAddress address, String host, int port, IOException error) {
        try {
            tryOut(address, 0);
        } catch (IOException e) {
            return "cannot listen on " + host + ": is it an address of this machine? (" + Failure.reason(e) + ")"
                    + setBy("hostname", "--host");
        }
        return "cannot listen on " + new HostPort(host, port) + ": is the port in use? (" + Failure.reason(error) + ")"
                + setBy("port", "--port");
    }

    private static void tryOut(InetAddress address, int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, port));
        }
    }

    private static String either(Config config, String name) {
        return config.getString(BIND + name).isEmpty() ? CANONICAL + name : BIND + name;
    }

    private static String setBy(String name, String option) {
        return "; " + CANONICAL + name + ", or " + option + ", sets it";
    }
}
