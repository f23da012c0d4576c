package dev.gapless.gateway;

import dev.gapless.Gapless;
import dev.gapless.Topic;
import dev.gapless.gateway.internal.server.GatewayServer;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.node.GaplessExtension;
import dev.gapless.internal.subscribe.MessageHost;
import java.net.URI;
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
        Objects.requireNonNull(system, "system must not be null");
        List<Topic<?>> registered = List.of(Objects.requireNonNull(topics, "topics must not be null"));
        ActorSystem classic = system.classicSystem();
        MessageHost host = GaplessExtension.hostOf(classic);
        GatewaySettings settings = new GatewaySettings(classic.settings().config());
        checkAddress(settings);
        GatewayServer server = GatewayServer.start(settings, classic, Gapless.get(system), host, registered);
        CoordinatedShutdown.get(classic)
                .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "gapless-gateway-stop", server::stop);
        return new GaplessGateway(settings, server);
    }

    private static void checkAddress(GatewaySettings settings) {
        if (!settings.isLoopback() && !settings.insecure) {
            throw new IllegalStateException(
                    "The gateway has neither TLS nor access control, and gapless.gateway.host = "
                            + settings.host
                            + " is no loopback address. Put something in front of it that does both, on the same"
                            + " machine; or set gapless.gateway.insecure = on if whoever reaches it may publish and read everything");
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

    /** {@return where clients find it} */
    public URI uri() {
        String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
        return URI.create("http://" + host + ":" + port());
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
