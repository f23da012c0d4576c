package dev.gapless.bench.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Many WebSocket clients on one thread, with one buffer. What they have is looked at by other threads under its lock. */
final class SocketSwarm implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int RECEIVE_BUFFER_BYTES = 256 << 10;
    private static final int LOOK_MS = 10;
    /** How many connect at once. */
    private static final int MOST_CONNECTING = 2_048;

    private final Selector selector = Selector.open();
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
    /** It is shown over TLS; null if neither is wanted. */
    private final @Nullable String token;

    private final SocketFrames frames = new SocketFrames(bytes);
    private final List<Client> clients = new ArrayList<>();
    private final AtomicLongArray received;
    /** That came, of all of them, without TLS. */
    private final AtomicLong receivedBytes = new AtomicLong();

    private final Thread thread = new Thread(this::loop, "clients");
    private boolean firstIsMute;
    private volatile boolean closed;
    private volatile String problem = "";

    /** One connection after the other. */
    private static final class Client {
        final int number;
        final ClientChecker checker;
        private @Nullable SelectionKey key;
        private @Nullable Wire wire;
        /** The answer to the upgrade has come. */
        private boolean open;
        /** The beginning of a frame. */
        private byte[] rest = new byte[0];

        Client(int number, ClientChecker checker) {
            this.number = number;
            this.checker = checker;
        }
    }

    /** @param token is shown over TLS; null if neither is wanted */
    SocketSwarm(int count, Supplier<ClientChecker> checkers, @Nullable String token) throws IOException {
        this.token = token;
        received = new AtomicLongArray(count);
        for (int i = 0; i < count; i++) {
            clients.add(new Client(i, checkers.get()));
        }
        thread.setDaemon(true);
        thread.start();
    }

    // ------------------------------------------------------------------ orders

    /** Opens a connection for each; those of before are given up. */
    void open(int port) throws IOException, InterruptedException {
        for (int i = 0; i < clients.size(); i += MOST_CONNECTING) {
            List<Client> some = clients.subList(i, Math.min(clients.size(), i + MOST_CONNECTING));
            for (Client client : some) {
                open(client, port);
            }
            await(all -> some.stream().allMatch(client -> client.open), Long.MAX_VALUE);
        }
    }

    private synchronized void open(Client client, int port) throws IOException {
        SelectionKey before = client.key;
        if (before != null) {
            before.channel().close();
        }
        SocketChannel channel = SocketChannel.open();
        channel.socket().setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.socket().setTcpNoDelay(true);
        client.open = false;
        client.rest = new byte[0];
        client.checker.connectsAgain();
        String request = "GET " + client.checker.path() + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + (token == null ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n";
        Wire wire = token == null ? Wire.plain(channel) : new TlsWire(channel);
        client.wire = wire;
        wire.write(request.getBytes(StandardCharsets.US_ASCII));
        channel.configureBlocking(false);
        client.key = channel.register(selector.wakeup(), SelectionKey.OP_READ, client);
    }

    /** The first client reads nothing from now on. */
    synchronized void mute() {
        SelectionKey key = clients.get(0).key;
        if (key != null) {
            key.interestOps(0);
        }
        firstIsMute = true;
    }

    /** Closes all connections, at even distances within that time. */
    void lose(long ns) throws IOException {
        long beginNs = System.nanoTime();
        for (int i = 0; i < clients.size(); i++) {
            Window.sleepUntil(beginNs + ns / clients.size() * i);
            synchronized (this) {
                SelectionKey key = clients.get(i).key;
                if (key != null) {
                    key.channel().close();
                }
            }
        }
    }

    /** Waits until it is so. Throws IllegalStateException if it does not come to that, or something was not right. */
    void await(Predicate<SocketSwarm> condition, long patienceNs) throws InterruptedException {
        long beginNs = System.nanoTime();
        while (!problem().isEmpty() || !holds(condition)) {
            if (!problem().isEmpty()) {
                throw new IllegalStateException(problem());
            }
            if (System.nanoTime() - beginNs > patienceNs) {
                throw new IllegalStateException("clients are not so far: " + this);
            }
            Thread.sleep(LOOK_MS);
        }
    }

    private synchronized boolean holds(Predicate<SocketSwarm> condition) {
        return condition.test(this);
    }

    // ------------------------------------------------------------------ what they have

    synchronized boolean allAreSubscribed() {
        return clients.stream().allMatch(client -> client.checker.isSubscribed());
    }

    synchronized boolean haveAll(long published) {
        return clients.stream().skip(firstThatReads()).allMatch(client -> client.checker.last() >= published);
    }

    /** Once they have all: what is not right becomes a problem. */
    synchronized void expect(long published) {
        clients.stream().skip(firstThatReads()).forEach(client -> client.checker.expect(published));
    }

    synchronized long newest() {
        return clients.stream().mapToLong(client -> client.checker.last()).max().orElseThrow();
    }

    /** Up to this number all have everything. */
    synchronized long oldest() {
        return clients.stream().mapToLong(client -> client.checker.last()).min().orElseThrow();
    }

    synchronized long announced() {
        return clients.stream().mapToLong(client -> client.checker.announced()).sum();
    }

    /** Events by now. */
    long received() {
        return LongStream.of(receivedByEach()).sum();
    }

    /** Bytes by now, with the heads of frames. */
    long receivedBytes() {
        return receivedBytes.get();
    }

    long[] receivedByEach() {
        long[] each = new long[received.length()];
        Arrays.setAll(each, received::get);
        return each;
    }

    synchronized int firstThatReads() {
        return firstIsMute ? 1 : 0;
    }

    /** What was not right with one of them; empty if nothing was. */
    synchronized String problem() {
        return problem.isEmpty()
                ? clients.stream()
                        .map(client -> client.checker.problem())
                        .filter(one -> !one.isEmpty())
                        .findFirst()
                        .orElse("")
                : problem;
    }

    @Override
    public synchronized String toString() {
        return clients.stream().filter(client -> client.checker.isSubscribed()).count() + " of " + clients.size()
                + " are subscribed, and they have up to "
                + clients.stream().mapToLong(client -> client.checker.last()).summaryStatistics();
    }

    // ------------------------------------------------------------------ what comes

    private void loop() {
        try {
            while (!closed) {
                selector.select();
                synchronized (this) {
                    for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
                        SelectionKey key = ready.next();
                        ready.remove();
                        if (key.isValid()) {
                            read(key, (Client) key.attachment());
                        }
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            problem = e.toString();
        }
    }

    private void read(SelectionKey key, Client client) throws IOException {
        Wire wire = Objects.requireNonNull(client.wire);
        int came;
        do { // TLS may have more than the buffer takes
            buffer.clear();
            buffer.put(client.rest);
            try {
                came = wire.read(buffer);
            } catch (IOException e) {
                came = -1; // the gateway was killed
            }
            if (came < 0) {
                key.channel().close();
                return;
            }
            receivedBytes.addAndGet(came);
            take(client, wire);
        } while (came > 0 && wire instanceof TlsWire);
    }

    private void take(Client client, Wire wire) throws IOException {
        int at = client.open ? 0 : upgraded(client, wire, buffer.position());
        while (client.open && frames.find(at, buffer.position())) {
            switch (frames.opcode()) {
                case SocketFrames.TEXT -> client.checker.take(bytes, frames.from(), frames.to());
                case SocketFrames.PING -> wire.write(SocketFrames.pong());
                case SocketFrames.CLOSE -> client.checker.fails("it was closed with status " + frames.status());
                default -> client.checker.fails("a frame of opcode " + frames.opcode());
            }
            at = frames.to();
            send(client, wire);
        }
        client.rest = Arrays.copyOfRange(bytes, at, buffer.position());
        received.set(client.number, client.checker.received());
    }

    /** Subscribes, once the answer to the upgrade is there; where that ends. */
    private int upgraded(Client client, Wire wire, int end) throws IOException {
        String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        int headEnd = head.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            return 0;
        }
        if (!head.startsWith("HTTP/1.1 101 ")) {
            client.checker.fails("no WebSocket: " + head);
            return end;
        }
        client.open = true;
        send(client, wire);
        return headEnd + 4;
    }

    private static void send(Client client, Wire wire) throws IOException {
        for (String command = client.checker.command(); command != null; command = client.checker.command()) {
            wire.write(SocketFrames.text(command));
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.close();
    }
}
