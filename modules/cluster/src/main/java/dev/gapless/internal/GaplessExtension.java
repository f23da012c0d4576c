package dev.gapless.internal;

import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.ExtensionId;
import org.apache.pekko.actor.ExtensionIdProvider;

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

    /** The node of this actor system; throws IllegalStateException if it takes no part. */
    public static GaplessNode nodeOf(ActorSystem system) {
        GaplessNode node = INSTANCE.get(system);
        node.checkTakesPart();
        return node;
    }
}
