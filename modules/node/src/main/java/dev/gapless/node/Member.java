package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.gapless.Gapless;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as a member of the cluster. Closing it leaves. */
public final class Member implements AutoCloseable {
    /** The name of every actor system of a Gapless cluster: only those with the same one can join each other. */
    public static final String SYSTEM = "gapless";

    private static final Logger log = LoggerFactory.getLogger(Member.class);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private final ActorSystem system;
    private final Cluster cluster;
    private final CompletableFuture<Done> up = new CompletableFuture<>();

    private Member(ActorSystem system) {
        this.system = system;
        this.cluster = Cluster.get(system);
        cluster.registerOnMemberUp(() -> up.complete(Done.getInstance()));
    }

    /** Starts the actor system, which joins the seed nodes of its configuration, if there are any. */
    public static Member start(Config config) {
        try {
            return new Member(ActorSystem.create(SYSTEM, config));
        } catch (ConfigException e) {
            throw new Failure("the configuration is wrong: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new Failure("cannot start: " + Failure.reason(e), e);
        }
    }

    /** Joins this member, HOST:PORT, or forms a cluster if that is itself; see {@link #up}. */
    public void join(String address) {
        HostPort to = HostPort.parse(address);
        cluster.join(new Address("pekko", SYSTEM, to.host(), to.port()));
    }

    void join(List<HostPort> seeds, Duration timeout, Termination termination) {
        List<Address> addresses = new ArrayList<>();
        for (HostPort seed : seeds) {
            addresses.addAll(seed.addresses(SYSTEM));
        }
        cluster.joinSeedNodes(addresses);
        var ended = new CompletableFuture<Done>();
        var unused = system.getWhenTerminated().whenComplete((terminated, error) -> ended.complete(Done.getInstance()));
        try {
            var first = CompletableFuture.anyOf(up, ended, termination.requested())
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            log.debug("Joined or ended: {}", first);
        } catch (TimeoutException e) {
            throw new Failure(
                    "could not join " + names(seeds) + " within " + timeout.toSeconds() + " s: " + whyNot(seeds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        if (!up.isDone()) {
            throw new Failure(
                    termination.isRequested()
                            ? "interrupted while joining " + names(seeds)
                            : "was not let in by " + names(seeds) + ": " + whyEnded());
        }
    }

    private static String names(List<HostPort> seeds) {
        return seeds.stream().map(HostPort::toString).collect(Collectors.joining(", "));
    }

    private static String whyNot(List<HostPort> seeds) {
        List<String> reasons = new ArrayList<>();
        for (HostPort seed : seeds) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(seed.host(), seed.port()), (int) PROBE_TIMEOUT.toMillis());
                reasons.add(seed + " listens, but did not let this member in (is it a member of a cluster itself, and"
                        + " is this how it writes its host?)");
            } catch (IOException e) {
                reasons.add(seed + " cannot be reached (" + Failure.reason(e) + ")");
            }
        }
        return String.join("; ", reasons);
    }

    /** Completes once this node is a member, and up. */
    public CompletableFuture<Done> up() {
        return up;
    }

    /** Completes when the actor system has ended, for whatever reason. */
    public CompletableFuture<?> ended() {
        return system.getWhenTerminated().toCompletableFuture();
    }

    /** Has the actor system ended, or is it about to? */
    public boolean isEnding() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    }

    /** Has the actor system ended, or is it about to, since the other members removed this one? */
    boolean wasRemoved() {
        return CoordinatedShutdown.get(system).getShutdownReason().orElse(null)
                == CoordinatedShutdown.clusterDowningReason();
    }

    /** Why the actor system ended, or is about to, without being asked to. */
    public String whyEnded() {
        CoordinatedShutdown.@org.jspecify.annotations.Nullable Reason reason =
                CoordinatedShutdown.get(system).getShutdownReason().orElse(null);
        if (wasRemoved()) {
            return "the other members removed this node while they could not reach it, so it stopped; start it again to"
                    + " let it join anew";
        }
        if (reason == CoordinatedShutdown.incompatibleConfigurationDetectedReason()) {
            return "its configuration does not fit the cluster's (downing provider, split-brain strategy); see --config";
        }
        return reason == null ? "its actor system has ended" : reason.toString();
    }

    public ActorSystem system() {
        return system;
    }

    public Gapless gapless() {
        return Gapless.get(system);
    }

    /** Host and port of each member, this one included, whatever its state. */
    public List<String> addresses() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .map(member -> hostPort(member.address()))
                .sorted()
                .collect(Collectors.toList());
    }

    /** This member's own host and port. */
    public String address() {
        return hostPort(cluster.selfAddress());
    }

    private static String hostPort(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    /** Leaves the cluster, handing over what is still to be delivered, and ends the actor system. */
    @Override
    public void close() {
        try {
            var unused = CoordinatedShutdown.get(system)
                    .runAll(Leaving.INSTANCE)
                    .toCompletableFuture()
                    .get(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("Left the cluster without its consent: {}", Failure.reason(e));
        }
    }

    private static final class Leaving implements CoordinatedShutdown.Reason {
        static final Leaving INSTANCE = new Leaving();

        @Override
        public String toString() {
            return "leaving";
        }
    }
}
