package dev.gapless.internal.node;

import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.node.Node;
import dev.gapless.core.wire.Packet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;

/** Carries out what a node wants. For the node actor's thread. */
final class NodeEffects implements Outbox.Carrier {

    /** What the actor does itself. */
    interface Actor {
        /** The node shuts down, for this reason. */
        void fail(String why);

        /** This older member has this node's name. */
        void nameTaken(long olderUid);

        /** The node has left; {@code complete}: and its consumers have everything. */
        void left(boolean complete);
    }

    private final Actor actor;
    private final Node node;
    private final String name;
    private final Duration cursorRetention;
    private final MemberActors peers;
    private final ClusterMembers members;
    private final List<ActorRef<Object>> shards;
    private final Courier courier;
    private final OtherClusterNotice otherClusters;
    private final StoreOpening store;
    private final Supplier<Logger> log;

    NodeEffects(
            Actor actor,
            Node node,
            String name,
            Duration cursorRetention,
            MemberActors peers,
            ClusterMembers members,
            List<ActorRef<Object>> shards,
            Courier courier,
            OtherClusterNotice otherClusters,
            StoreOpening store,
            Supplier<Logger> log) {
        this.actor = actor;
        this.node = node;
        this.name = name;
        this.cursorRetention = cursorRetention;
        this.peers = peers;
        this.members = members;
        this.shards = shards;
        this.courier = courier;
        this.otherClusters = otherClusters;
        this.store = store;
        this.log = log;
    }

    @Override
    public void send(long toUid, Packet packet) {
        peers.send(toUid, packet);
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.TellShards tell) {
            tellShards(tell.message());
        } else if (effect instanceof Effect.Introduced introduced) {
            members.introduced(introduced);
        } else if (effect instanceof Effect.Forgetting forgetting) {
            log.get()
                    .warn(
                            "{} has not been heard of for {} s (gapless.cursor-retention), though it is a member: its cursors are dropped",
                            node.nameOf(forgetting.uid()),
                            cursorRetention.toSeconds());
        } else if (effect instanceof Effect.ClockAhead ahead) {
            log.get()
                    .error(
                            "The clock of {} says {}, more than a day ahead of this node's: one of the two is wrong. Tokens may be told"
                                    + " less than they lack until it is set, and the node with it started anew",
                            node.nameOf(ahead.uid()),
                            Instant.ofEpochMilli(ahead.timeMs()));
        } else if (effect instanceof Effect.HistoryCut cut) {
            log.get()
                    .warn(
                            "The history of ended nodes has no room for the {} topics of {}. Tokens that were taken before it left are told that"
                                    + " anything may be missed: publish to fewer topics from each node, or restart nodes less often",
                            cut.topics(),
                            cut.node());
        } else if (effect instanceof Effect.NameTaken taken) {
            actor.nameTaken(taken.olderUid());
        } else if (effect instanceof Effect.SingleNode with) {
            actor.fail("Another node is in this cluster, " + members.addressOf(with.otherUid())
                    + ", and one of the two has the role "
                    + ClusterMembers.SINGLE_NODE
                    + ": it is the only node of its cluster. Take that role away (pekko.cluster.roles), or"
                    + " have the nodes form clusters of their own. This node shuts down, and has published nothing");
        } else if (effect instanceof Effect.Left gone) {
            actor.left(gone.complete());
        } else if (effect instanceof Effect.OpenStore) {
            store.open();
        } else if (effect instanceof Effect.StoreIsNew) {
            store.isNew(name);
        } else if (effect instanceof Effect.SendTo sendTo) {
            courier.send(sendTo.address(), sendTo.message());
        } else if (effect instanceof Effect.OtherCluster other) {
            otherClusters.found(other);
        } else if (effect instanceof Effect.OtherClusterGone gone) {
            otherClusters.gone(gone);
        } else if (effect instanceof Effect.Mute mute) {
            otherClusters.mute(mute);
        } else if (effect instanceof Effect.MuteNoMore over) {
            otherClusters.muteNoMore(over);
        } else if (effect instanceof Effect.GivesWay givesWay) {
            otherClusters.giveWay(givesWay);
        }
    }

    private void tellShards(ToShard message) {
        if (message instanceof ToShard.Members changed) {
            changed.view().incarnations().forEach(member -> members.name(member, node.nameOf(member)));
        }
        ShardActor.FromNode told = new ShardActor.FromNode(message);
        shards.forEach(shard -> shard.tell(told));
    }
}
