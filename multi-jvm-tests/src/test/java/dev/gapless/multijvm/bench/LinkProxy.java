package dev.gapless.multijvm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in front of a node at the address that the others know. It tells them apart by the address that they call from,
 * and has one {@link Link} for each.
 */
public final class LinkProxy implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final byte[] LOCALHOST = {127, 0, 0, 1};

    private final String node;
    private final ServerSocket server;
    private final Map<String, Link> links = new ConcurrentHashMap<>();
    private volatile InetSocketAddress behind;

    /** In front of this node, which is not there yet: at a free port of 127.0.0.1. */
    public LinkProxy(String node) {
        this.node = node;
        try {
            server = new ServerSocket(0, BACKLOG, InetAddress.getByAddress(LOCALHOST));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Begins to pass connections to the node that listens there. */
    public void start(InetSocketAddress node) {
        behind = node;
        Daemon.start("proxy-of-" + this.node, this::accept);
    }

    /** The way to this node for what calls from that address. */
    Link from(String address) {
        return links.computeIfAbsent(address, a -> new Link(a + "→" + node));
    }

    /** The ways to this node. */
    Collection<Link> links() {
        return links.values();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.values().forEach(link -> link.reset(Traffic.ALL));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                connect(caller);
            } catch (IOException e) {
                // the server socket is closed, or the caller is gone already
            }
        }
    }

    private void connect(Socket caller) throws IOException {
        Link link = from(caller.getInetAddress().getHostAddress());
        if (link.mode(false) == Link.Mode.REFUSE) {
            link.refused();
            Connection.resetQuietly(caller);
            return;
        }
        Socket toNode = new Socket();
        try {
            toNode.connect(behind);
            caller.setTcpNoDelay(true);
            toNode.setTcpNoDelay(true);
            new Connection(link, caller, toNode).start();
        } catch (IOException e) {
            Connection.resetQuietly(caller);
            toNode.close();
        }
    }
}
