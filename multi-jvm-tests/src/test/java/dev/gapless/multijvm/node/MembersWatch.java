package dev.gapless.multijvm.node;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/** Watches the cluster without any help of Gapless. */
final class MembersWatch extends AbstractActor {
    private final AtomicLong unreachable;

    private MembersWatch(AtomicLong unreachable) {
        this.unreachable = unreachable;
    }

    /** Counts each time that a member becomes unreachable. */
    static AtomicLong start(ActorSystem system) {
        AtomicLong unreachable = new AtomicLong();
        var watch = system.actorOf(Props.create(MembersWatch.class, () -> new MembersWatch(unreachable)));
        Cluster.get(system).subscribe(watch, ClusterEvent.initialStateAsEvents(), ClusterEvent.UnreachableMember.class);
        return unreachable;
    }

    static Members members(ActorSystem system, long unreachableEver) {
        ClusterEvent.CurrentClusterState state = Cluster.get(system).state();
        return new Members(
                addresses(members(state).filter(m -> m.status().equals(MemberStatus.up()))),
                addresses(members(state).filter(m -> m.status().equals(MemberStatus.weaklyUp()))),
                addresses(members(state)),
                addresses(state.getUnreachable().stream()),
                unreachableEver);
    }

    private static Stream<Member> members(ClusterEvent.CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false);
    }

    private static List<String> addresses(Stream<Member> members) {
        return members.map(
                        m -> m.address().host().get() + ':' + m.address().port().get())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(ClusterEvent.UnreachableMember.class, event -> unreachable.incrementAndGet())
                .build();
    }
}
