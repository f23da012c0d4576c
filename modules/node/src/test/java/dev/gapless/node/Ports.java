package dev.gapless.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for nodes that have to know each other's. */
final class Ports {
    private static final Set<Integer> GIVEN = new TreeSet<>();

    private Ports() {}

    /** A free one, below those that the system gives to whoever asks for any. */
    static synchronized int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(socket.getLocalPort())) {
                    return port;
                }
            } catch (IOException taken) {
                // the next one
            }
        }
    }
}
