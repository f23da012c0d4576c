package dev.gapless;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.internal.forming.Forming;
import dev.gapless.internal.forming.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts nodes so that there is one cluster. Plain Pekko lets the first of the seed nodes form a cluster if nobody lets it in within
 * {@code pekko.cluster.seed-node-timeout}: a first node that is killed and started again at once, while the others are too busy to answer,
 * forms a second one, and neither hears of the other. A node that starts by this class asks the other seed nodes first. It forms a cluster
 * at once if nobody listens there (or there is no such name), after {@code seed-node-timeout}, 5 s at least, if they cannot be reached or are
 * in no cluster themselves, and never while one is a member that runs Gapless, or listens and does not answer. The last is logged, and it goes on asking.
 *
 * <pre>{@code
 * ActorSystem system = ClusterFormation.start("flags", ConfigFactory.load()); // in place of ActorSystem.create
 * Gapless gapless = Gapless.get(system);
 * }</pre>
 *
 * <p>Pekko Management's Cluster Bootstrap, which finds nodes by discovery, has rules of its own, and needs none of this. Thread-safe.
 */
public final class ClusterFormation {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFormation.class);
    private static final Duration EVER = Duration.ofDays(36_500);

    private ClusterFormation() {}

    /**
     * As {@link ActorSystem#create(String, Config)}, for a node with {@code pekko.cluster.seed-nodes}.
     *
     * @param name that of the seed nodes' addresses
     * @param config of the actor system
     * @return the actor system, which may not have joined yet
     */
    public static ActorSystem start(String name, Config config) {
        return start(name, config, null);
    }

    /**
     * As {@link ActorSystem#create(String, Config, ClassLoader)}, for a node with {@code pekko.cluster.seed-nodes}.
     *
     * @param name that of the seed nodes' addresses
     * @param config of the actor system
     * @param loader null: that of the thread
     * @return the actor system, which may not have joined yet
     */
    public static ActorSystem start(String name, Config config, @Nullable ClassLoader loader) {
        Objects.requireNonNull(name, "name");
        Config all = config.withFallback(
                loader == null ? ConfigFactory.defaultReference() : ConfigFactory.defaultReference(loader));
        List<String> others = Forming.others(all.resolve());
        Config its = others.isEmpty() ? config : Forming.withSeeds(config, others);
        ActorSystem system = loader == null ? ActorSystem.create(name, its) : ActorSystem.create(name, its, loader);
        if (!others.isEmpty()) {
            run(system, Forming.ofConfig(system, others, EVER, line -> warn(system, line)));
        }
        return system;
    }

    /**
     * For an actor system without seed nodes: joins the nodes that a source names, and forms a cluster with the same care if this node is the
     * first of them. It does not wait until the node has joined.
     *
     * @param system has not joined any yet
     * @param nodes where nodes are, each as HOST:PORT, this one among them, in one order on all nodes. It is called five times a second at most, on
     *     a thread of its own, until this node has joined; while it throws, or knows nobody, nothing is joined or formed
     */
    public static void join(ActorSystem system, Callable<List<String>> nodes) {
        Objects.requireNonNull(nodes, "nodes");
        if (Cluster.get(system).settings().SeedNodes().nonEmpty()) {
            throw new IllegalArgumentException(
                    "pekko.cluster.seed-nodes names nodes to join already: leave it empty, or use"
                            + " ClusterFormation.start in place of ActorSystem.create");
        }
        Callable<List<HostPort>> parsed =
                () -> nodes.call().stream().map(HostPort::parse).toList();
        run(system, Forming.of(system, parsed, EVER, line -> warn(system, line)));
    }

    private static void run(ActorSystem system, Forming forming) {
        Thread thread = new Thread(() -> forming.run(ClusterFormation::sleep), "gapless-forming-" + system.name());
        thread.setDaemon(true);
        thread.start();
    }

    private static void warn(ActorSystem system, String line) {
        LOG.warn("{} {}", Cluster.get(system).selfAddress(), line);
    }

    private static boolean sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
