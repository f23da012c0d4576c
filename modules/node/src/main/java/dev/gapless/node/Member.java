package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.gapless.Gapless;
import dev.gapless.GaveWay;
import dev.gapless.GivenUp;
import dev.gapless.internal.forming.HostPort;
import java.time.Duration;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as a member of the cluster. Closing it leaves. */
public final class Member implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Member.class);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(30);

    private final ActorSystem system;
    private final Cluster cluster;
    private final CompletableFuture<Done> up = new CompletableFuture<>();

    private Member(ActorSystem system) {
        this.system = system;
        this.cluster = Cluster.get(system);
        cluster.registerOnMemberUp(() -> up.complete(Done.getInstance()));
    }

    /**
     * Starts the actor system, which joins the seed nodes of its configuration, if there are any. It has the name that these
     * have, else the default one.
     */
    public static Member start(Config config) {
        return start(config, SystemName.ofSeedNodes(config));
    }

    /** Starts an actor system of this name. */
    static Member start(Config config, String systemName) {
        try {
            ListenProbe.check(config);
            return new Member(ActorSystem.create(systemName, config));
        } catch (Failure e) {
            throw e;
        } catch (ConfigException e) {
            throw new Failure("the configuration is wrong: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new Failure("cannot start: " + Failure.reason(e), e);
        }
    }

    /** Joins this member, HOST:PORT, or forms a cluster if that is itself; see {@link #up}. */
    public void join(String address) {
        HostPort to = HostPort.parse(address);
        cluster.join(new Address("pekko", system.name(), to.host(), to.port()));
    }

    /** Has a member let this one in, so that it knows the others? They may still have to agree to that. */
    boolean isLetIn() {
        return cluster.state().getMembers().iterator().hasNext();
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

    /** Host and port of the member to join if the cluster gave way to another one, and this node ended therefore; else null. */
    @Nullable String gaveWayTo() {
        return CoordinatedShutdown.get(system).getShutdownReason().orElse(null) instanceof GaveWay gaveWay
                ? gaveWay.address()
                : null;
    }

    /** Ends in good order, to begin anew: its consumers have given up. */
    void restart(GivenUp why) {
        var unused = CoordinatedShutdown.get(system).runAll(why);
    }

    /** Has the actor system ended, or is it about to, since a consumer gave up? */
    boolean gaveUp() {
        return CoordinatedShutdown.get(system).getShutdownReason().orElse(null) instanceof GivenUp;
    }

    /** Why the actor system ended, or is about to, without being asked to. */
    public String whyEnded() {
        CoordinatedShutdown.@Nullable Reason reason =
                CoordinatedShutdown.get(system).getShutdownReason().orElse(null);
        if (wasRemoved()) {
            return "this node was removed from the cluster, by the other members, which could not reach it, or by its own downing"
                    + " strategy, as it could not reach them; start it again to let it join anew";
        }
        if (reason == CoordinatedShutdown.incompatibleConfigurationDetectedReason()) {
            return "its configuration does not fit the cluster's (downing provider, split-brain strategy); see --config";
        }
        return reason == null ? "its actor system has ended" : reason.toString();
    }

    /** The identity of the cluster in cursor tokens. */
    String clusterId() {
        String set = system.settings().config().getString("gapless.cluster-id");
        return set.isEmpty() ? system.name() : set;
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

    static String hostPort(Address address) {
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    /**
     * Leaves the cluster, handing over what is still to be delivered, and ends the actor system. A member that never was up has
     * itself removed: its leaving would wait for what kept it out, and keep others out in turn.
     */
    @Override
    public void close() {
        if (!up.isDone()) {
            cluster.down(cluster.selfAddress());
        }
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
