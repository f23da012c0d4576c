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
        /** Its machine says that nobody does, or whoever takes connections for it (a proxy, a port of a container) has nobody behind it. */
        REFUSES,
        /** It cannot be reached, or is not known. */
        UNREACHABLE
    }

    /** Blocks, for about two seconds at most. A node says nothing before the other side does, and keeps the connection. */
    static Answer ask(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) TIMEOUT.toMillis());
            return staysOpen(socket) ? Answer.LISTENS : Answer.REFUSES;
        } catch (ConnectException e) {
            return Answer.REFUSES;
        } catch (IOException | IllegalArgumentException e) {
            return Answer.UNREACHABLE;
        }
    }

    private static boolean staysOpen(Socket socket) {
        try {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false; // reset
        }
    }
}
