package dev.gapless.internal.node;

import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.forming.TcpProbe;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.SubscriptionListener;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContextExecutor;

/**
 * The configured seed nodes. One that is no member of this node's cluster may be in another one, of which nothing is delivered or
 * announced here. So a node that has come up waits until each is a member or is known not to listen, before its subscriptions are
 * ready, and names the others. A seed node that starts slowly listens long before it is a member. So only one that is not a member after
 * several times as long is worth a warning. Thread-safe.
 */
final class SeedNodes {
    private static final Logger LOG = LoggerFactory.getLogger(SeedNodes.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    /** When nobody waits any more. */
    private static final Duration LATE_LOOK_INTERVAL = Duration.ofSeconds(1);
    /** So many times the patience: a slow start is over by then. */
    private static final int BEFORE_A_WARNING = 6;

    private final ExtendedActorSystem system;
    private final Cluster cluster;
    private final Duration patience;
    private final Set<Address> unknown = new TreeSet<>(Address.addressOrdering());
    private final CompletableFuture<Set<String>> asked = new CompletableFuture<>();

    /** They are asked from when this node is up, for so long at most. */
    SeedNodes(ExtendedActorSystem system, Cluster cluster, Duration patience) {
        this.system = system;
        this.cluster = cluster;
        this.patience = patience;
        if (TcpProbe.isOverTcp(system.settings().config())) {
            cluster.settings().SeedNodes().foreach(unknown::add);
            unknown.remove(cluster.selfAddress());
        }
        if (unknown.isEmpty()) {
            asked.complete(Set.of());
        } else {
            ExecutionContextExecutor mayBlock =
                    system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
            cluster.registerOnMemberUp(() -> mayBlock.execute(() -> look(System.nanoTime(), mayBlock)));
        }
    }

    /** The configured ones of this node: host and port of each. */
    static Set<String> of(Cluster cluster) {
        Set<String> seeds = new TreeSet<>();
        cluster.settings().SeedNodes().foreach(seed -> seeds.add(ClusterMembers.hostPort(seed)));
        return seeds;
    }

    /** The same listener, which is told that its subscription is ready once the seed nodes were asked, with those that remain. */
    SubscriptionListener before(SubscriptionListener listener) {
        boolean nothingToAdd = asked.isDone() && asked.join().isEmpty();
        return nothingToAdd ? listener : new Waiting(listener, asked);
    }

    /** One look at a time. */
    private void look(long beganNs, ExecutionContextExecutor mayBlock) {
        try {
            unknown.removeIf(seed -> isMember(seed) || refuses(seed));
            long lookedNs = System.nanoTime() - beganNs;
            if (unknown.isEmpty()) {
                asked.complete(Set.of());
            } else if (lookedNs <= patience.toNanos()) {
                system.scheduler().scheduleOnce(LOOK_INTERVAL, () -> look(beganNs, mayBlock), mayBlock);
            } else if (lookedNs / BEFORE_A_WARNING <= patience.toNanos()) {
                nameThem();
                system.scheduler().scheduleOnce(LATE_LOOK_INTERVAL, () -> look(beganNs, mayBlock), mayBlock);
            } else {
                nameThem();
                LOG.warn(
                        "Seed node {} is not a member of this node's cluster after {} s, and is not known to be down. If it is in"
                                + " another cluster, nothing that is published there is delivered or announced here",
                        String.join(", ", remaining()),
                        TimeUnit.NANOSECONDS.toSeconds(lookedNs));
            }
        } catch (IllegalStateException e) {
            asked.complete(Set.of()); // the actor system ends, and its subscriptions with it
        }
    }

    /** To whom waits for ready, once. */
    private void nameThem() {
        if (!asked.isDone()) {
            Set<String> remaining = Set.copyOf(remaining());
            LOG.info(
                    "Seed node {} has not joined yet: ready() does not wait for it any longer",
                    String.join(", ", remaining()));
            asked.complete(remaining);
        }
    }

    private Set<String> remaining() {
        return unknown.stream().map(ClusterMembers::hostPort).collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isMember(Address seed) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(member -> member.address().equals(seed));
    }

    /** Does its machine say that nobody listens there? */
    private static boolean refuses(Address seed) {
        return TcpProbe.ask(seed.getHost().orElse(""), seed.getPort().orElse(0)) == TcpProbe.Answer.REFUSES;
    }

    /** Passes on what it is told, and that the subscription is ready when the seed nodes were asked. */
    private record Waiting(SubscriptionListener listener, CompletableFuture<Set<String>> asked)
            implements SubscriptionListener {
        @Override
        public void ready(Set<String> silent) {
            var unused = asked.thenAccept(more -> {
                Set<String> all = new TreeSet<>(silent);
                all.addAll(more);
                listener.ready(all);
            });
        }

        @Override
        public SubscriptionStats stats() {
            return listener.stats();
        }

        @Override
        public void opened(SubscriptionState state, Feedback.Sink feedback) {
            listener.opened(state, feedback);
        }

        @Override
        public void wake() {
            listener.wake();
        }

        @Override
        public void shutdown() {
            listener.shutdown();
        }

        @Override
        public void refused(RuntimeException cause) {
            listener.refused(cause);
        }
    }
}
