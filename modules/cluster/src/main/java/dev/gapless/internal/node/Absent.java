package dev.gapless.internal.node;

import org.jspecify.annotations.Nullable;

/**
 * Gapless takes no part here.
 *
 * @param system the name of the actor system
 * @param why behind "since"
 */
record Absent(String system, String why) implements Presence {
    @Override
    public NodeBackend node() {
        throw new IllegalStateException("Gapless does not run on actor system " + system + ", since " + why);
    }

    @Override
    public Presence replace(@Nullable NodeBackend other) {
        return other == null ? this : new Replaced(other, this);
    }
}
