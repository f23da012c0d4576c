package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the operating system is told of connections that acknowledge nothing. */
@Timeout(60)
class UserTimeoutTest {
    @Test
    void eachConnectionThatIsAcceptedHasTheTimeoutOfTheOneThatListens() throws Exception {
        assumeTrue(Epoll.isAvailable(), "Linux alone has this");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0))) {
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            assertTrue(UserTimeout.set(port, Duration.ofMillis(12_345)));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                int remotePort = ((InetSocketAddress) accepted.getRemoteAddress()).getPort();
                List<Integer> descriptors = UserTimeout.descriptors(port, remotePort);
                assertEquals(1, descriptors.size());
                assertEquals(
                        12_345,
                        new EpollSocketChannel(descriptors.get(0)).config().getTcpUserTimeout());
                assertTrue(client.isConnected());
            }
        }
    }
}
