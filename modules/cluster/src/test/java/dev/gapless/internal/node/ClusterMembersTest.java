package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.member.History;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.wire.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.util.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.TreeSet$;
import scala.jdk.javaapi.CollectionConverters;

/** The cluster's events, in the order in which they come at worst: a gossip says of several members at once that they are up. */
class ClusterMembersTest {
    private static final Now NOW = new Now(1_000, 1_000);
    private static final Member FIRST = member(1, 1, MemberStatus.up());
    private static final Member SECOND = member(2, 2, MemberStatus.up());
    private static final Member SELF = member(3, 3, MemberStatus.up());

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("pekko.actor.provider = local"));
    private final Outbox outbox = new Outbox();
    private final List<MemberView> told = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Node node = new Node(
            new NodeSettings(
                    3,
                    "self",
                    List.of(3),
                    1,
                    1,
                    1_000_000_000,
                    60_000_000_000L,
                    NodeSettings.HELLO_BACKOFF,
                    History.Bounds.DEFAULT,
                    false,
                    false,
                    true,
                    null),
            Map::of,
            outbox,
            NOW);

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private static Member member(long uid, int number, MemberStatus status) {
        Set<String> roles = Set.of("dc-default");
        return new Member(
                new UniqueAddress(new Address("pekko", "test", "127.0.0.1", (int) uid), uid),
                number,
                status,
                CollectionConverters.asScala(roles).toSet(),
                Version.Zero());
    }

    @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
    private ClusterMembers members() {
        CompletableFuture<ClusterMembers> made = new CompletableFuture<>();
        kit.spawn(Behaviors.<Object>setup(context -> {
            made.complete(
                    new ClusterMembers(3, "", node, new MemberActors(), context, List.of(), asked::incrementAndGet));
            return Behaviors.empty();
        }));
        return made.join();
    }

    private MemberView last() {
        outbox.drain(new Outbox.Carrier() {
            @Override
            public void send(long toUid, Packet packet) {}

            @Override
            public void carryOut(Effect effect) {
                if (effect instanceof Effect.TellShards tell && tell.message() instanceof ToShard.Members news) {
                    told.add(news.view());
                }
            }
        });
        return told.get(told.size() - 1);
    }

    private static ClusterEvent.CurrentClusterState state(Member... members) {
        return new ClusterEvent.CurrentClusterState(
                TreeSet$.MODULE$.from(CollectionConverters.asScala(List.of(members)), Member.ordering()),
                Member.none(),
                scala.collection.immutable.Set$.MODULE$.empty(),
                Option.empty(),
                scala.collection.immutable.Map$.MODULE$.empty(),
                scala.collection.immutable.Set$.MODULE$.empty(),
                scala.collection.immutable.Set$.MODULE$.empty());
    }

    @Test
    @DisplayName("ruleT2: a node that hears of itself before it hears of older members does not begin a history")
    void whoHearsOfItselfFirstAsksWhoElseIsThere() {
        ClusterMembers members = members();
        members.onState(state(), NOW);
        members.onMember(new ClusterEvent.MemberUp(SELF), NOW, () -> {});
        assertEquals(1, asked.get());
        members.onMember(new ClusterEvent.MemberUp(FIRST), NOW, () -> {});
        members.onMember(new ClusterEvent.MemberUp(SECOND), NOW, () -> {});
        assertFalse(last().up(), "not before it is known who else is there");

        members.onState(state(SELF, FIRST, SECOND), NOW);
        assertTrue(last().up());
        assertEquals(Set.of(1L, 2L, 3L), last().incarnations());
        assertFalse(last().history().complete(), "it asks the older ones for theirs");
    }

    @Test
    void theOldestOfThoseThatAreUpAtOnceBeginsAHistory() {
        ClusterMembers members = members();
        members.onState(state(member(3, Integer.MAX_VALUE, MemberStatus.joining())), NOW);
        members.onMember(new ClusterEvent.MemberUp(member(3, 1, MemberStatus.up())), NOW, () -> {});
        members.onState(state(member(3, 1, MemberStatus.up()), member(2, 2, MemberStatus.up())), NOW);
        assertTrue(last().history().complete());
    }

    @Test
    void whoLeftBeforeTheStateCameIsNoMember() {
        ClusterMembers members = members();
        members.onMember(new ClusterEvent.MemberUp(FIRST), NOW, () -> {});
        members.onMember(new ClusterEvent.MemberUp(SELF), NOW, () -> {});
        members.onMember(
                new ClusterEvent.MemberRemoved(member(1, 1, MemberStatus.removed()), MemberStatus.exiting()),
                NOW,
                () -> {});
        members.onState(state(SELF), NOW);
        assertEquals(Set.of(3L), last().incarnations());
    }
}
