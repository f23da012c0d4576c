package dev.gapless.internal;

import org.apache.pekko.actor.ActorSystem;

public final class GaplessExtension {
    private GaplessExtension() {}

    public static Node nodeOf(ActorSystem system) {
        if (system.name().isEmpty()) {
            return java.util.Objects.requireNonNull(null);
        }
        throw new IllegalStateException();
    }
}
