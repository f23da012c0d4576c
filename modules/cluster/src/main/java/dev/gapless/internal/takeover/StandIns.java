package dev.gapless.internal.takeover;

import com.typesafe.config.Config;
import dev.gapless.internal.fence.Fence;
import dev.gapless.internal.store.TakeOver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stand-ins that this process runs. Each is an actor system of its own, and a member under the name of a node that is gone: it publishes
 * nothing, and reads the logs of that node to whoever lacks some. It ends by itself, or with the node that runs it.
 *
 * <p>Not thread-safe.
 */
public final class StandIns {
    /** The role that each has. */
    public static final String ROLE = "gapless-stand-in";

    private static final Logger LOG = LoggerFactory.getLogger(StandIns.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ExtendedActorSystem system;
    private final Cluster cluster;
    private final TakeOver how;
    private final List<String> roles;
    private final Executor mayBlock;
    private final Waits waits;
    /** The nodes that have one, or are about to. */
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /** By the names of the nodes. */
    private final Map<String, ActorSystem> systems = new ConcurrentHashMap<>();

    private volatile boolean closing;

    /**
     * None yet.
     *
     * @param role that of members that take part; empty if all do
     */
    public StandIns(ExtendedActorSystem system, Cluster cluster, TakeOver how, String role) {
        this.system = system;
        this.cluster = cluster;
        this.how = how;
        this.roles = role.isEmpty() ? List.of(ROLE) : List.of(role, ROLE);
        this.mayBlock = system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
        this.waits = new Waits(how.after());
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "gapless-stand-ins", this::close);
    }

    /**
     * Starts those whose turn it is.
     *
     * @param awaited nodes that are gone, of which no member has the name
     * @param older how many members are older than this one
     */
    public void look(Set<String> awaited, int older, long nowNs) {
        for (String node : waits.due(awaited, older, nowNs)) {
            if (running.size() >= how.most() || closing) {
                return;
            }
            if (running.add(node)) {
                waits.tried(node, nowNs);
                mayBlock.execute(() -> start(node));
            }
        }
    }

    private void start(String node) {
        LOG.info(
                "Node {} has not come back, and messages of it are waited for here: this process stands in for it"
                        + " (gapless.journal.take-over-after)",
                node);
        try {
            Config settings = StandInSettings.of(system.settings().config(), node, roles, how.port());
            ActorSystem standIn = ActorSystem.create(
                    system.name(), settings, system.dynamicAccess().classLoader());
            systems.put(node, standIn);
            standIn.getWhenTerminated().whenComplete((end, failure) -> ended(node));
            if (closing) {
                standIn.terminate();
            } else {
                join(node, standIn);
            }
        } catch (RuntimeException | LinkageError e) {
            failed(node, e);
            running.remove(node);
        }
    }

    /** First it is seen that all members hear it: one that some cannot reach would have them take each other for unreachable. */
    private void join(String node, ActorSystem standIn) {
        List<Address> members = reachableMembers();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (Address member : members) {
            answers.add(standIn.actorSelection(member + "/system")
                    .resolveOne(PATIENCE)
                    .toCompletableFuture()
                    .handle((there, failure) -> {
                        if (failure != null) {
                            throw new IllegalStateException(
                                    "the member at " + member.hostPort() + " does not answer it at "
                                            + Cluster.get(standIn).selfAddress().hostPort()
                                            + ". Members must reach it there (gapless.journal.stand-in-port)",
                                    failure);
                        }
                        return there;
                    }));
        }
        CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0])).whenComplete((all, failure) -> {
            if (failure == null) {
                Cluster.get(standIn).joinSeedNodes(members);
            } else {
                failed(node, Fence.cause(failure));
                standIn.terminate();
            }
        });
    }

    /** This node first. */
    private List<Address> reachableMembers() {
        Collection<Member> unreachable = cluster.state().getUnreachable();
        List<Address> members = new ArrayList<>(List.of(cluster.selfAddress()));
        for (Member member : cluster.state().getMembers()) {
            boolean isUp =
                    member.status().equals(MemberStatus.up()) || member.status().equals(MemberStatus.weaklyUp());
            if (isUp && !unreachable.contains(member) && !member.address().equals(cluster.selfAddress())) {
                members.add(member.address());
            }
        }
        return members;
    }

    private static void failed(String node, Throwable why) {
        LOG.warn(
                "Nothing stands in for node {}, which is gone: {}. Its messages are waited for until gapless.durable-return-timeout, and"
                        + " then told as lost. To have them, start a node of that name, with gapless.publishing = off",
                node,
                why.getMessage());
        LOG.debug("Why nothing stands in for node {}", node, why);
    }

    private void ended(String node) {
        systems.remove(node);
        running.remove(node);
        LOG.info("This process does not stand in for node {} any longer", node);
    }

    private CompletionStage<Done> close() {
        closing = true;
        List<CompletableFuture<?>> ends = new ArrayList<>();
        systems.values().forEach(standIn -> {
            standIn.terminate();
            ends.add(standIn.getWhenTerminated().toCompletableFuture());
        });
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> Done.getInstance());
    }
}
