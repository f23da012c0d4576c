package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.FillInterest;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Here the test is the selector: {@code fillable} says that the socket can be read. */
class EndOfInputTest {
    private final FillInterest interest = new FillInterest() {
        @Override
        protected void needsFillInterest() {}
    };
    private final AtomicInteger ended = new AtomicInteger();
    private SocketChannel client;
    private SocketChannel server;
    private EndOfInput input;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            client = SocketChannel.open(listener.getLocalAddress());
            server = listener.accept(); // which blocks: a read waits for what was sent
        }
        input = new EndOfInput(server, interest);
        input.watch(ended::incrementAndGet);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private void send(String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private String ahead() {
        ByteBuffer taken = BufferUtil.allocate(1_000);
        input.take(taken);
        return BufferUtil.toString(taken, StandardCharsets.US_ASCII);
    }

    @Test
    void tellsTheEndOnceAndKeepsWhatCameBefore() throws IOException {
        send("GET ");
        assertTrue(interest.fillable());
        send("/");
        assertTrue(interest.fillable());
        assertEquals(0, ended.get());
        client.shutdownOutput();
        assertTrue(interest.fillable());
        assertEquals(1, ended.get());
        assertFalse(interest.isInterested());
        assertTrue(input.isAhead());
        assertEquals("GET /", ahead());
        assertFalse(input.isAhead());
    }

    @Test
    void readsNoMoreThanItMayKeep() throws IOException {
        send("x".repeat(1_000));
        for (int i = 0; i < 256 && interest.fillable(); i++) {
            // until it asks for no more
        }
        assertFalse(interest.isInterested());
        assertEquals(256, ahead().length());
        client.shutdownOutput();
        assertEquals(1_000 - 256, server.read(ByteBuffer.allocate(2_000)), "the others are still in the socket");
    }

    @Test
    void givesWayToAReader() {
        AtomicInteger reads = new AtomicInteger();
        input.giveWay();
        assertTrue(interest.tryRegister(Callback.from(reads::incrementAndGet, failure -> {})));
        assertTrue(interest.fillable());
        assertEquals(1, reads.get());
        assertEquals(0, ended.get());
    }

    @Test
    void wakesAReaderThatCameWhileItRead() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        input.giveWay();
        assertTrue(interest.tryRegister(Callback.from(reads::incrementAndGet, failure -> {})));
        send("GET ");
        input.succeeded(); // the selector had told it before it gave way
        assertEquals(1, reads.get(), "what the reader waits for is no longer in the socket");
        assertEquals("GET ", ahead());
    }

    @Test
    void readsNothingOnceTheEndIsOfNoInterest() throws IOException {
        input.forget();
        send("GET ");
        interest.fillable();
        assertFalse(input.isAhead());
        assertEquals(4, server.read(ByteBuffer.allocate(10)));
    }
}
