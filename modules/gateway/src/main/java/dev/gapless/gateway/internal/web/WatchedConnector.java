package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.MutePlaces;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Its sockets are watched. */
final class WatchedConnector extends ServerConnector {
    private static final long serialVersionUID = 1;

    private final transient Lingering lingering;
    private final transient MutePlaces places;

    WatchedConnector(
            Server server, int selectors, List<ConnectionFactory> protocols, Lingering lingering, MutePlaces places) {
        super(server, null, null, null, 1, selectors, protocols.toArray(ConnectionFactory[]::new));
        this.lingering = lingering;
        this.places = places;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        SocketChannelEndPoint endPoint =
                new Watched(channel, selector, key, getScheduler(), getExecutor(), lingering, places);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    /** Closes the connections of those who take longer for the head of a request. */
    void closeSlow(Duration headerTimeout) {
        long nowNs = System.nanoTime();
        for (EndPoint endPoint : getConnectedEndPoints()) {
            if (endPoint instanceof Watched watched && watched.awaitingHeadNs(nowNs) > headerTimeout.toNanos()) {
                watched.close();
            }
        }
    }
}
