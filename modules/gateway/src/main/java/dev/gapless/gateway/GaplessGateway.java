package dev.gapless.gateway;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.server.GatewayServer;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.node.GaplessExtension;
import dev.gapless.internal.subscribe.MessageHost;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.CoordinatedShutdown;

/**
 * Gives browsers and other languages the topics of this node's cluster, over HTTP, server-sent events, WebSocket and gRPC, with the same
 * guarantees as subscriptions in the JVM: {@code docs/gateway.md} is for those who write clients. It listens on a loopback address, and
 * ends with the actor system. Thread-safe.
 *
 * <pre>{@code
 * GaplessGateway gateway = GaplessGateway.start(system, Topic.of("quotes", Quote.class));
 * }</pre>
 *
 * <p>{@code gapless.gateway} of the configuration says where it listens, and what bounds it.
 */
public final class GaplessGateway {
    private final GatewaySettings settings;
    private final GatewayServer server;

    private GaplessGateway(GatewaySettings settings, GatewayServer server) {
        this.settings = settings;
        this.server = server;
    }

    /**
     * Starts a gateway. JSON that clients publish to one of these topics is bound to the topic's class, and written by its serializer. All
     * other topics hold JSON.
     *
     * @param system typed or classic
     * @param topics those whose messages have a class
     * @return the gateway, which listens
     * @throws IllegalStateException if the actor system is no node of a cluster, if the gateway cannot listen, or is to listen on an
     *     address that is no loopback address
     */
    public static GaplessGateway start(ClassicActorSystemProvider system, Topic<?>... topics) {
        return start(system, List.of(Objects.requireNonNull(topics, "topics must not be null")), List.of());
    }

    /**
     * Starts a gateway that gives clients these tables, too: who subscribes to a topic with {@code state} gets its rows, and how they change.
     *
     * <pre>{@code
     * GaplessGateway gateway = GaplessGateway.start(system, prices);
     * }</pre>
     *
     * @param system typed or classic
     * @param table of a topic whose messages have a class: it is not necessary to name that, too
     * @param others of other topics
     * @return the gateway, which listens
     * @throws IllegalArgumentException if there are two tables of one topic
     * @throws IllegalStateException as {@link #start(ClassicActorSystemProvider, Topic...)}
     */
    public static GaplessGateway start(ClassicActorSystemProvider system, Table<?> table, Table<?>... others) {
        List<Table<?>> tables = new ArrayList<>();
        tables.add(Objects.requireNonNull(table, "table must not be null"));
        tables.addAll(List.of(Objects.requireNonNull(others, "tables must not be null")));
        return start(system, List.of(), tables);
    }

    /**
     * Starts a gateway with both.
     *
     * @param system typed or classic
     * @param topics those whose messages have a class
     * @param tables those whose states clients may ask for; their topics have a class, too
     * @return the gateway, which listens
     * @throws IllegalArgumentException if there are two tables of one topic
     * @throws IllegalStateException as {@link #start(ClassicActorSystemProvider, Topic...)}
     */
    public static GaplessGateway start(
            ClassicActorSystemProvider system,
            Collection<? extends Topic<?>> topics,
            Collection<? extends Table<?>> tables) {
        Objects.requireNonNull(system, "system must not be null");
        List<Topic<?>> registered = new ArrayList<>(topics);
        tables.stream()
                .map(Table::topic)
                .filter(topic -> registered.stream().noneMatch(one -> one.name().equals(topic.name())))
                .forEach(registered::add);
        ActorSystem classic = system.classicSystem();
        MessageHost host = GaplessExtension.hostOf(classic);
        GatewaySettings settings = new GatewaySettings(classic.settings().config());
        checkAddress(settings);
        settings.management.checkAddress();
        GatewayServer server =
                GatewayServer.start(settings, classic, Gapless.get(system), host, registered, List.copyOf(tables));
        CoordinatedShutdown.get(classic)
                .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "gapless-gateway-stop", server::stop);
        return new GaplessGateway(settings, server);
    }

    private static void checkAddress(GatewaySettings settings) {
        boolean isSecure = settings.tls.isOn() && settings.access.isOn();
        if (!settings.isLoopback() && !settings.insecure && !isSecure && !settings.trustedProxies.areThere()) {
            throw new IllegalStateException(
                    "gapless.gateway.host = " + settings.host
                            + " is no loopback address, and the gateway there needs both TLS (gapless.gateway.tls) and access"
                            + " control (gapless.gateway.access). Set up both; or put a proxy in front of it that does both, on the same"
                            + " machine or named by gapless.gateway.trusted-proxies; or set gapless.gateway.insecure = on if whoever reaches it may publish and read everything");
        }
    }

    /** {@return the port that it listens on} */
    public int port() {
        return server.port();
    }

    /** {@return the port where it speaks gRPC; empty if {@code gapless.gateway.grpc-port} is off} */
    public OptionalInt grpcPort() {
        return server.grpcPort();
    }

    /** {@return the port where health, metrics and status are, without a credential; empty if {@code gapless.management.port} is off} */
    public OptionalInt managementPort() {
        return server.managementPort();
    }

    /** {@return where clients find it} */
    public URI uri() {
        String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
        return URI.create((settings.tls.isOn() ? "https://" : "http://") + host + ":" + port());
    }

    /**
     * Stops it: clients are told so, with the tokens that resume them, and have {@code gapless.gateway.stop-timeout} to take it. The actor
     * system does that by itself when it ends. Repeating it is harmless.
     *
     * @return completes when it has stopped
     */
    public CompletionStage<Done> stop() {
        return server.stop();
    }
}
