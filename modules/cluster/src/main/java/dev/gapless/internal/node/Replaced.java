package dev.gapless.internal.node;

import org.jspecify.annotations.Nullable;

/**
 * Another node is the one here, such as one of a test kit.
 *
 * @param without what there is without it
 */
record Replaced(NodeBackend node, Absent without) implements Presence {
    @Override
    public Presence replace(@Nullable NodeBackend other) {
        return without.replace(other);
    }
}
