package dev.gapless.testkit.internal;

import dev.gapless.internal.node.GaplessExtension;
import dev.gapless.internal.node.NodeBackend;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterActorRefProvider;
import org.jspecify.annotations.Nullable;

/** What a test kit needs of an actor system, which is no node of a cluster. Thread-safe. */
public final class ActorSystems {
    private static final AtomicLong NAMES = new AtomicLong();

    private final ActorSystem system;

    ActorSystems(ActorSystem system) {
        this.system = system;
    }

    /** Throws IllegalStateException if it is: a test would open its port, and join the cluster that it knows. */
    public static void checkIsNoClusterNode(ActorSystem system) {
        if (((ExtendedActorSystem) system).provider() instanceof ClusterActorRefProvider) {
            throw new IllegalStateException(
                    "Actor system " + system.name() + " is a cluster node, and a test kit needs one that is"
                            + " none: put \"pekko.actor.provider = local\" in front of its configuration");
        }
    }

    /** Calls when that actor has stopped. */
    void watch(ActorRef<?> actor, Runnable stopped) {
        spawn("watch", Behaviors.<Void>setup(context -> {
            context.watch(actor);
            return Behaviors.<Void>receive(Void.class)
                    .onSignal(Terminated.class, gone -> {
                        stopped.run();
                        return Behaviors.stopped();
                    })
                    .build();
        }));
    }

    /** An actor that passes on what it is told. */
    <M> ActorRef<M> forward(Consumer<M> to) {
        return spawn("forward", Behaviors.receiveMessage(message -> {
            to.accept(message);
            return Behaviors.same();
        }));
    }

    /** {@code Gapless.get} of this actor system is this node; null to end that. */
    public static void replace(ActorSystem system, @Nullable NodeBackend node) {
        GaplessExtension.replace(system, node);
    }

    private <M> ActorRef<M> spawn(String name, Behavior<M> behavior) {
        return Adapter.toTyped(((ExtendedActorSystem) system)
                .systemActorOf(
                        Adapter.props(() -> behavior), "gapless-testkit-" + name + "-" + NAMES.incrementAndGet()));
    }
}
