package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.MutePlaces;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.internal.settings.ManagementSettings;
import dev.gapless.gateway.internal.site.StaticFiles;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The management port: with threads and places of its own, so that clients leave room for those who watch the node. Thread-safe. */
final class ManagementServer {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    private static final int MOST_THREADS = 8;
    private static final int ACCEPT_QUEUE = 128;

    private final ManagementSettings settings;
    private final GatewaySettings gateway;
    private final Server server;
    private final WatchedConnector connector;
    private final Lingering lingering;

    ManagementServer(Common common, Observed observed, StatusStreams streams, StaticFiles site) {
        this.gateway = common.settings();
        this.settings = gateway.management;
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, 2);
        threads.setName("gapless-management");
        threads.setDaemon(true);
        server = new Server(threads);
        lingering = new Lingering(common.later(), gateway.lingerTimeout, settings.maxConnections());
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new WatchedConnector(
                server,
                1,
                List.of(new HttpConnectionFactory(http)),
                lingering,
                new MutePlaces(settings.maxConnections(), common.tally().muteEnded("management")));
        connector.setHost(settings.address());
        connector.setPort(settings.port().orElseThrow());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        connector.setIdleTimeout(gateway.idleTimeout.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.maxConnections(), server));
        server.setErrorHandler(new Errors(common.tally()));
        server.setHandler(new ManagementRoutes(common, observed, streams, site));
    }

    /** Throws IllegalStateException if it cannot listen. */
    void listen() {
        try {
            server.start();
        } catch (Exception e) { // Jetty declares any
            throw new IllegalStateException(
                    "The gateway cannot listen on " + settings.address() + ":"
                            + settings.port().orElseThrow() + " (gapless.management.port): " + Reasons.of(e),
                    e);
        }
        LOG.info("Health, metrics and status are at http://{}:{}, without a credential", settings.address(), port());
    }

    /** What it listens on. */
    int port() {
        return connector.getLocalPort();
    }

    /** From time to time. */
    void look() {
        connector.closeSlow(gateway.headerTimeout);
    }

    /** Ends it. */
    void close() {
        lingering.close();
        try {
            server.stop();
        } catch (Exception e) { // Jetty declares any
            LOG.warn("The server of the management port did not stop in good order", e);
        }
    }
}
