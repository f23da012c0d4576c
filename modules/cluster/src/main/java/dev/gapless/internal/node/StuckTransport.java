package dev.gapless.internal.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.PoisonPill;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an actor system end although a link is stuck. When a system terminates Artery waits for its streams, and Pekko 1.7 sets that no
 * bound (its pull request 3317 does, for a later release). The connection to a node that is cut off may keep one of them for as long as
 * the cut lasts; the port stays bound, and a node that was removed cannot begin anew. Stopping the streams resets their connections.
 */
final class StuckTransport {
    private static final Logger LOG = LoggerFactory.getLogger(StuckTransport.class);

    private StuckTransport() {}

    /** When this system terminates, and has not ended after this time, all of its streams are stopped. 0: they are waited for. */
    static void endWith(ActorSystem system, Duration patience) {
        boolean terminates = system.settings().config().getBoolean("pekko.coordinated-shutdown.terminate-actor-system");
        if (patience.isZero() || !terminates) {
            return;
        }
        // The last phase: whatever the application wanted done before is done.
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "gapless-stuck-transport", () -> {
                    CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> endNow(system));
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
    }

    private static void endNow(ActorSystem system) {
        if (!system.getWhenTerminated().toCompletableFuture().isDone()) {
            LOG.warn(
                    "Actor system {} does not end: its connections are reset (gapless.stuck-transport-timeout)",
                    system.name());
            system.actorSelection("/system/Materializers/*").tell(PoisonPill.getInstance(), ActorRef.noSender());
        }
    }
}
