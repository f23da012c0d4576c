package dev.gapless.bench.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** With TLS, by the JDK's engine. Whose certificate it is does not matter to a benchmark on one machine. For one thread. */
final class TlsWire implements Wire {
    private static final int MORE_BYTES = 256 << 10;
    private static final SSLContext TRUSTS_ALL = trustsAll();

    private final SocketChannel channel;
    private final SSLEngine engine;
    /** What has come and is not decrypted, ready to be read. */
    private final ByteBuffer encrypted;

    private ByteBuffer outgoing;

    private static SSLContext trustsAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java has no TLS", e);
        }
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Shakes hands; the channel blocks meanwhile. */
    TlsWire(SocketChannel channel) throws IOException {
        this.channel = channel;
        engine = TRUSTS_ALL.createSSLEngine();
        engine.setUseClientMode(true);
        encrypted = ByteBuffer.allocate(MORE_BYTES).flip();
        outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
            status = switch (status) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0)).getHandshakeStatus();
                case NEED_TASK -> {
                    engine.getDelegatedTask().run();
                    yield engine.getHandshakeStatus();
                }
                default -> {
                    SSLEngineResult result = engine.unwrap(encrypted, nothing);
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && more() < 0) {
                        throw new EOFException("the gateway has closed the connection");
                    }
                    yield result.getHandshakeStatus();
                }
            };
        }
    }

    private int more() throws IOException {
        encrypted.compact();
        int came = channel.read(encrypted);
        encrypted.flip();
        return came;
    }

    private SSLEngineResult wrap(ByteBuffer what) throws IOException {
        outgoing.clear();
        SSLEngineResult result = engine.wrap(what, outgoing);
        outgoing.flip();
        while (outgoing.hasRemaining()) {
            var unused = channel.write(outgoing);
        }
        return result;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        int came = more();
        SSLEngineResult.Status status = SSLEngineResult.Status.OK;
        while (status == SSLEngineResult.Status.OK && encrypted.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(encrypted, into);
            status = result.getStatus();
            if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            }
        }
        int read = into.position() - before;
        boolean isOver = came < 0 || status == SSLEngineResult.Status.CLOSED;
        return read == 0 && isOver ? -1 : read;
    }

    @Override
    public void write(byte[] what) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(what);
        while (left.hasRemaining()) {
            wrap(left);
        }
    }
}
