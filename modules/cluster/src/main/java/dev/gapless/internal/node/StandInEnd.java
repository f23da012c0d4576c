package dev.gapless.internal.node;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.actor.CoordinatedShutdown;

/** When a stand-in has done what it is there for. For the node actor's thread. */
final class StandInEnd {
    /** Why its actor system shuts down. */
    record Reason(String why) implements CoordinatedShutdown.Reason {
        @Override
        public String toString() {
            return why;
        }
    }

    private final Duration lifetime;
    private final long settleNs;
    private final long beganNs;
    private final Consumer<String> end;
    /** Did somebody lack something when it was looked last? */
    private boolean isLacked = true;
    /** If nobody did: since when. */
    private long allReadNs;

    /**
     * @param lifetime how long it stays at most
     * @param settleNs who lacks something has asked for it within this time
     * @param end is told why it ends
     */
    StandInEnd(Duration lifetime, long settleNs, long nowNs, Consumer<String> end) {
        this.lifetime = lifetime;
        this.settleNs = settleNs;
        this.beganNs = nowNs;
        this.end = end;
    }

    /**
     * How it stands.
     *
     * @param allRead whether it is up, and whoever asked has read everything
     */
    void look(boolean allRead, long nowNs) {
        allReadNs = isLacked ? nowNs : allReadNs;
        isLacked = !allRead;
        if (allRead && nowNs - allReadNs >= settleNs) {
            end.accept("whoever lacked messages has read what the store has");
        } else if (nowNs - beganNs >= lifetime.toNanos()) {
            end.accept("it stays for " + lifetime
                    + " at most (gapless.journal.stand-in-lifetime). Whoever still lacks messages waits again");
        }
    }
}
