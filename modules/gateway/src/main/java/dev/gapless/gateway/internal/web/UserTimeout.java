package dev.gapless.gateway.internal.web;

import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the operating system end connections whose client acknowledges nothing any more: one that vanished without a word takes comments into
 * its send buffer for a quarter of an hour else. Java does not know this option of sockets (TCP_USER_TIMEOUT). Those that are accepted
 * inherit it from the one that listens. Linux alone: elsewhere nothing happens.
 */
final class UserTimeout {
    private static final Logger LOG = LoggerFactory.getLogger(UserTimeout.class);
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final String SOCKET = "socket:[";

    private UserTimeout() {}

    /** For all connections to this port that are accepted from now on. {@return whether that could be done} */
    @SuppressWarnings("CatchingUnchecked") // of native code
    static boolean set(int port, Duration timeout) {
        try {
            if (!Epoll.isAvailable()) {
                return false;
            }
            List<Integer> listening = descriptors(port, 0);
            for (int descriptor : listening) {
                // Never registered and never closed: it belongs to the server.
                new EpollSocketChannel(descriptor).config().setTcpUserTimeout(Math.toIntExact(timeout.toMillis()));
            }
            return !listening.isEmpty();
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.info("The operating system does not end connections that acknowledge nothing: {}", e.toString());
            return false;
        }
    }

    /** What this process calls the sockets of this port and the other side's; 0 of the one that listens. */
    static List<Integer> descriptors(int port, int remotePort) throws IOException {
        Set<String> names = new HashSet<>();
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                for (String line : Files.readAllLines(table)) {
                    String[] columns = line.strip().split("\\s+", -1);
                    if (columns.length > 9 && ends(columns[1], port) && ends(columns[2], remotePort)) {
                        names.add(SOCKET + columns[9] + "]");
                    }
                }
            }
        }
        List<Integer> descriptors = new ArrayList<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(OPEN)) {
            for (Path one : open) {
                if (names.contains(target(one))) {
                    descriptors.add(Integer.valueOf(one.getFileName().toString()));
                }
            }
        }
        return descriptors;
    }

    private static boolean ends(String address, int port) {
        return address.endsWith(String.format(Locale.ROOT, ":%04X", port));
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
