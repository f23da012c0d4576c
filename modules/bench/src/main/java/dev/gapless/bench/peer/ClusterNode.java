package dev.gapless.bench.peer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/** A node of a cluster, once it has joined. */
public class ClusterNode implements Addressed {
    /** The configuration of a node with Gapless. */
    public static final String GAPLESS = "bench-gapless.conf";

    /** The configuration of a node without it. */
    public static final String PEKKO = "bench-pekko.conf";

    static final String SYSTEM = "bench";

    private final ActorSystem system;
    private final Cluster cluster;

    /** @param config a resource */
    public ClusterNode(String config) {
        this(ConfigFactory.load(config));
    }

    /** One with a name of its own. */
    public ClusterNode(String config, String name) {
        this(ConfigFactory.parseMap(Map.of("gapless.node-name", name)).withFallback(ConfigFactory.load(config)));
    }

    private ClusterNode(Config config) {
        system = ActorSystem.create(SYSTEM, config);
        cluster = Cluster.get(system);
    }

    public final ActorSystem system() {
        return system;
    }

    public final Cluster cluster() {
        return cluster;
    }

    @Override
    public final String address() {
        Address address = cluster.selfAddress();
        return address.getHost().orElseThrow() + ":" + address.getPort().orElseThrow();
    }

    /** Joins the first node, which may be this one, and waits until as many members are up. */
    public final void join(String first, int members) throws InterruptedException, TimeoutException {
        join(first);
        long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
        while (up() < members) {
            if (System.nanoTime() - untilNs > 0) {
                throw new TimeoutException("the cluster did not form within " + Patience.CONNECT.toSeconds() + " s");
            }
            Thread.sleep(20);
        }
    }

    /** Asks to join the first node. */
    public final void join(String first) {
        int colon = first.lastIndexOf(':');
        cluster.join(
                new Address("pekko", SYSTEM, first.substring(0, colon), Integer.parseInt(first.substring(colon + 1))));
    }

    private long up() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
    }
}
