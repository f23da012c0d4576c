package dev.gapless.internal.node;

import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.node.Joined;
import dev.gapless.core.node.Node;
import dev.gapless.internal.takeover.StandIns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * The members that take part, as Pekko knows them: hands the node who comes and goes, and keeps how the others' node actors are
 * reached. For the node actor's thread.
 */
final class ClusterMembers {
    /** The role of a node that is the only one of its cluster. All others see it before they are up. */
    static final String SINGLE_NODE = "gapless-single-node";

    private final long selfUid;
    private final String role;
    private final Node node;
    private final MemberActors peers;
    private final ActorContext<Object> nodeActor;
    private final List<ActorRef<Object>> shards;
    /** {@link #onState} follows, with everything of which there was an event before it. */
    private final Runnable askState;

    private final Map<Long, Member> members = new HashMap<>();

    /** Of this incarnation; with a role, of members that have it. */
    ClusterMembers(
            long selfUid,
            String role,
            Node node,
            MemberActors peers,
            ActorContext<Object> nodeActor,
            List<ActorRef<Object>> shards,
            Runnable askState) {
        this.selfUid = selfUid;
        this.role = role;
        this.node = node;
        this.peers = peers;
        this.nodeActor = nodeActor;
        this.shards = shards;
        this.askState = askState;
    }

    /**
     * What there is before the first event, and again once this node is up. Who was a member before this node is there before this node
     * is up: otherwise it would take itself for the oldest.
     */
    void onState(ClusterEvent.CurrentClusterState state, Now now) {
        List<Member> others = new ArrayList<>();
        List<Member> self = new ArrayList<>();
        state.getMembers().forEach(member -> (isSelf(member) ? self : others).add(member));
        others.forEach(member -> isThere(member, now));
        self.forEach(member -> isThere(member, now));
        for (Member member : state.getUnreachable()) {
            if (takesPart(member)) {
                node.reachability(member.uniqueAddress().longUid(), false);
            }
        }
    }

    /** Is it to be the only node of its cluster? */
    static boolean isSingle(Member member) {
        return member.hasRole(SINGLE_NODE);
    }

    /** Does it stand in for a node that is gone? */
    static boolean standsIn(Member member) {
        return member.hasRole(StandIns.ROLE);
    }

    private boolean isSelf(Member member) {
        return member.uniqueAddress().longUid() == selfUid;
    }

    /** A member, at any stage but removed. */
    private void isThere(Member member, Now now) {
        if (!takesPart(member)) {
            return;
        }
        long uid = member.uniqueAddress().longUid();
        node.met(uid, isSingle(member));
        MemberStatus status = member.status();
        boolean wasUp = status.equals(MemberStatus.up())
                || status.equals(MemberStatus.leaving())
                || status.equals(MemberStatus.exiting());
        if (wasUp && members.put(uid, member) == null) {
            appeared(uid, member, now);
        } else if (!wasUp) {
            node.joining(uid, hostPort(member)); // not of a member
        }
    }

    /** A member came, or went; {@code drain} carries out what follows, while one that went still has its name. */
    void onMember(ClusterEvent.MemberEvent event, Now now, Runnable drain) {
        Member member = event.member();
        if (!takesPart(member)) {
            return;
        }
        long uid = member.uniqueAddress().longUid();
        if (event instanceof ClusterEvent.MemberRemoved) {
            members.remove(uid);
            node.removed(uid, now);
            drain.run();
            peers.remove(uid);
        } else if (isSelf(member) && !members.containsKey(uid)) {
            askState.run(); // the events of one gossip come in any order
        } else {
            isThere(member, now);
        }
    }

    private void appeared(long uid, Member member, Now now) {
        if (uid == selfUid) {
            peers.put(uid, nodeActor.getSelf(), shards);
        } else {
            peers.put(uid, actorOf(member, ""), List.of());
        }
        node.appeared(new Joined(uid, hostPort(member), member.dataCenter(), member.upNumber(), standsIn(member)), now);
        if (uid == selfUid) {
            node.up(now);
        }
    }

    private static String hostPort(Member member) {
        return hostPort(member.address());
    }

    /** Host and port, without the name of the actor system. */
    static String hostPort(Address address) {
        String withSystem = address.hostPort();
        return withSystem.substring(withSystem.indexOf('@') + 1);
    }

    /** From now on people are told this name of it. */
    void name(long uid, String name) {
        Member member = members.get(uid);
        peers.name(uid, name, member == null ? name : hostPort(member));
    }

    void onReachability(ClusterEvent.ReachabilityEvent event) {
        if (takesPart(event.member())) {
            node.reachability(event.member().uniqueAddress().longUid(), event instanceof ClusterEvent.ReachableMember);
        }
    }

    /**
     * From now on packets go to the actors of the node that introduced itself, by their uids. Without that uid Artery may lose all that is
     * sent there: where a message came before the node actor was started, its compression (Pekko 1.7, InboundCompressions) takes that path,
     * within a minute, for a short name of no actor, and keeps to that.
     */
    void introduced(Effect.Introduced introduced) {
        Member member = members.get(introduced.uid());
        if (member != null
                && introduced.uid() != selfUid
                && !introduced.actors().isEmpty()) {
            List<Integer> actors = introduced.actors();
            List<ActorRef<Object>> theirShards = new ArrayList<>();
            for (int i = 1; i < actors.size(); i++) {
                theirShards.add(actorOf(member, "/" + ShardActor.nameOf(i - 1) + "#" + actors.get(i)));
            }
            peers.put(introduced.uid(), actorOf(member, "#" + actors.get(0)), theirShards);
        }
    }

    /** Host and port of a member, or its number if it is none any more. */
    String addressOf(long uid) {
        Member member = members.get(uid);
        return member == null
                ? Long.toHexString(uid)
                : String.valueOf(member.address().hostPort());
    }

    private boolean takesPart(Member member) {
        return role.isEmpty() || member.hasRole(role);
    }

    /** The node actor, or what is below it. */
    private ActorRef<Object> actorOf(Member member, String suffix) {
        return ActorRefResolver.get(nodeActor.getSystem())
                .resolveActorRef(member.address() + "/system/"
                        + nodeActor.getSelf().path().name() + suffix);
    }
}
