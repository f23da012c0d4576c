package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/** A cluster of actor systems in this JVM, on free loopback ports. */
final class TestCluster implements AutoCloseable {
    /** What takes longer does not happen. */
    static final Duration DEADLINE = Duration.ofSeconds(Integer.getInteger("gapless.deadline.seconds", 30));

    private static final String QUICK = """
        pekko {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
          logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
          actor.provider = cluster
          remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          remote.artery.bind.bind-timeout = 60s
          logger-startup-timeout = 60s
          coordinated-shutdown.exit-jvm = off
          cluster {
            downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            periodic-tasks-initial-delay = 200ms
            failure-detector.acceptable-heartbeat-pause = 10s
            seed-node-timeout = 1s
            jmx.multi-mbeans-in-same-jvm = on
            log-info = off
          }
        }
        gapless.feed-hold = 0s # a subscription that stands still is overtaken at once
        """;

    private final List<ActorSystem> systems = new ArrayList<>();

    /** Starts nodes with this configuration on top of the quick one, and waits until all are up. */
    static TestCluster of(int nodes, String config) {
        TestCluster cluster = new TestCluster();
        for (int i = 0; i < nodes; i++) {
            cluster.join(config);
        }
        cluster.awaitUp(nodes);
        return cluster;
    }

    /** The quick configuration, with this one on top. */
    static Config config(String config) {
        return ConfigFactory.parseString(config)
                .withFallback(ConfigFactory.parseString(QUICK))
                .withFallback(Hesitating.config())
                .withFallback(ConfigFactory.load());
    }

    /** Starts one more node. */
    ActorSystem join(String config) {
        ActorSystem system = ActorSystem.create("test", config(config));
        Cluster first = Cluster.get(systems.isEmpty() ? system : systems.get(0));
        Cluster.get(system).join(first.selfAddress());
        systems.add(system);
        return system;
    }

    void awaitUp(int nodes) {
        for (int i = 0; i < systems.size(); i++) {
            awaitUpAmong(i, nodes);
        }
    }

    /** Waits until this node sees that many members, all up. */
    void awaitUpAmong(int index, int nodes) {
        ActorSystem system = systems.get(index);
        await(() -> {
            int up = 0;
            for (var member : Cluster.get(system).state().getMembers()) {
                up += member.status().equals(org.apache.pekko.cluster.MemberStatus.up()) ? 1 : 0;
            }
            return up == nodes;
        });
    }

    ActorSystem system(int index) {
        return systems.get(index);
    }

    Gapless gapless(int index) {
        return Gapless.get(systems.get(index));
    }

    /** Subscribes from now on. */
    Recorder<String> subscribe(int node, Topic<String> topic) {
        Recorder<String> recorder = new Recorder<>();
        get(gapless(node).subscribe(topic, StartFrom.latest(), recorder).ready());
        return recorder;
    }

    /** Leaves in good order. */
    void leave(int index) {
        systems.get(index).terminate();
        get(systems.get(index).getWhenTerminated());
    }

    /** Waits until it holds, or fails. */
    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("Not within " + DEADLINE);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        Hesitating.now();
    }

    static <V> V get(java.util.concurrent.CompletionStage<V> stage) {
        return stage.toCompletableFuture()
                .orTimeout(DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    /** {@return what it fails with, which is of this class} */
    static <E extends Throwable> E failure(Class<E> type, java.util.concurrent.CompletionStage<?> stage) {
        Throwable failure = assertThrows(CompletionException.class, () -> get(stage));
        return assertInstanceOf(type, failure.getCause());
    }

    @Override
    public void close() {
        for (ActorSystem system : systems) {
            system.terminate();
        }
        for (ActorSystem system : systems) {
            get(system.getWhenTerminated());
        }
    }
}
