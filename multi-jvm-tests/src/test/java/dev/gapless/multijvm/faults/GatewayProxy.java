package dev.gapless.multijvm.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A port through which clients reach a gateway, whichever port that has after a restart; it can cut, stall and refuse them. Thread-safe. */
final class GatewayProxy implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final int CHUNK_BYTES = 16 * 1024;

    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicLong cut = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong stalledBytes = new AtomicLong();
    private volatile int gateway;
    private volatile boolean refuses;
    private volatile boolean stalls;

    GatewayProxy() {
        try {
            server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The gateway is there from now on. */
    void to(int port) {
        gateway = port;
    }

    /** Ends all connections. */
    void cut() {
        List<Socket> all = new ArrayList<>(open);
        open.removeAll(all);
        all.forEach(GatewayProxy::close);
        cut.addAndGet(all.size());
    }

    /** Ends all connections, and each that is opened meanwhile. */
    void refuse(boolean on) {
        refuses = on;
        if (on) {
            cut();
        }
    }

    /** Keeps what comes, in both directions, until it goes on. */
    synchronized void stall(boolean on) {
        stalls = on;
        notifyAll();
    }

    /** Is a client connected? */
    boolean isUsed() {
        return !open.isEmpty();
    }

    /** How many sockets it has cut. */
    long cuts() {
        return cut.get();
    }

    /** How many connections it has refused. */
    long refusals() {
        return refused.get();
    }

    /** How many bytes it has kept for a while. */
    long stalledBytes() {
        return stalledBytes.get();
    }

    private static void start(Runnable what) {
        Thread thread = new Thread(what, "gateway-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            Socket client = null;
            try {
                client = server.accept();
                connect(client);
            } catch (IOException e) {
                if (client != null) {
                    close(client); // the gateway is not there
                }
            }
        }
    }

    private void connect(Socket client) throws IOException {
        if (refuses) {
            refused.incrementAndGet();
            client.setSoLinger(true, 0);
            client.close();
            return;
        }
        Socket to = new Socket(InetAddress.getLoopbackAddress(), gateway);
        client.setTcpNoDelay(true);
        to.setTcpNoDelay(true);
        open.add(client);
        open.add(to);
        start(() -> pump(client, to));
        start(() -> pump(to, client));
    }

    private void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                goesOn(length);
                out.write(chunk, 0, length);
            }
        } catch (IOException e) {
            // either side has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private synchronized void goesOn(int bytes) throws InterruptedException {
        if (stalls) {
            stalledBytes.addAndGet(bytes);
        }
        while (stalls) {
            wait();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is over
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stall(false);
        cut();
    }
}
