package dev.gapless.internal.node;

import org.apache.pekko.actor.CoordinatedShutdown;

/** Why the actor system shuts down. */
record Failed(String why) implements CoordinatedShutdown.Reason {
    @Override
    public String toString() {
        return why;
    }
}
