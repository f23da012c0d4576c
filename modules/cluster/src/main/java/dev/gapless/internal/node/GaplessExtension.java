package dev.gapless.internal.node;

import dev.gapless.internal.subscribe.MessageHost;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.ExtensionId;
import org.apache.pekko.actor.ExtensionIdProvider;
import org.jspecify.annotations.Nullable;

/**
 * Starts Gapless with the actor system ({@code pekko.library-extensions}): bad settings keep the whole system from starting,
 * and a node answers for its topics from the first moment on.
 */
public final class GaplessExtension extends AbstractExtensionId<GaplessNode> implements ExtensionIdProvider {
    private static final GaplessExtension INSTANCE = new GaplessExtension();

    @Override
    public GaplessNode createExtension(ExtendedActorSystem system) {
        return new GaplessNode(system);
    }

    @Override
    public ExtensionId<GaplessNode> lookup() {
        return INSTANCE;
    }

    /** The node of this actor system, or what replaces it; throws IllegalStateException if it takes no part. */
    public static NodeBackend nodeOf(ActorSystem system) {
        return INSTANCE.get(system).node();
    }

    /** What those need of this actor system's node who read messages as they are kept; throws IllegalStateException if it is no cluster's. */
    public static MessageHost hostOf(ActorSystem system) {
        if (nodeOf(system) instanceof MessageHost host) {
            return host;
        }
        throw new IllegalStateException("Gapless on actor system " + system.name()
                + " is a test kit's, and no node of a cluster: it has no messages to read");
    }

    /** From now on this one is the node of an actor system that is no cluster's; null to end that. */
    public static void replace(ActorSystem system, @Nullable NodeBackend node) {
        INSTANCE.get(system).replace(node);
    }
}
