package dev.gapless.node;

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
public final class StuckTransport {
    private static final Logger log = LoggerFactory.getLogger(StuckTransport.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private StuckTransport() {}

    /** Stops what keeps this system from its end, five seconds after it was to terminate. */
    public static void endWith(ActorSystem system) {
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "end-stuck-transport", () -> {
                    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(() -> {
                                if (!system.getWhenTerminated()
                                        .toCompletableFuture()
                                        .isDone()) {
                                    log.warn("The actor system does not end: its connections are reset");
                                    reset(system);
                                }
                            });
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
    }

    /** Stops all streams of this system, those of its connections among them. */
    static void reset(ActorSystem system) {
        system.actorSelection("/system/Materializers/*").tell(PoisonPill.getInstance(), ActorRef.noSender());
    }
}
