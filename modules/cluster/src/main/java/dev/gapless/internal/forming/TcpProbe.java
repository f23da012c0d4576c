package dev.gapless.internal.forming;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/** Finds out whether somebody listens at an address, without the transport, which would try again for long, and log it. */
public final class TcpProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private TcpProbe() {}

    /** Does a node with these settings listen at a TCP port? */
    public static boolean isOverTcp(Config config) {
        return !config.getString("pekko.remote.artery.transport").equals("aeron-udp");
    }

    /** What is known of an address. */
    public enum Answer {
        /** Somebody does, and may be a node. */
        LISTENS,
        /** Its machine says that nobody does, or there is no such name. */
        REFUSES,
        /** It cannot be reached, whatever is there. */
        UNREACHABLE,
        /** Its name could not be looked up: nobody knows whether somebody is there. */
        UNKNOWN
    }

    /** Blocks, for about a second at most, and for as long as a lookup of its name takes. */
    public static Answer ask(String host, int port) {
        return ask(host, port, TIMEOUT);
    }

    static Answer ask(String host, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            connect(socket, host, port, timeout);
            return Answer.LISTENS;
        } catch (ConnectException | HostLookup.NoSuchHost e) {
            return Answer.REFUSES;
        } catch (UnknownHostException e) {
            return Answer.UNKNOWN;
        } catch (IOException | IllegalArgumentException e) {
            return Answer.UNREACHABLE;
        }
    }

    /**
     * Does somebody listen there, and keep the connection, as a node does? A proxy, or the published port of a container, with nobody behind
     * it ends it at once. Blocks, for about two seconds at most.
     */
    public static boolean isHeld(String host, int port) {
        try (Socket socket = new Socket()) {
            connect(socket, host, port, TIMEOUT);
            return staysOpen(socket);
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Throws IOException if nobody listens there. Blocks as {@link #ask} does. */
    public static void connect(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            connect(socket, host, port, TIMEOUT);
        }
    }

    private static void connect(Socket socket, String host, int port, Duration timeout) throws IOException {
        socket.connect(new InetSocketAddress(HostLookup.of(host), port), (int) timeout.toMillis());
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
