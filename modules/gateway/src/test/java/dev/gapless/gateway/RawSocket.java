package dev.gapless.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that does what no library lets it do. */
final class RawSocket implements TestGateway.Client {
    static final String UPGRADE = String.join(
            "\r\n",
            "GET /api/ws HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "",
            "");

    private final Socket socket = new Socket();
    private final InputStream in;

    RawSocket(int port) {
        this(port, "127.0.0.1");
    }

    /** From another address of this machine. */
    RawSocket(int port, String from) {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), from);
    }

    /** To another address of this machine. */
    static RawSocket to(String address, int port) {
        return new RawSocket(new InetSocketAddress(address, port), "127.0.0.1");
    }

    private RawSocket(InetSocketAddress to, String from) {
        try {
            socket.bind(new InetSocketAddress(from, 0));
            socket.setReceiveBufferSize(4 << 10);
            socket.setSoTimeout((int) TestGateway.DEADLINE.toMillis());
            socket.connect(to);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawSocket send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawSocket send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A frame of a WebSocket, masked with zeros. */
    RawSocket frame(int opcode, byte[] payload) {
        byte[] frame = new byte[8 + payload.length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (0x80 | 126);
        frame[2] = (byte) (payload.length >> 8);
        frame[3] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 8, payload.length);
        return send(frame);
    }

    RawSocket text(String text) {
        return frame(1, text.getBytes(StandardCharsets.UTF_8));
    }

    void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until this came, or the end. {@return all that it read} */
    String readTo(String text) {
        StringBuilder all = new StringBuilder();
        try {
            socket.setSoTimeout((int) TestGateway.DEADLINE.toMillis());
            while (all.indexOf(text) < 0) {
                int next = in.read();
                if (next < 0) {
                    return all.toString();
                }
                all.append((char) next);
            }
            return all.toString();
        } catch (IOException e) {
            return all + " " + e;
        }
    }

    /** Does nothing come for so long? What comes is read. */
    boolean isSilent(int ms) {
        try {
            socket.setSoTimeout(ms);
            in.read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads to the end. */
    String readAll() {
        return readTo("\0\0\0 never \0");
    }

    /** Ends the connection at once, as a client does whose process dies with bytes unread. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
