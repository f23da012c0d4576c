package dev.gapless.multijvm.node;

import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;

/** Writes down who is a member, as this node sees it, without any help of Gapless. */
final class MembersJournal extends AbstractActor {
    private final Journal journal;
    private final Runnable onSelfUp;
    private final long self;

    private MembersJournal(Journal journal, long self, Runnable onSelfUp) {
        this.journal = journal;
        this.self = self;
        this.onSelfUp = onSelfUp;
    }

    static void start(ActorSystem system, Journal journal, Runnable onSelfUp) {
        long self = Cluster.get(system).selfUniqueAddress().longUid();
        var actor =
                system.actorOf(Props.create(MembersJournal.class, () -> new MembersJournal(journal, self, onSelfUp)));
        Cluster.get(system)
                .subscribe(
                        actor,
                        ClusterEvent.initialStateAsEvents(),
                        ClusterEvent.MemberUp.class,
                        ClusterEvent.MemberRemoved.class);
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(ClusterEvent.MemberUp.class, event -> up(event.member()))
                .match(ClusterEvent.MemberRemoved.class, event -> journal.timed("removed", uid(event.member())))
                .build();
    }

    private void up(Member member) {
        journal.timed("up", uid(member));
        if (uid(member) == self) {
            onSelfUp.run();
        }
    }

    private static long uid(Member member) {
        return member.uniqueAddress().longUid();
    }
}
