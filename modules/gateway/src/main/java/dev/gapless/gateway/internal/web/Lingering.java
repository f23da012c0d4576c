package dev.gapless.gateway.internal.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Sockets that the gateway has closed while their clients may still send. A system that closes a socket with bytes unread, or gets more of
 * them afterwards, resets the connection, and the client loses what it was told last: why. So the gateway says that nothing more comes, and
 * drops what the client sends, until it closes its side too, for a bounded time. Thread-safe.
 */
final class Lingering {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int READ_BYTES = 16 << 10;
    /** So often in one look, so that one who sends without end keeps no thread. */
    private static final int READS = 64;

    private final BiConsumer<Duration, Runnable> later;
    private final long timeoutNs;
    private final int most;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    private record Socket(SocketChannel channel, Runnable close, long sinceNs) {}

    /**
     * @param later runs something after a time
     * @param most so many at once; or a few more; any further one is closed at once
     */
    Lingering(BiConsumer<Duration, Runnable> later, Duration timeout, int most) {
        this.later = later;
        this.timeoutNs = timeout.toNanos();
        this.most = most;
    }

    /** Closes this socket once its client has closed its side, or the time is over. */
    void close(SocketChannel channel, Runnable close) {
        if (over || open.size() >= most) {
            close.run();
            return;
        }
        Socket socket = new Socket(channel, close, System.nanoTime());
        open.add(socket);
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            end(socket); // the connection is gone
            return;
        }
        look(socket);
    }

    private void look(Socket socket) {
        if (over || hasEnded(socket.channel) || System.nanoTime() - socket.sinceNs > timeoutNs) {
            end(socket);
        } else {
            later.accept(LOOK, () -> look(socket));
        }
    }

    /** Drops what there is. {@return whether nothing more comes} */
    private static boolean hasEnded(SocketChannel channel) {
        ByteBuffer dropped = ByteBuffer.allocate(READ_BYTES);
        try {
            for (int i = 0; i < READS; i++) {
                int read = channel.read(dropped.clear());
                if (read <= 0) {
                    return read < 0;
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private void end(Socket socket) {
        if (open.remove(socket)) {
            socket.close.run();
        }
    }

    /** Closes those that linger, and from now on any other at once. */
    void close() {
        over = true;
        open.forEach(this::end);
    }
}
