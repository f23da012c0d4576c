package dev.gapless;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;

/** A port in front of a node: nothing passes before it is opened or while it is held, and whoever has called by then waits. */
final class Door implements AutoCloseable {
    private final ServerSocket front;
    private final int behind;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch held = new CountDownLatch(0);

    Door() {
        behind = free();
        try {
            front = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Below the ports that the system gives to whoever asks for any: nobody gets it before the node does. */
    private static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // the next one
            }
        }
    }

    /** The port that others know. */
    int port() {
        return front.getLocalPort();
    }

    /** Where the node is to listen. */
    int behind() {
        return behind;
    }

    void open() {
        thread(() -> {
            while (!front.isClosed()) {
                Socket caller = front.accept();
                Socket node = new Socket(InetAddress.getLoopbackAddress(), behind);
                sockets.addAll(List.of(caller, node));
                thread(() -> pass(caller, node));
                thread(() -> pass(node, caller));
            }
        });
    }

    /** What comes from now on waits, and passes once the door is {@link #release}d. */
    void hold() {
        held = new CountDownLatch(1);
    }

    void release() {
        held.countDown();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // one of both ends is gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void pass(Socket from, Socket to) throws IOException {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] bytes = new byte[16_384];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                held.await();
                out.write(bytes, 0, read);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release();
        try {
            front.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
