package dev.gapless.bench.apart;

import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An experiment: what a log's segments reach over a connection of their own (Netty) instead of Pekko's remoting. The log, its slices, the
 * windows and the backpressure are those of Gapless. There is no membership, no registration, no feed, no token, and nothing is told.
 */
final class SegmentsPeer implements Peer {
    private static final TopicSettings SETTINGS =
            TopicSettings.DEFAULTS.with(draft -> draft.overflow = Overflow.BACKPRESSURE);
    private static final Format BYTES = new Format(4, "");
    /** The length of what follows, first sequence, base of the times, count, whether an Ack is wanted. */
    private static final int HEAD_BYTES = 4 + 8 + 8 + 4 + 1;

    private static final long ROOM_NS = 20_000;

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws Exception {
        return new Listener(receiver);
    }

    private static EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    // ------------------------------------------------------------------ the publishing side

    private static final class Sender implements Publisher {
        private final Log log = new Log(LogIdentity.fresh(new Epoch(1), 0), SETTINGS, Gate.opened());
        private final List<Reader> readers = new CopyOnWriteArrayList<>();
        private final EventLoopGroup loops = loops();

        Sender() {
            log.hold();
        }

        @Override
        public String address() {
            return "-";
        }

        @Override
        public void connect(String publisher, List<String> subscribers) throws Exception {
            for (String subscriber : subscribers) {
                int colon = subscriber.lastIndexOf(':');
                Reader reader = new Reader(this);
                new Bootstrap()
                        .group(loops)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Patience.CONNECT.toMillis())
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 8 << 20))
                        .handler(reader)
                        .connect(subscriber.substring(0, colon), Integer.parseInt(subscriber.substring(colon + 1)))
                        .sync();
                readers.add(reader);
            }
        }

        @Override
        public void publish(byte[] message) {
            Content content = new Content(null, false, Map.of(), BYTES, message, false);
            while (log.tryPublish(content, System.currentTimeMillis()) == 0) {
                LockSupport.parkNanos(ROOM_NS);
            }
            for (Reader reader : readers) {
                reader.appended();
            }
        }

        @Override
        public void flush() {
            // each message is sent at once
        }

        void release() {
            long lowest = Long.MAX_VALUE;
            for (Reader reader : readers) {
                lowest = Math.min(lowest, reader.acked);
            }
            log.release(lowest, System.currentTimeMillis());
        }
    }

    /** A subscriber, as its publisher sees it: on one thread, but for {@link #appended}. */
    private static final class Reader extends ChannelInboundHandlerAdapter implements Runnable {
        private record Sent(long last, long bytes) {}

        private final Sender sender;
        private final AtomicBoolean awake = new AtomicBoolean();
        private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
        private volatile boolean open = true;
        private volatile long acked;
        private volatile @Nullable Channel channel;
        private long ack;
        private int ackBytes;
        private long sent;
        private long inFlightBytes;
        private long unaskedBytes;

        Reader(Sender sender) {
            this.sender = sender;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        private Channel channel() {
            return Objects.requireNonNull(channel);
        }

        void appended() {
            if (open && !awake.get() && awake.compareAndSet(false, true)) {
                channel().eventLoop().execute(this);
            }
        }

        @Override
        public void run() {
            awake.set(false);
            boolean wrote = false;
            while (isOpen()
                    && sender.log.read(sent + 1, Limits.MAX_BATCH_MESSAGES, SETTINGS.batchBytes())
                            instanceof Reading.Messages read) {
                read.slices().forEach(this::write);
                wrote = true;
            }
            if (wrote) {
                channel().flush();
            }
            open = isOpen();
        }

        private boolean isOpen() {
            return inFlightBytes + SETTINGS.batchBytes() <= SETTINGS.windowBytes();
        }

        private void write(Slice slice) {
            long bytes = slice.sizeBytes();
            unaskedBytes += bytes;
            boolean asks = 2 * unaskedBytes >= SETTINGS.windowBytes() || sent + slice.count() == sender.log.head();
            Channel out = channel();
            ByteBuf head = out.alloc().buffer(HEAD_BYTES);
            head.writeInt(HEAD_BYTES - 4 + slice.length());
            head.writeLong(sent + 1)
                    .writeLong(slice.baseMs())
                    .writeInt(slice.count())
                    .writeBoolean(asks);
            out.write(head, out.voidPromise());
            out.write(Unpooled.wrappedBuffer(slice.data(), slice.offset(), slice.length()), out.voidPromise());
            sent += slice.count();
            inFlightBytes += bytes;
            inFlight.add(new Sent(sent, bytes));
            unaskedBytes = asks ? 0 : unaskedBytes;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            while (bytes.isReadable()) {
                ack = ack << 8 | bytes.readUnsignedByte();
                if (++ackBytes == Long.BYTES) {
                    acked = ack;
                    ackBytes = 0;
                }
            }
            bytes.release();
            while (!inFlight.isEmpty() && inFlight.element().last() <= acked) {
                inFlightBytes -= inFlight.remove().bytes();
            }
            sender.release();
            open = true;
            run();
        }
    }

    // ------------------------------------------------------------------ the subscribing side

    private static final class Listener implements PeerSide {
        private record Part(long last, boolean asks, Slice slice, Channel from) {}

        private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>(); // bounded by the window
        private final Receiver receiver;
        private final int port;

        Listener(Receiver receiver) throws Exception {
            this.receiver = receiver;
            Channel server = new ServerBootstrap()
                    .group(loops())
                    .channel(NioServerSocketChannel.class)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new Frames());
                        }
                    })
                    .bind(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0)
                    .sync()
                    .channel();
            port = ((InetSocketAddress) server.localAddress()).getPort();
            Thread thread = new Thread(this::read, "segments-subscriber");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public String address() {
            return "127.0.0.1:" + port;
        }

        @Override
        public void connect(String publisher, List<String> subscribers) {
            // the publisher does
        }

        private void read() {
            try {
                while (true) {
                    Part part = parts.take();
                    for (int i = 0; i < part.slice().count(); i++) {
                        byte[] message = part.slice().content(i);
                        receiver.take(message, 0, message.length);
                    }
                    if (part.asks()) {
                        Channel channel = part.from();
                        channel.writeAndFlush(channel.alloc().buffer(Long.BYTES).writeLong(part.last()));
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Copies each part, as its bytes come, into the array that it is kept in. */
        private final class Frames extends ChannelInboundHandlerAdapter {
            private final ByteBuf head = Unpooled.buffer(HEAD_BYTES);
            private byte[] data = new byte[0];
            private int filled;

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf bytes = (ByteBuf) message;
                while (bytes.isReadable()) {
                    if (head.readableBytes() < HEAD_BYTES) {
                        head.writeBytes(bytes, Math.min(bytes.readableBytes(), HEAD_BYTES - head.readableBytes()));
                        if (head.readableBytes() < HEAD_BYTES) {
                            break;
                        }
                        data = new byte[length()];
                        filled = 0;
                    }
                    int part = Math.min(bytes.readableBytes(), length() - filled);
                    bytes.readBytes(data, filled, part);
                    filled += part;
                    if (filled == length()) {
                        long last = head.getLong(4) + count() - 1;
                        Slice slice = Slice.received(head.getLong(12), List.of(BYTES), count(), data, 0, data.length);
                        parts.add(new Part(last, head.getBoolean(24), slice, context.channel()));
                        head.clear();
                    }
                }
                bytes.release();
            }

            private int length() {
                return head.getInt(0) - (HEAD_BYTES - 4);
            }

            private int count() {
                return head.getInt(20);
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                receiver.takeProblem("the publisher closed the connection");
            }
        }
    }
}
