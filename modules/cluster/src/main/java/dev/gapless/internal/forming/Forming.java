package dev.gapless.internal.forming;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.gapless.internal.fence.Fence;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * The first of the seed nodes forms the cluster if there is none. If it is started again while the others live, they may be too slow to
 * let it in, and it would form a second cluster beside theirs, without a word to anybody. So it starts with the others as seed nodes,
 * which lets it join and nothing else, and forms a cluster only when it knows of each of them that it is no member of one:
 *
 * <pre>
 *   nobody listens, on any of them, or there is no such name ──────► forms at once
 *   cannot be reached, or is in no cluster either, for a while ────► forms after seed-node-timeout, 5 s at least
 *   listens and does not answer, or its name cannot be looked up ──► asks again, for as long as its patience lasts
 *   is a member ──────────────────────────────────────────────────► waits to be let in
 * </pre>
 */
public final class Forming {
    private static final String SEEDS = "pekko.cluster.seed-nodes";
    private static final Set<String> CLUSTERED = Set.of("cluster", "org.apache.pekko.cluster.ClusterActorRefProvider");
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    /** Where somebody listens, who logs what he is asked. */
    private static final Duration ASK_INTERVAL = Duration.ofSeconds(1);
    /** Pekko's default; a shorter seed-node-timeout is no reason to hurry here. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    /** So many rounds of questions must come to the same. */
    private static final int ROUNDS = 2;

    private final ActorSystem system;
    private final Cluster cluster;
    private final Callable<List<HostPort>> source;
    private final boolean joinsThem;
    private final Duration patience;
    private final Consumer<String> tell;
    private List<HostPort> joined = List.of();
    private String told = "";

    private Forming(
            ActorSystem system,
            Callable<List<HostPort>> source,
            boolean joinsThem,
            Duration patience,
            Consumer<String> tell) {
        this.system = system;
        this.cluster = Cluster.get(system);
        this.source = source;
        this.joinsThem = joinsThem;
        this.patience = patience;
        this.tell = tell;
    }

    /**
     * Of an actor system that was made with {@link #withSeeds}, and joins them already.
     *
     * @param others {@link #others}
     * @param patience how long one that is silent is waited for
     * @param tell is told in one line what this waits for
     */
    public static Forming ofConfig(ActorSystem system, List<String> others, Duration patience, Consumer<String> tell) {
        List<HostPort> fixed = others.stream().map(Forming::at).toList();
        return new Forming(system, () -> fixed, false, patience, tell);
    }

    /**
     * Of an actor system without seed nodes.
     *
     * @param nodes in one order on all nodes, and asked each time: the first one forms the cluster. Nobody yet if empty, or if it throws
     * @param patience how long one that is silent is waited for
     * @param tell is told in one line what this waits for
     */
    public static Forming of(
            ActorSystem system, Callable<List<HostPort>> nodes, Duration patience, Consumer<String> tell) {
        return new Forming(system, nodes, true, patience, tell);
    }

    /** The other seed nodes, if this node is the first of them and they can be asked; else nobody. */
    public static List<String> others(Config config) {
        if (!TcpProbe.isOverTcp(config) || !CLUSTERED.contains(config.getString("pekko.actor.provider"))) {
            return List.of(); // nobody listens at a TCP port there
        }
        List<String> seeds = config.getStringList(SEEDS);
        HostPort self = self(config);
        return !seeds.isEmpty() && at(seeds.get(0)).equals(self)
                ? seeds.stream().filter(seed -> !at(seed).equals(self)).toList()
                : List.of();
    }

    /** The same settings for a node that joins these; if it is not the first of them, it forms no cluster by itself. */
    public static Config withSeeds(Config config, List<String> seeds) {
        return config.withValue(SEEDS, ConfigValueFactory.fromIterable(seeds));
    }

    private static HostPort at(String seed) {
        return HostPort.of(AddressFromURIString.parse(seed));
    }

    private static HostPort self(Config config) {
        String host = config.getString("pekko.remote.artery.canonical.hostname");
        int port = config.getInt("pekko.remote.artery.canonical.port");
        try {
            return switch (host) {
                case "<getHostAddress>" ->
                    new HostPort(InetAddress.getLocalHost().getHostAddress(), port);
                case "<getHostName>" -> new HostPort(InetAddress.getLocalHost().getHostName(), port);
                default -> new HostPort(HostPort.unbracketed(host), port);
            };
        } catch (UnknownHostException e) {
            return new HostPort(host, port);
        }
    }

    /** Waits. */
    public interface Pause {
        /** Sleeps; false if the end was asked for meanwhile. */
        boolean sleep(Duration duration);
    }

    /**
     * Blocks until the node is let in, forms the cluster, or is to end.
     *
     * @return null; or who was silent when the patience was over, in which case no cluster was formed
     */
    public @Nullable String run(Pause pause) {
        SeedProbe probe = new SeedProbe(system);
        Duration set = system.settings().config().getDuration("pekko.cluster.seed-node-timeout");
        Duration seedTimeout = set.compareTo(SHORTEST) < 0 ? SHORTEST : set;
        long beginNs = System.nanoTime();
        long silentNs = beginNs;
        int agreed = 0;
        Duration interval = LOOK_INTERVAL;
        while (!isLetIn() && !isEnding() && pause.sleep(interval)) {
            Duration waited = Duration.ofNanos(System.nanoTime() - beginNs);
            List<HostPort> nodes = Fence.call(source, thrown -> List.of());
            List<HostPort> others = nodes.stream().filter(node -> !isSelf(node)).toList();
            joinThem(others);
            boolean isFirst = !joinsThem || (!nodes.isEmpty() && isSelf(nodes.get(0)));
            if (!isFirst) {
                agreed = 0;
                if (waited.compareTo(seedTimeout) > 0) {
                    tellOfSource(nodes);
                }
                continue;
            }
            List<SeedProbe.Answer> answers = others.stream().map(probe::ask).toList();
            interval = answers.stream().allMatch(SeedProbe.Answer.REFUSES::equals) ? LOOK_INTERVAL : ASK_INTERVAL;
            if (answers.contains(SeedProbe.Answer.SILENT)) {
                silentNs = System.nanoTime(); // once it answers it is given time to let this node in
            }
            Duration answering = Duration.ofNanos(System.nanoTime() - silentNs);
            agreed = mayForm(answers, answering.compareTo(seedTimeout) > 0) ? agreed + 1 : 0;
            if (agreed == ROUNDS && !isLetIn()) {
                cluster.join(cluster.selfAddress());
                return null;
            }
            String silent = silent(others, answers);
            if (!silent.isEmpty() && waited.compareTo(seedTimeout) > 0) {
                tellOnce(
                        "waits for seed node " + silent
                                + ", which listens and does not answer, or whose name cannot be looked up, before it forms a cluster");
            }
            if (!silent.isEmpty() && waited.compareTo(patience) > 0) {
                return silent;
            }
        }
        return null;
    }

    /** A source that never names this node, and so nobody to form the cluster, is no silent matter. */
    private void tellOfSource(List<HostPort> nodes) {
        if (nodes.stream().noneMatch(this::isSelf)) {
            tellOnce("has not joined: the source of nodes "
                    + (nodes.isEmpty() ? "names none, or failed" : "does not name this one, but " + nodes));
        }
    }

    private void tellOnce(String line) {
        if (!line.equals(told)) {
            told = line;
            tell.accept(line);
        }
    }

    private void joinThem(List<HostPort> others) {
        if (joinsThem && !others.isEmpty() && !others.equals(joined)) {
            joined = others;
            List<Address> addresses = new ArrayList<>();
            others.forEach(other -> addresses.addAll(other.addresses(system.name())));
            cluster.joinSeedNodes(addresses);
        }
    }

    private boolean isSelf(HostPort node) {
        return HostPort.of(cluster.selfAddress()).equals(node);
    }

    /** Has a member let this one in, so that it knows the others? They may still have to agree to that. */
    private boolean isLetIn() {
        return cluster.state().getMembers().iterator().hasNext();
    }

    private boolean isEnding() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent()
                || system.whenTerminated().isCompleted();
    }

    /** Is none of them a member of a cluster? By then each has been asked to let this node in, and asked before it answered. */
    static boolean mayForm(List<SeedProbe.Answer> answers, boolean waitedLongEnough) {
        return answers.stream().allMatch(SeedProbe.Answer.REFUSES::equals)
                || (waitedLongEnough
                        && !answers.contains(SeedProbe.Answer.SILENT)
                        && !answers.contains(SeedProbe.Answer.MEMBER));
    }

    private static String silent(List<HostPort> others, List<SeedProbe.Answer> answers) {
        return others.stream()
                .filter(seed -> answers.get(others.indexOf(seed)) == SeedProbe.Answer.SILENT)
                .map(HostPort::toString)
                .collect(Collectors.joining(", "));
    }
}
