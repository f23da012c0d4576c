package dev.gapless.internal;

import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.Membership;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.Withdrawal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;

/**
 * Who takes part, under which name, and how its hub is reached: Pekko's members here, what follows from them in {@link Membership}.
 * It tells the lanes. For the hub's thread.
 */
final class Roster {
    private final long uid;
    private final String name;
    private final String role;
    private final Peers peers;
    private final Consumer<Lane.Command> lanes;
    private final ActorContext<Object> hub;
    private final Membership membership;
    private final Map<Long, Member> members = new HashMap<>();
    /** When the members that have said their names were started, by their own clocks. */
    private final Map<Long, Long> startedMs = new HashMap<>();

    private final long selfStartedMs = Clock.nowMs();
    private boolean withdrawn;

    /** Of this life of this node; with a role, of members that have it. */
    Roster(long uid, String name, String role, Peers peers, Consumer<Lane.Command> lanes, ActorContext<Object> hub) {
        this.uid = uid;
        this.name = name;
        this.role = role;
        this.peers = peers;
        this.lanes = lanes;
        this.hub = hub;
        this.membership = new Membership(uid, name);
    }

    // ------------------------------------------------------------------ who is there

    boolean isUp() {
        return membership.isUp();
    }

    boolean contains(long memberUid) {
        return membership.contains(memberUid);
    }

    /** The members that have said their names. */
    Set<Long> named() {
        Set<Long> named = new HashSet<>();
        for (long memberUid : members.keySet()) {
            if (membership.hasSaidItsName(memberUid)) {
                named.add(memberUid);
            }
        }
        return named;
    }

    /** Its name, or its address until it has said one. */
    String nameOf(long memberUid) {
        return String.valueOf(membership.nameOf(memberUid));
    }

    /** The member that goes under this node's name, and has been there for longer. */
    Optional<Member> olderNamesake() {
        OptionalLong namesake = membership.namesake();
        Member self = members.get(uid);
        Member other = namesake.isPresent() ? members.get(namesake.getAsLong()) : null;
        return self != null && other != null && isOlder(other, self) ? Optional.of(other) : Optional.empty();
    }

    /** Exactly one of the two is, whichever of them asks. Pekko knows no ages across data centers: there the clocks decide. */
    private boolean isOlder(Member other, Member self) {
        if (other.dataCenter().equals(self.dataCenter())) {
            return other.isOlderThan(self);
        }
        long otherUid = other.uniqueAddress().longUid();
        long otherStartedMs = startedMs.getOrDefault(otherUid, Long.MAX_VALUE);
        return otherStartedMs == selfStartedMs ? otherUid < uid : otherStartedMs < selfStartedMs;
    }

    // ------------------------------------------------------------------ who comes and goes

    boolean takesPart(Member member) {
        return role.isEmpty() || member.hasRole(role);
    }

    /** {@return whether it is new} */
    boolean appeared(Member member) {
        long memberUid = member.uniqueAddress().longUid();
        members.put(memberUid, member);
        if (membership.contains(memberUid)) {
            return false;
        }
        String hostPort = member.address().hostPort();
        peers.put(memberUid, memberUid == uid ? hub.getSelf() : hubOf(member, ""));
        tell(membership.appeared(memberUid, hostPort.substring(hostPort.indexOf('@') + 1)));
        if (memberUid == uid) {
            List<MemberEvent> events = membership.selfUp();
            List<MemberEvent> snapshot = List.copyOf(membership.snapshot());
            snapshot.forEach(this::remember);
            lanes.accept(new Lane.Begin(events, snapshot));
        }
        return true;
    }

    void removed(long memberUid) {
        members.remove(memberUid);
        startedMs.remove(memberUid);
        lanes.accept(new Lane.Removed(memberUid));
        tell(membership.removed(memberUid));
        peers.remove(memberUid);
    }

    void onReachability(ClusterEvent.ReachabilityEvent event) {
        if (takesPart(event.member())) {
            lanes.accept(new Lane.Reachability(
                    event.member().uniqueAddress().longUid(), event instanceof ClusterEvent.ReachableMember));
        }
    }

    private void tell(List<MemberEvent> events) {
        if (events.isEmpty() || !membership.isUp()) {
            return;
        }
        events.forEach(this::remember);
        lanes.accept(new Lane.Members(List.copyOf(events), List.copyOf(membership.snapshot())));
    }

    private void remember(MemberEvent event) {
        if (!(event instanceof MemberEvent.Removed)) {
            peers.name(event.uid(), membership.nameOf(event.uid()));
        }
    }

    // ------------------------------------------------------------------ what they are called

    /** {@return whether there was anybody to ask} */
    boolean askForNames() {
        boolean asked = false;
        for (long memberUid : members.keySet()) {
            if (!membership.hasSaidItsName(memberUid)) {
                peers.send(memberUid, hello(memberUid, false));
                asked = true;
            }
        }
        return asked;
    }

    private Hello hello(long toUid, boolean answer) {
        return new Hello(uid, toUid, name, hub.getSelf().path().uid(), answer, selfStartedMs);
    }

    /**
     * Takes a member's name, and from now on writes to the hub that sent this, by its actor's uid. Without that uid Artery may lose
     * all that is sent there: where a message came before the hub was started, its compression (Pekko 1.7, InboundCompressions) takes
     * that path, within a minute, for a short name of no actor, and keeps to that.
     */
    void onHello(Hello hello) {
        if (hello.toUid() != uid || !membership.contains(hello.fromUid())) {
            return;
        }
        Member member = members.get(hello.fromUid());
        if (member != null && hello.fromUid() != uid) {
            peers.put(hello.fromUid(), hubOf(member, "#" + hello.hub()));
        }
        startedMs.put(hello.fromUid(), hello.startedMs());
        if (!hello.answer()) {
            peers.send(hello.fromUid(), hello(hello.fromUid(), true));
        }
        if (withdrawn) {
            peers.send(hello.fromUid(), new Withdrawal(uid, hello.fromUid()));
        }
        tell(membership.heard(hello));
    }

    /** This node goes, and never published anything: nobody need wait for it, or take it for a loss. */
    void withdraw() {
        withdrawn = true;
        for (long memberUid : members.keySet()) {
            if (memberUid != uid) {
                peers.send(memberUid, new Withdrawal(uid, memberUid));
            }
        }
    }

    void onWithdrawal(Withdrawal withdrawal) {
        if (withdrawal.toUid() == uid) {
            tell(membership.withdrew(withdrawal.fromUid()));
        }
    }

    private ActorRef<Object> hubOf(Member member, String incarnation) {
        return ActorRefResolver.get(hub.getSystem())
                .resolveActorRef(
                        member.address() + "/system/" + hub.getSelf().path().name() + incarnation);
    }
}
