package dev.gapless.internal.node;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Finds out whether somebody listens at an address, without the transport, which would try again for long, and log it. */
final class TcpProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private TcpProbe() {}

    enum Answer {
        /** Somebody does, and may be a node. */
        LISTENS,
        /** Its machine says that nobody does. */
        REFUSES,
        /** It cannot be reached, or is not known. */
        UNREACHABLE
    }

    /** Blocks, for about a second at most. */
    static Answer ask(String host, int port) {
        try (Socket socket = new Socket()) {
            connect(socket, host, port);
            return Answer.LISTENS;
        } catch (ConnectException e) {
            return Answer.REFUSES;
        } catch (IOException | IllegalArgumentException e) {
            return Answer.UNREACHABLE;
        }
    }

    /**
     * Does somebody listen there, and keep the connection, as a node does? A proxy, or the published port of a container, with nobody behind
     * it ends it at once. Blocks, for about two seconds at most.
     */
    static boolean isHeld(String host, int port) {
        try (Socket socket = new Socket()) {
            connect(socket, host, port);
            return staysOpen(socket);
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static void connect(Socket socket, String host, int port) throws IOException {
        socket.connect(new InetSocketAddress(host, port), (int) TIMEOUT.toMillis());
    }

    private static boolean staysOpen(Socket socket) throws IOException {
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }
}
