package dev.gapless.internal.node;

import dev.gapless.GaveWay;
import dev.gapless.Removed;
import dev.gapless.internal.fence.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the other members have removed this node, or that it gave way to another cluster, and does not let that pass in silence: the
 * actor system ends, and the process that embeds it may go on for days with what it knew. It says so at once, calls the application's hooks,
 * and where there are none says it again each minute. Thread-safe.
 */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
    private static final String WAS_REMOVED =
            "it was removed from the cluster, by the other members or its own downing strategy";

    private static final Duration AGAIN = Duration.ofMinutes(1);
    /** Then the log has it often enough. */
    private static final int MOST_WARNINGS = 60;

    /** What reasons of a shutdown say that are none of this process. */
    private static final Map<CoordinatedShutdown.Reason, String> REASONS = Map.of(
            CoordinatedShutdown.clusterDowningReason(),
            WAS_REMOVED,
            CoordinatedShutdown.incompatibleConfigurationDetectedReason(),
            "it was not let into the cluster, as its configuration does not fit",
            CoordinatedShutdown.clusterJoinUnsuccessfulReason(),
            "it could not join the cluster within pekko.cluster.shutdown-after-unsuccessful-join-seed-nodes");

    /** The dispatchers end with the actor system. */
    private static final ScheduledThreadPoolExecutor THREAD = thread();

    /** What warns, by the names of actor systems: one that begins anew ends the warnings of the one before. */
    private static final Map<String, Future<?>> WARNINGS = new ConcurrentHashMap<>();

    private final ActorSystem system;
    private final String node;
    private final boolean standsIn;
    private final List<Consumer<Removed>> hooks = new CopyOnWriteArrayList<>();
    private volatile @Nullable Removed removed;

    /** @param standsIn whether it stands in for this node, and has nothing of the application */
    Removal(ActorSystem system, String node, boolean standsIn) {
        this.system = system;
        this.node = node;
        this.standsIn = standsIn;
        end(WARNINGS.remove(system.name()));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "gapless-removal", () -> {
                    CoordinatedShutdown.get(system).getShutdownReason().ifPresent(this::tellWhy);
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
    }

    private void tellWhy(CoordinatedShutdown.Reason why) {
        String reason = REASONS.get(why);
        if (reason != null) {
            tellOnce(reason + " (" + nameOf(why) + ")");
        } else if (why instanceof GaveWay) {
            tellOnce(why.toString());
        }
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gapless-removal");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Why it was removed; null if it was not. */
    @Nullable Removed removed() {
        return removed;
    }

    /** Tells this one, also if it comes late. */
    void tell(Consumer<Removed> hook) {
        hooks.add(hook);
        Removed known = removed;
        if (known != null) {
            end(WARNINGS.remove(system.name()));
            THREAD.execute(() -> call(hook, known));
        }
    }

    /**
     * The cluster has ended on this node, which did not leave it. With {@code run-coordinated-shutdown-when-down = off} nothing else tells that,
     * and the actor system stays up.
     */
    void clusterEnded() {
        tellOnce(WAS_REMOVED);
    }

    private synchronized void tellOnce(String why) {
        if (removed != null) {
            return;
        }
        Removed now = new Removed(node, why);
        if (standsIn) {
            removed = now;
            LOG.warn(
                    "The stand-in for node {} ends: {}. Whoever lacks messages of that node waits for it as before, and another stand-in"
                            + " may follow (gapless.journal.take-over-after)",
                    node,
                    why);
            return;
        }
        LOG.error(
                "Node {}: {}. Its subscriptions have ended, and nothing more is delivered: what this process knows is stale from now on. It"
                        + " takes part again only as a new process or with a new actor system (Gapless.onRemoved,"
                        + " pekko.coordinated-shutdown.exit-jvm = on)",
                now.node(),
                now.reason());
        removed = now;
        hooks.forEach(hook -> THREAD.execute(() -> call(hook, now)));
        if (hooks.isEmpty()) {
            AtomicInteger times = new AtomicInteger();
            Future<?> warning = THREAD.scheduleAtFixedRate(
                    () -> warn(now, times.incrementAndGet()), AGAIN.toNanos(), AGAIN.toNanos(), TimeUnit.NANOSECONDS);
            end(WARNINGS.put(system.name(), warning));
        }
    }

    private void warn(Removed now, int times) {
        LOG.warn(
                "Node {}: {}, {} min ago, and this process goes on with stale state. Gapless.onRemoved tells it",
                now.node(),
                now.reason(),
                times);
        if (times >= MOST_WARNINGS) {
            end(WARNINGS.remove(system.name()));
        }
    }

    private static void end(@Nullable Future<?> warning) {
        if (warning != null) {
            warning.cancel(false);
        }
    }

    private static void call(Consumer<Removed> hook, Removed now) {
        Fence.run(() -> hook.accept(now), shown -> LOG.error("What Gapless.onRemoved was given failed", shown));
    }

    private static String nameOf(CoordinatedShutdown.Reason reason) {
        return reason.getClass().getSimpleName().replace("$", "");
    }
}
