package dev.gapless.internal.node;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
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
            socket.connect(new InetSocketAddress(host, port), (int) TIMEOUT.toMillis());
            return Answer.LISTENS;
        } catch (ConnectException e) {
            return Answer.REFUSES;
        } catch (IOException | IllegalArgumentException e) {
            return Answer.UNREACHABLE;
        }
    }
}
