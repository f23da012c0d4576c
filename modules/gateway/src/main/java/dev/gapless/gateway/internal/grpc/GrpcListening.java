package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.MutePlaces;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How a server of gRPC accepts connections: so many at once. Further ones wait in the operating system, as with HTTP, and take no file
 * descriptor of the process. gRPC has no such bound of its own. Thread-safe.
 */
final class GrpcListening {
    private static final int MOST_THREADS = 16;

    private final int most;
    private final MutePlaces places;
    private final Map<Ends, MutePlaces.Place> connections = new ConcurrentHashMap<>();
    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup accepting = group(1);
    private final EventLoopGroup serving =
            group(Math.min(MOST_THREADS, 2 * Runtime.getRuntime().availableProcessors()));

    /** What tells connections apart. */
    private record Ends(
            @Nullable SocketAddress remote, @Nullable SocketAddress local) {}

    /**
     * @param most connections at once
     * @param muteEnded counts those that were ended to make room
     */
    GrpcListening(int most, LongAdder muteEnded) {
        this.most = most;
        this.places = new MutePlaces(most, muteEnded);
    }

    private EventLoopGroup group(int threads) {
        ThreadFactory factory = new DefaultThreadFactory("gapless-gateway-grpc", true);
        return new MultiThreadIoEventLoopGroup(
                threads, factory, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    NettyServerBuilder of(NettyServerBuilder server) {
        return server.bossEventLoopGroup(accepting)
                .workerEventLoopGroup(serving)
                .channelFactory(this::listener);
    }

    /** The client of this connection has shown a credential, or needs none for what it asks. */
    void speaks(@Nullable SocketAddress remote, @Nullable SocketAddress local) {
        MutePlaces.Place place = connections.get(new Ends(remote, local));
        if (place != null) {
            place.speaks();
        }
    }

    private void enter(Channel connection) {
        Ends ends = new Ends(connection.remoteAddress(), connection.localAddress());
        MutePlaces.Place place = places.enter(Caller.addressOf(ends.remote()), () -> end(connection));
        connections.put(ends, place);
        var unused = connection.closeFuture().addListener(closed -> {
            connections.remove(ends, place);
            place.leave();
        });
    }

    /** At once: gRPC would say goodbye first, for as long as the client does not answer. */
    private static void end(Channel connection) {
        Channel.Unsafe transport = connection.unsafe();
        connection.eventLoop().execute(() -> transport.close(transport.voidPromise()));
    }

    private ServerChannel listener() {
        ServerChannel listener = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
        listener.pipeline().addLast(new Counting());
        return listener;
    }

    /** Counts those that are open; it accepts none while there are as many as there may be. */
    private final class Counting extends ChannelInboundHandlerAdapter {
        /** Of the thread that accepts. */
        private int open;

        @Override
        public void channelRead(ChannelHandlerContext listener, Object accepted) {
            if (accepted instanceof Channel connection) {
                count(listener, 1);
                enter(connection);
                var unused = connection.closeFuture().addListener(closed -> {
                    if (!listener.executor().isShuttingDown()) {
                        listener.executor().execute(() -> count(listener, -1));
                    }
                });
            }
            listener.fireChannelRead(accepted);
        }

        private void count(ChannelHandlerContext listener, int more) {
            open += more;
            listener.channel().config().setAutoRead(open < most);
        }
    }

    /** The server has ended. */
    void close() {
        var unusedAccepting = accepting.shutdownGracefully(0, 1, TimeUnit.SECONDS); // neither is waited for
        var unusedServing = serving.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
