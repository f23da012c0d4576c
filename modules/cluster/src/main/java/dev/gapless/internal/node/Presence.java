package dev.gapless.internal.node;

import org.jspecify.annotations.Nullable;

/** What Gapless is on an actor system. */
sealed interface Presence permits RunningNode, Absent, Replaced {
    /** The node for those who ask for Gapless here; throws IllegalStateException if there is none. */
    NodeBackend node();

    /** From now on this one is the node here; null to end that. Throws IllegalStateException on a member of the cluster. */
    Presence replace(@Nullable NodeBackend other);
}
