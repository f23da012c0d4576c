package dev.gapless.gateway.internal.server;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Readiness;
import dev.gapless.gateway.internal.client.Sent;
import dev.gapless.gateway.internal.client.States;
import dev.gapless.gateway.internal.client.Tally;
import dev.gapless.gateway.internal.client.Unsent;
import dev.gapless.gateway.internal.grpc.GrpcServer;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RowJson;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import dev.gapless.gateway.internal.settings.Descriptors;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.gateway.internal.tls.Tls;
import dev.gapless.gateway.internal.web.WebServer;
import dev.gapless.internal.subscribe.MessageHost;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway, from its start to its end. Thread-safe. */
public final class GatewayServer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** What each client may take whatever the others do; it is part of what max-clients says of its memory. */
    private static final int SMALL_BYTES = 8 << 10;

    private final GatewaySettings settings;
    private final Clients clients;
    private final WebServer web;
    private final @Nullable GrpcServer grpc;
    private final @Nullable Tls tls;
    private final Access access;
    private final JsonPublisher publisher;
    private final Cancellable looking;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Done> stopped = new CompletableFuture<>();

    /**
     * Starts it; throws IllegalStateException if it cannot listen.
     *
     * @param topics those whose messages have a class
     * @param tables those whose states clients may ask for
     */
    public static GatewayServer start(
            GatewaySettings settings,
            ActorSystem system,
            Gapless gapless,
            MessageHost host,
            Collection<? extends Topic<?>> topics,
            Collection<? extends Table<?>> tables) {
        return new GatewayServer(settings, system, gapless, host, topics, tables);
    }

    private GatewayServer(
            GatewaySettings settings,
            ActorSystem system,
            Gapless gapless,
            MessageHost host,
            Collection<? extends Topic<?>> topics,
            Collection<? extends Table<?>> tables) {
        this.settings = settings;
        tls = Tls.open(settings.tls);
        Executor executor = system.dispatchers().lookup(settings.dispatcher);
        BiConsumer<Duration, Runnable> later = (after, what) -> system.scheduler()
                .scheduleOnce(after, what, system.dispatchers().lookup(settings.dispatcher));
        PayloadJson payloads = new PayloadJson(system, settings.maxEventBytes);
        access = new Access(settings.access, executor);
        Budget budget =
                new Budget(settings.budget, SMALL_BYTES, Map.of(Share.UNFINISHED, (long) settings.unfinishedBytes));
        publisher = new JsonPublisher(host, system, settings, access, topics);
        Common common = new Common(
                settings,
                access,
                host,
                gapless.nodeName(),
                UUID.randomUUID().toString(),
                publisher,
                payloads,
                new SharedJson(settings.jsonCacheBytes, budget),
                new States(tables, new RowJson(system, payloads, settings.jsonCacheBytes, budget)),
                new Unsent(settings.unsentBytes, SMALL_BYTES, settings.lossLogInterval, budget),
                budget,
                executor,
                later,
                new Sent(),
                new Tally());
        clients = new Clients(common);
        Readiness readiness = new Readiness(clients, common);
        boolean speaksGrpc = settings.grpcPort.isPresent();
        int connections = Descriptors.connections(settings.maxConnections, speaksGrpc ? 2 : 1);
        web = WebServer.start(common, clients, readiness, gapless, system, tls, connections);
        try {
            grpc = speaksGrpc ? GrpcServer.start(common, clients, readiness, tls, connections) : null;
        } catch (IllegalStateException e) {
            web.close();
            throw e;
        }
        looking = system.scheduler()
                .scheduleWithFixedDelay(
                        LOOK, LOOK, this::look, system.dispatchers().lookup(settings.dispatcher));
    }

    private void look() {
        lookAt(clients::checkLiveness);
        lookAt(web::look);
        if (grpc != null) {
            lookAt(grpc::look);
        }
        lookAt(access::look);
        lookAt(publisher.rings()::look);
        if (tls != null) {
            lookAt(tls::look);
        }
    }

    /** The next look comes whatever becomes of this one: the scheduler repeats nothing that has thrown. */
    private static void lookAt(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.error("The gateway failed to look at its connections. This is a defect of Gapless", e);
        }
    }

    /** Where HTTP is spoken. */
    public int port() {
        return web.port();
    }

    /** Where health, metrics and status are besides, if they are. */
    public OptionalInt managementPort() {
        return web.managementPort();
    }

    /** Where gRPC is, if it is. */
    public OptionalInt grpcPort() {
        return grpc == null ? OptionalInt.empty() : OptionalInt.of(grpc.port());
    }

    /** Tells the clients, waits for them and for requests under way for {@code stop-timeout}, and ends. Repeating it is harmless. */
    public CompletionStage<Done> stop() {
        if (stopping.compareAndSet(false, true)) {
            long untilNs = System.nanoTime() + settings.stopTimeout.toNanos();
            if (grpc != null) {
                grpc.refuse();
            }
            var unused = CompletableFuture.allOf(clients.stop(), web.refuse())
                    .orTimeout(settings.stopTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((gone, timeout) -> {
                        if (timeout != null) {
                            LOG.warn(
                                    "{} clients of the gateway did not take that it stops, and {} requests were not answered"
                                            + " (gapless.gateway.stop-timeout)",
                                    clients.size(),
                                    web.publishing());
                        }
                        Thread closing = new Thread(() -> closeAndTell(untilNs), "gapless-gateway-stop");
                        closing.setDaemon(true);
                        closing.start();
                    });
        }
        return stopped.copy();
    }

    private void closeAndTell(long untilNs) {
        try {
            looking.cancel();
            web.close();
            if (grpc != null) {
                grpc.close(Duration.ofNanos(Math.max(0, untilNs - System.nanoTime())));
            }
        } finally {
            stopped.complete(Done.getInstance());
        }
    }
}
