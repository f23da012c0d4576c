package dev.gapless.gateway.internal.web;

import dev.gapless.Gapless;
import dev.gapless.gateway.internal.access.MutePlaces;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Readiness;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.internal.site.StaticFiles;
import dev.gapless.gateway.internal.tls.Tls;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The web server of a gateway. Thread-safe. */
public final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int MOST_THREADS = 64;
    private static final int CERTIFIED_SESSION_SECONDS = 60;

    private final GatewaySettings settings;
    private final Server server;
    private final WatchedConnector connector;
    private final PublishHandler publishing;
    private final Observed observed;
    private final Lingering lingering;
    private final @Nullable ManagementServer management;

    /**
     * Starts it; throws IllegalStateException if it cannot listen.
     *
     * @param connections so many at once
     */
    public static WebServer start(
            Common common,
            Clients clients,
            Readiness readiness,
            Gapless gapless,
            ActorSystem system,
            @Nullable Tls tls,
            int connections) {
        WebServer started = new WebServer(common, clients, readiness, gapless, system, tls, connections);
        started.listen();
        return started;
    }

    private WebServer(
            Common common,
            Clients clients,
            Readiness readiness,
            Gapless gapless,
            ActorSystem system,
            @Nullable Tls tls,
            int connections) {
        this.settings = common.settings();
        observed = new Observed(gapless, Cluster.get(system), clients, common, readiness, tls);
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("gapless-gateway");
        threads.setDaemon(true);
        server = new Server(threads);
        lingering = new Lingering(common.later(), settings.lingerTimeout, connections);
        MutePlaces places = new MutePlaces(connections, common.tally().muteEnded("http"));
        connector = new WatchedConnector(server, -1, protocols(http(), tls, common), lingering, places);
        connector.setHost(settings.host);
        connector.setPort(settings.port);
        connector.setAcceptQueueSize(settings.acceptQueue);
        connector.setIdleTimeout(settings.idleTimeout.toMillis());
        connector.setAcceptedSendBufferSize(settings.sendBufferBytes);
        connector.setAcceptedTcpNoDelay(true);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(connections, server));
        server.setErrorHandler(new Errors(common.tally()));
        publishing = new PublishHandler(common);
        WebSocketMappings webSockets =
                new WebSocketMappings(WebSocketServerComponents.ensureWebSocketComponents(server));
        StatusStreams streams = new StatusStreams(common, clients, observed);
        StaticFiles site = Site.files();
        server.setHandler(new Routes(common, clients, publishing, observed, streams, site, webSockets));
        management =
                settings.management.port().isPresent() ? new ManagementServer(common, observed, streams, site) : null;
    }

    /** In TLS the client chooses among them (ALPN). */
    private static List<ConnectionFactory> protocols(HttpConfiguration http, @Nullable Tls tls, Common common) {
        HttpConnectionFactory http1 =
                new HeadConnection.Factory(http, common.budget(), common.settings().maxHeaderFields);
        int maxResetsPerSecond = common.settings().maxResetsPerSecond;
        if (tls == null) {
            return List.of(http1, calm(new HTTP2CServerConnectionFactory(http), maxResetsPerSecond));
        }
        LongAdder tlsErrors = common.tally().connectionErrors("http");
        http.addCustomizer(new SecureRequestCustomizer(false)); // the door looks at the host
        ALPNServerConnectionFactory choice = new ALPNServerConnectionFactory();
        choice.setDefaultProtocol(http1.getProtocol());
        SslConnectionFactory encrypted = new SslConnectionFactory(ssl(tls), choice.getProtocol());
        encrypted.addBean(new SslHandshakeListener() {
            @Override
            public void handshakeFailed(Event event, Throwable failure) {
                tlsErrors.increment();
            }
        });
        return List.of(encrypted, choice, calm(new HTTP2ServerConnectionFactory(http), maxResetsPerSecond), http1);
    }

    private static ConnectionFactory calm(AbstractHTTP2ServerConnectionFactory http2, int maxResetsPerSecond) {
        http2.setRateControlFactory(new WindowRateControl.Factory(maxResetsPerSecond));
        return http2;
    }

    private static SslContextFactory.Server ssl(Tls tls) {
        TrustManager authorities = tls.authorities();
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {tls.keys()}, authorities == null ? null : new TrustManager[] {authorities}, null);
            if (authorities != null) { // who resumes a session shows its certificate to nobody
                context.getServerSessionContext().setSessionTimeout(CERTIFIED_SESSION_SECONDS);
            }
            ssl.setSslContext(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Java has no TLS", e);
        }
        ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        ssl.setWantClientAuth(authorities != null && !tls.requiresCertificates());
        ssl.setNeedClientAuth(tls.requiresCertificates());
        return ssl;
    }

    private HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(settings.maxHeaderBytes);
        http.setSendServerVersion(false);
        // Topics may have a slash, a backslash or a percent sign; paths are taken as they were sent, see Target.
        http.setUriCompliance(UriCompliance.DEFAULT.with(
                "gapless",
                UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS,
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
        boolean isSet = UserTimeout.set(port(), settings.unacknowledgedTimeout);
        LOG.debug("Connections that acknowledge nothing are ended by the operating system: {}", isSet);
        if (management != null) {
            try {
                management.listen();
            } catch (IllegalStateException e) {
                close();
                throw e;
            }
        }
        LOG.info("The gateway listens on {}://{}:{}", settings.tls.isOn() ? "https" : "http", settings.host, port());
    }

    /** What it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where health, metrics and status are besides, if they are. */
    public OptionalInt managementPort() {
        return management == null ? OptionalInt.empty() : OptionalInt.of(management.port());
    }

    /** Closes the connections of those who are too slow with the head of a request. */
    public void look() {
        connector.closeSlow(settings.headerTimeout);
        if (management != null) {
            management.look();
        }
    }

    /** No further request that publishes is taken. {@return when all of them are answered} */
    public CompletableFuture<Void> refuse() {
        return publishing.stop();
    }

    /** How many requests that publish are under way. */
    public int publishing() {
        return publishing.size();
    }

    /** Ends it. */
    public void close() {
        lingering.close();
        try {
            server.stop();
        } catch (Exception e) { // Jetty declares any
            LOG.warn("The gateway's web server did not stop in good order", e);
        }
        if (management != null) {
            management.close();
        }
        observed.close();
    }
}
