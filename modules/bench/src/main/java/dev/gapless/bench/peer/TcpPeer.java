package dev.gapless.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Messages one after the other over a socket, written in batches of 64 KiB: what the wire costs. */
final class TcpPeer implements Peer {
    private static final int MOST_BYTES = 64 << 10;

    private final int messageBytes;
    private final int batchBytes;

    TcpPeer(int messageBytes) {
        this.messageBytes = messageBytes;
        this.batchBytes = MOST_BYTES / messageBytes * messageBytes;
    }

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws IOException {
        return new Listener(receiver);
    }

    private final class Sender implements Publisher {
        private final List<Socket> sockets = new ArrayList<>();
        private final byte[] batch = new byte[batchBytes];
        private int filled;

        @Override
        public String address() {
            return "-";
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws IOException {
            for (String subscriber : subscribers) {
                int colon = subscriber.lastIndexOf(':');
                Socket socket = new Socket();
                socket.setTcpNoDelay(true);
                socket.connect(
                        new InetSocketAddress(
                                subscriber.substring(0, colon), Integer.parseInt(subscriber.substring(colon + 1))),
                        (int) Patience.CONNECT.toMillis());
                sockets.add(socket);
            }
        }

        @Override
        public void publish(byte[] message) throws IOException {
            System.arraycopy(message, 0, batch, filled, message.length);
            filled += message.length;
            if (filled == batch.length) {
                flush();
            }
        }

        @Override
        public void flush() throws IOException {
            if (filled > 0) {
                for (Socket socket : sockets) {
                    socket.getOutputStream().write(batch, 0, filled);
                }
                filled = 0;
            }
        }
    }

    private final class Listener implements PeerSide {
        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        private final Receiver receiver;

        Listener(Receiver receiver) throws IOException {
            this.receiver = receiver;
            Thread thread = new Thread(this::read, "tcp-subscriber");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void connect(String publisher, List<String> subscribers) {
            // the publisher does
        }

        private void read() {
            byte[] buffer = new byte[batchBytes];
            int filled = 0;
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                int read = in.read(buffer);
                while (read >= 0) {
                    filled += read;
                    int offset = 0;
                    for (; offset + messageBytes <= filled; offset += messageBytes) {
                        receiver.take(buffer, offset, messageBytes);
                    }
                    System.arraycopy(buffer, offset, buffer, 0, filled - offset);
                    filled -= offset;
                    read = in.read(buffer, filled, buffer.length - filled);
                }
                receiver.takeProblem("the publisher closed the connection");
            } catch (IOException e) {
                receiver.takeProblem(e.toString());
            }
        }
    }
}
