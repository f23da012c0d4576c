package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.changes.Changes;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Readiness;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.internal.tls.Tls;
import dev.gapless.gateway.v1.DocumentChangesGrpc;
import dev.gapless.gateway.v1.GaplessGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves gRPC, with reflection and the standard health service. Thread-safe. */
public final class GrpcServer {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

    /** What a connection may have sent that is not read: neither by a call that waits, nor counted otherwise. */
    private static final int WINDOW_BYTES = 128 << 10;

    /** Who pings more often is told to go. */
    private static final long OFTENEST_PING_SECONDS = 5;

    /** Whose health is told, each, and of the server as a whole. */
    private static final List<String> SERVICES = List.of(
            HealthStatusManager.SERVICE_NAME_ALL_SERVICES, GaplessGrpc.SERVICE_NAME, DocumentChangesGrpc.SERVICE_NAME);

    private final GatewaySettings settings;
    private final Readiness readiness;
    private final Changes changes;
    private final GrpcListening listening;
    private final Server server;
    private final HealthStatusManager health = new HealthStatusManager();
    private final AtomicBoolean refuses = new AtomicBoolean();

    /**
     * Starts it; throws IllegalStateException if it cannot listen.
     *
     * @param connections so many at once
     */
    public static GrpcServer start(
            Common common, Clients clients, Readiness readiness, @Nullable Tls tls, int connections) {
        GrpcServer started = new GrpcServer(common, clients, readiness, tls, connections);
        started.listen();
        return started;
    }

    private GrpcServer(Common common, Clients clients, Readiness readiness, @Nullable Tls tls, int connections) {
        this.readiness = readiness;
        settings = common.settings();
        changes = new Changes(common);
        Inbound inbound = new Inbound(common);
        GrpcLog.bound(settings.lossLogInterval, common.tally().connectionErrors("grpc"));
        listening = new GrpcListening(connections, common.tally().muteEnded("grpc"));
        InetSocketAddress address = new InetSocketAddress(settings.host, settings.grpcPort.orElseThrow());
        server = listening
                .of(NettyServerBuilder.forAddress(
                        address, tls == null ? InsecureServerCredentials.create() : credentials(tls)))
                .executor(common.executor())
                .withChildOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes)
                .maxInboundMessageSize(Math.min(settings.maxBodyBytes, settings.maxCommandBytes))
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMetadataSize(settings.maxHeaderBytes)
                .maxConcurrentCallsPerConnection(settings.maxSubscriptions)
                .handshakeTimeout(settings.headerTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(settings.idleTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(settings.pingInterval.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(settings.writeTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(OFTENEST_PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxRstFramesPerWindow(settings.maxResetsPerSecond, 1)
                .addStreamTracerFactory(inbound)
                .intercept(new EarlyHeaders())
                .intercept(inbound)
                .intercept(new Callers(common, listening))
                .addService(new TopicService(common, clients).definition())
                .addService(new DocumentService(common, clients, changes).definition())
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
    }

    private static ServerCredentials credentials(Tls tls) {
        TlsServerCredentials.Builder credentials =
                TlsServerCredentials.newBuilder().keyManager(tls.keys());
        TrustManager authorities = tls.authorities();
        if (authorities != null) {
            credentials
                    .trustManager(authorities)
                    .clientAuth(tls.requiresCertificates() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        return credentials.build();
    }

    private void listen() {
        try {
            server.start();
            readiness.grpcListens();
        } catch (IOException e) {
            listening.close();
            throw new IllegalStateException(
                    "The gateway cannot listen on " + settings.host + ":" + settings.grpcPort.orElseThrow()
                            + " (gapless.gateway.grpc-port): " + Reasons.of(e),
                    e);
        }
        tellHealth();
        LOG.info(
                "The gateway listens for gRPC{} on {}:{}",
                settings.tls.isOn() ? " with TLS" : "",
                settings.host,
                port());
    }

    /** From time to time. */
    public void look() {
        tellHealth();
        changes.look();
    }

    /** Clients of gRPC are told what those of HTTP are told at {@code /health/ready}. */
    private void tellHealth() {
        ServingStatus status;
        try {
            readiness.check();
            status = ServingStatus.SERVING;
        } catch (RequestException e) {
            status = ServingStatus.NOT_SERVING;
        }
        for (String service : SERVICES) {
            health.setStatus(service, status);
        }
    }

    /** What it listens on. */
    public int port() {
        return server.getPort();
    }

    /** No further call is taken. */
    public void refuse() {
        if (refuses.compareAndSet(false, true)) {
            health.enterTerminalState();
            server.shutdown();
        }
    }

    /** Ends it: calls that have not taken their end by then are cancelled. */
    public void close(Duration timeout) {
        refuse();
        try {
            if (!server.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        listening.close();
    }
}
