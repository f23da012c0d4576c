package dev.gapless.multijvm.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;

/** One connection through the proxy: from the caller to the node behind it, and back. */
final class Connection {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** An Artery connection begins with AKKA and a byte that says what it carries. */
    private static final int STREAM_ID_AT = 4;

    private static final int MESSAGES_STREAM = 2;

    private final Link link;
    private final Socket caller;
    private final Socket node;
    private volatile boolean carriesMessages;
    private volatile boolean open = true;

    Connection(Link link, Socket caller, Socket node) {
        this.link = link;
        this.caller = caller;
        this.node = node;
    }

    void start() {
        link.opened(this);
        Daemon.start("proxy-" + link, this::forward);
    }

    boolean carriesMessages() {
        return carriesMessages;
    }

    boolean isOpen() {
        return open;
    }

    void reset() {
        open = false;
        resetQuietly(caller);
        resetQuietly(node);
        link.closed(this);
    }

    static void resetQuietly(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it was closed already
        }
    }

    private void forward() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = caller.getInputStream();
                OutputStream out = node.getOutputStream()) {
            int length = in.readNBytes(buffer, 0, STREAM_ID_AT + 1);
            if (length == STREAM_ID_AT + 1) {
                carriesMessages = buffer[STREAM_ID_AT] == MESSAGES_STREAM;
            }
            if (carriesMessages && link.mode(true) == Link.Mode.STORE) {
                passStored(Arrays.copyOf(buffer, length), in);
                return;
            }
            Daemon.start("proxy-back-" + link, this::backward);
            while (length > 0) {
                Link.Mode mode = link.admit(this, length);
                if (mode == Link.Mode.PASS) {
                    out.write(buffer, 0, length);
                    link.passed(this, length);
                } else if (mode == Link.Mode.REFUSE) {
                    link.swallowed(length);
                    link.refused();
                    break;
                } else {
                    link.swallowed(length);
                }
                length = in.read(buffer);
            }
        } catch (IOException | InterruptedException e) {
            // one of both ends is gone, or it was reset
        } finally {
            reset();
        }
    }

    /** Reads on although nobody is behind the proxy; whoever is there when the link heals gets all of it. */
    private void passStored(byte[] begin, InputStream in) throws IOException, InterruptedException {
        SocketAddress behind = node.getRemoteSocketAddress();
        node.close();
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        stored.writeBytes(begin);
        Daemon.start("proxy-store-" + link, () -> store(in, stored));
        if (!link.awaitHealed(this)) {
            return;
        }
        try (Socket successor = new Socket()) {
            successor.connect(behind);
            synchronized (stored) {
                stored.writeTo(successor.getOutputStream());
                link.passed(this, stored.size());
            }
            successor.shutdownOutput();
            successor.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Ends with the connection, which is reset when the link has healed. What was not read then is lost. */
    private void store(InputStream in, ByteArrayOutputStream stored) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                synchronized (stored) {
                    stored.write(buffer, 0, length);
                }
                link.stored(length);
            }
        } catch (IOException e) {
            // the caller has reset it: what came until then is kept
        }
    }

    private void backward() {
        try (InputStream in = node.getInputStream();
                OutputStream out = caller.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // as above
        } finally {
            reset();
        }
    }
}
