package dev.gapless.gateway.internal.web;

import dev.gapless.Gapless;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Sent;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.MessageHost;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.cluster.Cluster;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The web server of a gateway, from its start to its end. Thread-safe. */
public final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int MOST_THREADS = 64;

    private final GatewaySettings settings;
    private final Server server;
    private final ServerConnector connector;
    private final Clients clients;
    private final Observed observed;
    private final Cancellable looking;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Done> stopped = new CompletableFuture<>();

    /** Sockets that are watched. */
    private static final class Connector extends ServerConnector {
        private static final long serialVersionUID = 1;

        Connector(Server server, HttpConfiguration http) {
            super(server, 1, -1, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
        }

        @Override
        protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
                throws IOException {
            SocketChannelEndPoint endPoint = new Watched(channel, selector, key, getScheduler());
            endPoint.setIdleTimeout(getIdleTimeout());
            return endPoint;
        }
    }

    /** Starts it; throws IllegalStateException if it cannot listen. */
    public static WebServer start(
            GatewaySettings settings,
            ActorSystem system,
            Gapless gapless,
            MessageHost host,
            Collection<? extends Topic<?>> topics) {
        WebServer started = new WebServer(settings, system, gapless, host, topics);
        started.listen();
        return started;
    }

    private WebServer(
            GatewaySettings settings,
            ActorSystem system,
            Gapless gapless,
            MessageHost host,
            Collection<? extends Topic<?>> topics) {
        this.settings = settings;
        Executor executor = system.dispatchers().lookup(settings.dispatcher);
        BiConsumer<Duration, Runnable> later = (after, what) -> system.scheduler()
                .scheduleOnce(after, what, system.dispatchers().lookup(settings.dispatcher));
        JsonPublisher publisher = new JsonPublisher(gapless, system, topics);
        Common common = new Common(
                settings,
                host,
                gapless.nodeName(),
                publisher,
                new PayloadJson(system),
                new SharedJson(settings.jsonCacheBytes),
                executor,
                later,
                new Sent());
        clients = new Clients(common);
        observed = new Observed(gapless, Cluster.get(system), clients, common);
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("gapless-gateway");
        threads.setDaemon(true);
        server = new Server(threads);
        connector = new Connector(server, http());
        connector.setHost(settings.host);
        connector.setPort(settings.port);
        connector.setIdleTimeout(settings.idleTimeout.toMillis());
        connector.setAcceptedSendBufferSize(settings.sendBufferBytes);
        connector.setAcceptedTcpNoDelay(true);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.maxConnections, server));
        server.setErrorHandler(new Errors());
        Publishing publishing = new Publishing(common);
        WebSocketMappings webSockets =
                new WebSocketMappings(WebSocketServerComponents.ensureWebSocketComponents(server));
        server.setHandler(new Routes(common, clients, publishing, observed, webSockets));
        looking = system.scheduler()
                .scheduleWithFixedDelay(
                        LOOK, LOOK, this::look, system.dispatchers().lookup(settings.dispatcher));
    }

    private HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(settings.maxHeaderBytes);
        http.setSendServerVersion(false);
        // Topics may have a slash or a percent sign; paths are taken as they were sent, see Target.
        http.setUriCompliance(UriCompliance.DEFAULT.with(
                "gapless",
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING));
        return http;
    }

    private void listen() {
        try {
            server.start();
        } catch (Exception e) { // Jetty declares any
            close();
            throw new IllegalStateException(
                    "The gateway cannot listen on " + settings.host + ":" + settings.port + " (gapless.gateway.port): "
                            + Reasons.of(e),
                    e);
        }
        LOG.info("The gateway listens on http://{}:{}", settings.host, port());
    }

    /** What it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Who takes nothing, or is too slow with the head of a request? */
    private void look() {
        clients.look();
        long nowNs = System.nanoTime();
        for (EndPoint endPoint : connector.getConnectedEndPoints()) {
            if (endPoint instanceof Watched watched
                    && watched.awaitingHeadNs(nowNs) > settings.headerTimeout.toNanos()) {
                watched.close();
            }
        }
    }

    /** Tells the clients, waits for them for {@code stop-timeout}, and ends. Repeating it is harmless. */
    public CompletionStage<Done> stop() {
        if (stopping.compareAndSet(false, true)) {
            var unused = clients.stop()
                    .orTimeout(settings.stopTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((gone, timeout) -> {
                        if (timeout != null) {
                            LOG.warn(
                                    "{} clients of the gateway did not take that it stops (gapless.gateway.stop-timeout)",
                                    clients.size());
                        }
                        Thread closing = new Thread(this::closeAndTell, "gapless-gateway-stop");
                        closing.setDaemon(true);
                        closing.start();
                    });
        }
        return stopped.copy();
    }

    private void closeAndTell() {
        try {
            close();
        } finally {
            stopped.complete(Done.getInstance());
        }
    }

    private void close() {
        looking.cancel();
        try {
            server.stop();
        } catch (Exception e) { // Jetty declares any
            LOG.warn("The gateway's web server did not stop in good order", e);
        }
        observed.close();
    }
}
