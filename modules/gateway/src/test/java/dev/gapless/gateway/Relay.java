package dev.gapless.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A port through which a gateway is reached, and whose connections can be cut. */
final class Relay implements TestGateway.Client {
    private final ServerSocket server;
    private volatile int to;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean refuses;
    private volatile int refused;

    Relay(int to) throws IOException {
        this.to = to;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** Further connections go to this port. */
    void to(int port) {
        to = port;
    }

    int port() {
        return server.getLocalPort();
    }

    private static void start(Runnable what) {
        Thread thread = new Thread(what, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                if (refuses) {
                    refused++;
                    client.close();
                    continue;
                }
                Socket gateway = new Socket(InetAddress.getLoopbackAddress(), to);
                open.add(client);
                open.add(gateway);
                start(() -> pump(client, gateway));
                start(() -> pump(gateway, client));
            }
        } catch (IOException e) {
            // it was closed
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // either side has ended
        }
    }

    /** Ends all connections there are. {@return how many sockets that were} */
    int cut() throws IOException {
        List<Socket> all = List.copyOf(open);
        open.removeAll(all);
        for (Socket socket : all) {
            socket.close();
        }
        return all.size();
    }

    /** Ends all connections, and each that is opened meanwhile. */
    void refuse(boolean on) throws IOException {
        refuses = on;
        if (on) {
            cut();
        }
    }

    /** How many connections it has refused. */
    int refused() {
        return refused;
    }

    @Override
    public void close() {
        try {
            server.close();
            cut();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
