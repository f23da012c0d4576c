package dev.gapless.internal.node;

import dev.gapless.GaveWay;
import dev.gapless.NodeStatus.OtherClusterStatus;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.internal.measure.NodeStats;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What people are told of other clusters with this one's id, and how this node ends when its cluster gives way to one (rule M4). */
final class OtherClusterNotice {
    private final OtherClusterSettings settings;
    private final Node node;
    private final NodeStats stats;
    private final ActorSystem<?> system;
    private final Supplier<Logger> log;

    OtherClusterNotice(
            OtherClusterSettings settings, Node node, NodeStats stats, ActorSystem<?> system, Supplier<Logger> log) {
        this.settings = settings;
        this.node = node;
        this.stats = stats;
        this.system = system;
        this.log = log;
    }

    /** Those that are seen right now, by this node, which speaks for its cluster. */
    List<OtherClusterStatus> seen() {
        return node.otherClusters().stream()
                .map(other -> new OtherClusterStatus(other.oldest(), other.members()))
                .toList();
    }

    /** Counts them. Of nodes that listen and say nothing nobody knows how many clusters they are: they count as one. */
    void count() {
        List<Effect.OtherCluster> known = node.knownClusters();
        List<String> silent = node.silentSeeds();
        boolean givesWay = known.stream().anyMatch(Effect.OtherCluster::givesWay);
        stats.otherClusters(known.size() + (silent.isEmpty() ? 0 : 1), words(known, silent, givesWay), givesWay);
    }

    private static @Nullable String words(List<Effect.OtherCluster> known, List<String> silent, boolean givesWay) {
        if (known.isEmpty()) {
            return silent.isEmpty()
                    ? null
                    : "somebody listens at " + String.join(", ", silent)
                            + ", where a member was lost, and says nothing: there may be another cluster with the same id";
        }
        Effect.OtherCluster one = known.get(0);
        return "there is another cluster with the same id, whose oldest member is " + one.oldest() + ", and which has "
                + one.members() + " members. " + (givesWay ? "This one" : "That one")
                + " is to give way (gapless.other-cluster)";
    }

    /** There may be another one, which says nothing. */
    void mute(Effect.Mute mute) {
        log.get()
                .error(
                        "{} was lost, and somebody listens at its address, {}, and has not said a word for {} s (six times"
                                + " gapless.other-cluster-grace). If that process runs, it may be in another cluster with the id '{}', as after"
                                + " a partition that both sides survived: nothing that is published there is delivered here, and no"
                                + " subscription is told. Choose the cluster that stays, stop all nodes of the other one, and start them"
                                + " again so that they join it. If the process hangs, end it",
                        mute.node(),
                        mute.address(),
                        6 * settings.graceNs() / 1_000_000_000,
                        settings.clusterId());
    }

    /** It says something after all, joined, or is gone. */
    void muteNoMore(Effect.MuteNoMore over) {
        log.get()
                .warn(
                        "What listened at {}, the address of {}, which was lost, and said nothing, is silent no more: it said something,"
                                + " joined this cluster, or is gone. If it was in another cluster, subscriptions may lack what was"
                                + " published there",
                        over.address(),
                        over.node());
    }

    /** There is another one. */
    void found(Effect.OtherCluster other) {
        count();
        log.get()
                .error(
                        "There are two clusters with the id '{}'. The oldest member of this one is {} at {}, and it has {} members; that of"
                                + " the other one is {}, and it has {}. Nothing that is published in one is delivered in the other. {}",
                        settings.clusterId(),
                        node.nameOf(node.uid()),
                        settings.address(),
                        node.named().size(),
                        other.oldest(),
                        other.members(),
                        advice(other.givesWay()));
    }

    private String advice(boolean isLess) {
        if (!isLess) {
            return "The other one is to give way. If its nodes do not shut down by themselves (gapless.other-cluster = give-way), stop"
                    + " them, and start them again so that they join this one";
        }
        return settings.givesWay()
                ? "This one gives way (gapless.other-cluster), and its nodes shut down. Stop those that do not, and start them again so"
                        + " that they join the other one"
                : "This one should give way, and stays, since gapless.other-cluster is warn: stop its nodes, and start them again so that"
                        + " they join the other one";
    }

    /** It is not seen any more. */
    void gone(Effect.OtherClusterGone gone) {
        log.get()
                .warn(
                        "The other cluster, that of {}, is not heard any more: all subscriptions are told that they may have missed"
                                + " something (POSITION_UNKNOWN)",
                        gone.oldest());
    }

    /** This node leaves, in good order. */
    void giveWay(Effect.GivesWay effect) {
        GaveWay reason = new GaveWay(effect.address());
        log.get().error("This node shuts down: {}", reason);
        CoordinatedShutdown.get(system).runAll(reason);
    }
}
