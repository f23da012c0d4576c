package dev.gapless.core.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several clusters that should be one: nodes that talk to each other at once, and look at the clock each second. */
class OtherClustersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long GRACE = 10;

    private final Map<Long, Member> byUid = new TreeMap<>();
    private final List<String> sentTo = new ArrayList<>();
    private final Set<Class<?>> lost = new HashSet<>();
    /** Two that have quarantined each other. */
    private Set<Long> apart = Set.of();

    private final Set<String> seeds = Set.of("host:1", "host:2", "host:3", "host:4", "host:5");
    private long nowNs;

    /** One process. */
    private final class Member implements Outbox.Carrier {
        final long uid;
        final String address;
        final Node node;
        final Outbox outbox = new Outbox();
        final List<Effect> effects = new ArrayList<>();
        HistoryView history = HistoryView.NOTHING;
        boolean dead;

        Member(long uid, String name, OtherClusterSettings others, long startedMs) {
            this.uid = uid;
            this.address = others.address();
            this.node = new Node(Given.node(uid, name, startedMs, others), Map::of, outbox, now());
        }

        void did(Runnable input) {
            if (!dead) {
                input.run();
                outbox.drain(this);
            }
        }

        @Override
        public void send(long toUid, Packet packet) {
            Member to = byUid.get(toUid);
            if (to != null && packet instanceof NodeMessage message) {
                deliver(to, message);
            }
        }

        @Override
        public void carryOut(Effect effect) {
            effects.add(effect);
            if (effect instanceof Effect.SendTo send) {
                sentTo.add(send.address());
                byUid.values().stream()
                        .filter(other -> !other.dead
                                && other.address.equals(send.address())
                                && !apart.containsAll(List.of(uid, other.uid)))
                        .forEach(other -> deliver(other, send.message()));
            } else if (effect instanceof Effect.TellShards tell && tell.message() instanceof ToShard.Members members) {
                history = members.view().history();
            }
        }

        <T> List<T> effects(Class<T> type) {
            return effects.stream().filter(type::isInstance).map(type::cast).toList();
        }

        boolean givesWay() {
            return !effects(Effect.GivesWay.class).isEmpty();
        }

        /** How often everybody was told that something of another cluster is missed. */
        long announced() {
            return Math.max(0, HistoryId.count(history.id()) - 1);
        }
    }

    private void deliver(Member to, NodeMessage message) {
        if (!lost.contains(message.getClass())) {
            to.did(() -> to.node.onMessage(message, now()));
        }
    }

    private Now now() {
        return new Now(nowNs / 1_000_000, nowNs);
    }

    private OtherClusterSettings settings(long address, boolean givesWay) {
        return new OtherClusterSettings("default", "host:" + address, seeds, givesWay, GRACE * SECOND);
    }

    private Member started(long uid, long address, boolean givesWay) {
        Member member = new Member(uid, "n" + address, settings(address, givesWay), uid);
        byUid.put(uid, member);
        return member;
    }

    /** They form a cluster, in this order. */
    private void form(Member... members) {
        for (Member one : members) {
            for (int i = 0; i < members.length; i++) {
                Joined joined = new Joined(members[i].uid, members[i].address, "dc", i + 1);
                one.did(() -> one.node.appeared(joined, now()));
            }
        }
        for (Member one : members) {
            one.did(() -> one.node.up(now()));
        }
    }

    private void removed(long uid, Member... observers) {
        for (Member observer : observers) {
            observer.did(() -> observer.node.removed(uid, now()));
        }
    }

    private void run(long seconds) {
        for (long left = seconds; left > 0; left--) {
            nowNs += SECOND;
            List.copyOf(byUid.values()).forEach(member -> member.did(() -> member.node.onTime(now())));
        }
    }

    private final Member two = started(12, 2, true);
    private final Member three = started(13, 3, true);
    private final Member island = started(21, 1, true);

    private void twoClusters() {
        form(two, three);
        form(island);
    }

    @Test
    @DisplayName(
            "ruleM4: after the grace everybody is told, and the smaller cluster gives way; when it is gone everybody is told once more")
    void theSmallerGivesWay() {
        twoClusters();
        run(GRACE);
        assertFalse(island.givesWay(), "before the grace is over");
        assertEquals(0, three.announced());
        run(GRACE);
        assertEquals(List.of(new Effect.GivesWay("host:2")), island.effects(Effect.GivesWay.class));
        assertFalse(two.givesWay() || three.givesWay());
        assertEquals(List.of(1L, 1L), List.of(two.announced(), three.announced()));
        assertEquals(two.history.id(), three.history.id());
        assertEquals(
                List.of(new Effect.OtherCluster("n1 at host:1", 1, false)), two.effects(Effect.OtherCluster.class));
        island.dead = true;
        run(3 * GRACE);
        assertEquals(List.of(new Effect.OtherClusterGone("n1 at host:1")), two.effects(Effect.OtherClusterGone.class));
        run(10 * GRACE);
        assertEquals(List.of(2L, 2L), List.of(two.announced(), three.announced()));
        assertEquals(two.history.id(), three.history.id());
    }

    @Test
    @DisplayName(
            "ruleM4: whoever joins while anything of another cluster is to be told may come from there: that is told first, by each member")
    void toldWhenSomebodyJoins() {
        twoClusters();
        run(2 * GRACE);
        assertEquals(1, two.announced());
        island.dead = true;
        long before = two.history.id();
        for (Member member : List.of(two, three)) {
            member.did(() -> member.node.appeared(new Joined(51, "host:1", "dc", 3), now()));
            assertEquals(2, member.announced());
        }
        assertTrue(before != two.history.id() && two.history.id() == three.history.id(), "they draw the same");
        run(3 * GRACE);
        assertEquals(List.of(3L, 3L), List.of(two.announced(), three.announced()), "and once it is gone");
        two.did(() -> two.node.appeared(new Joined(52, "host:77", "dc", 4), now()));
        assertEquals(3, two.announced());
    }

    @Test
    @DisplayName("ruleM4: the oldest member has the others leave first")
    void theOthersLeaveFirst() {
        Member four = started(22, 4, true);
        Member five = started(23, 5, true);
        form(two, three, five);
        form(island, four);
        run(2 * GRACE);
        assertTrue(four.givesWay());
        assertFalse(island.givesWay());
        four.dead = true;
        removed(four.uid, island);
        run(1);
        assertTrue(island.givesWay());
    }

    @Test
    @DisplayName("ruleM4: who is to warn stays, and is not waited for beyond the grace")
    void whoWarnsStays() {
        Member four = started(22, 4, false);
        Member five = started(23, 5, true);
        form(two, three, five);
        form(island, four);
        run(3 * GRACE + 5);
        assertFalse(four.givesWay());
        assertTrue(island.givesWay(), "it does not wait for ever");
    }

    @Test
    @DisplayName("ruleM4: of equal clusters the one stays whose oldest member was started earlier")
    void theOlderStays() {
        form(two);
        form(island);
        run(2 * GRACE);
        assertTrue(island.givesWay());
        assertFalse(two.givesWay());
    }

    @Test
    @DisplayName(
            "ruleM4: a cluster that does not give way is told once, however long it stays, and once more when it is gone")
    void toldIfItStays() {
        Member warns = started(24, 1, false);
        byUid.remove(island.uid);
        form(two, three);
        form(warns);
        run(2 * GRACE);
        for (Member member : List.of(two, three, warns)) {
            assertEquals(1, member.announced(), member.address);
            assertFalse(member.givesWay());
        }
        run(10 * GRACE);
        assertEquals(1, three.announced());
        warns.dead = true;
        run(3 * GRACE);
        assertEquals(2, three.announced());
        assertEquals(List.of(new Effect.OtherClusterGone("n1 at host:1")), two.effects(Effect.OtherClusterGone.class));
    }

    @Test
    @DisplayName(
            "ruleM4: a cluster that was heard and is gone before it was certain is told once, however short it was heard")
    void toldIfItIsGone() {
        twoClusters();
        run(2);
        island.dead = true;
        run(3 * GRACE);
        assertEquals(List.of(), two.effects(Effect.OtherCluster.class));
        assertEquals(1, two.announced());
        assertEquals(1, three.announced());
    }

    @Test
    @DisplayName(
            "ruleM4: two nodes whose views share a member are in one cluster, whatever each of them has heard by then")
    void oneClusterWithTwoViews() {
        Member four = started(14, 4, true);
        form(two, three);
        four.did(() -> four.node.appeared(new Joined(four.uid, four.address, "dc", 3), now()));
        four.did(() -> four.node.appeared(new Joined(three.uid, three.address, "dc", 2), now()));
        four.did(() -> four.node.up(now()));
        run(5 * GRACE);
        for (Member member : List.of(two, three, four)) {
            assertEquals(List.of(), member.effects(Effect.OtherCluster.class));
            assertEquals(0, member.announced());
        }
    }

    @Test
    @DisplayName("ruleM4: a node that stood still looks anew before it is certain")
    void aLateTickStartsOver() {
        twoClusters();
        run(GRACE);
        nowNs += GRACE * SECOND; // all of them
        run(2);
        assertEquals(List.of(), two.effects(Effect.OtherCluster.class));
        assertEquals(List.of(), island.effects(Effect.OtherCluster.class));
        run(GRACE);
        assertEquals(1, two.effects(Effect.OtherCluster.class).size());
    }

    /** It is nobody's seed node, and there is no island. */
    private Member pod(String... seedNodes) {
        byUid.remove(island.uid);
        Member pod = new Member(
                32, "pod", new OtherClusterSettings("default", "host:77", Set.of(seedNodes), true, GRACE * SECOND), 1);
        byUid.put(pod.uid, pod);
        return pod;
    }

    private Member podThatAsksTwo() {
        Member pod = pod("host:2");
        form(two, three);
        form(pod);
        return pod;
    }

    @Test
    @DisplayName("ruleM4: who takes a node for its seed node counts there, although it is nobody's seed node")
    void whoAsksASeedNodeBelongsToIt() {
        Member pod = podThatAsksTwo();
        run(3 * GRACE);
        assertTrue(pod.givesWay());
    }

    @Test
    @DisplayName("ruleM4: after a split the half that stays is told, and tokens of the other one are not covered")
    void halvesOfASplitAreTold() {
        form(two, three, island);
        run(1);
        removed(island.uid, two, three);
        removed(two.uid, island);
        removed(three.uid, island);
        run(3 * GRACE);
        assertTrue(island.givesWay());
        assertEquals(List.of(1L, 1L), List.of(two.announced(), three.announced()));
        assertTrue(two.history.id() != island.history.id(), "a token of one half is not covered in the other");
        assertFalse(two.history.covers(HistoryId.first(two.uid), Long.MAX_VALUE), "nor is one of before the split");
    }

    @Test
    @DisplayName("ruleM4: another cluster that is gone is told to all, even if who heard of it is gone, too")
    void theNextOneRemembers() {
        twoClusters();
        run(2);
        two.dead = true;
        island.dead = true;
        removed(two.uid, three);
        run(3 * GRACE);
        assertEquals(1, three.announced());
    }

    @Test
    @DisplayName("ruleM4: a process that its cluster has removed speaks for none, however long it lives on")
    void whoIsNoMemberAnyMoreSaysNothing() {
        Member four = started(22, 4, true);
        Member five = started(23, 5, true);
        form(two, three, five);
        form(island, four);
        run(2 * GRACE);
        assertTrue(four.givesWay());
        removed(four.uid, island, four);
        removed(island.uid, four); // as the transport's cluster does when it shuts down
        run(4);
        assertTrue(island.givesWay());
        island.dead = true;
        run(4 * GRACE);
        assertEquals(2, two.announced(), "when it was certain, and when the island is gone");
    }

    @Test
    @DisplayName("ruleM4: what a member alone has heard of another cluster is told, too")
    void whoAloneHeardTells() {
        twoClusters();
        lost.add(ClusterProbe.class);
        run(1);
        three.did(() -> three.node.onMessage(
                new ClusterProbe(
                        21, ClusterProbe.SEED_NODE, 1, false, "default", "n1", "host:1", 21, "host:1", 21, Set.of(21L)),
                now()));
        island.dead = true;
        run(8 * GRACE);
        assertEquals(List.of(1L, 1L), List.of(two.announced(), three.announced()));
    }

    @Test
    @DisplayName("ruleM4: whoever hears of another cluster first tells all members, as the oldest may be gone")
    void whoHearsFirstTellsAll() {
        Member four = started(41, 4, true);
        form(two, three, four);
        island.dead = true;
        two.dead = true;
        three.did(() ->
                three.node.onMessage(said(island.uid, island.uid, ClusterProbe.SEED_NODE, "n1", "host:1"), now()));
        three.dead = true;
        removed(three.uid, four);
        run(8 * GRACE);
        assertEquals(0, four.announced(), "another one speaks");
        removed(two.uid, four);
        run(2 * GRACE);
        assertEquals(0, four.announced(), "it may be heard yet");
        run(2);
        assertEquals(1, four.announced());
    }

    @Test
    @DisplayName("ruleM4: a member that alone has heard of another cluster, and leaves, passes that on")
    void whoAloneHeardPassesItOn() {
        form(two, three);
        island.dead = true;
        lost.add(ClusterProbe.class);
        three.did(() ->
                three.node.onMessage(said(island.uid, island.uid, ClusterProbe.SEED_NODE, "n1", "host:1"), now()));
        lost.clear();
        three.did(() -> three.node.leave(now()));
        three.dead = true;
        removed(three.uid, two);
        run(8 * GRACE);
        assertEquals(1, two.announced());
    }

    @Test
    @DisplayName(
            "ruleM4: if the oldest members hear nothing of each other, everybody is told after six times the grace, and it is logged")
    void theOldestHaveQuarantinedEachOther() {
        twoClusters();
        apart = Set.of(two.uid, island.uid);
        run(6 * GRACE);
        assertEquals(List.of(0L, 0L), List.of(two.announced(), three.announced()));
        run(GRACE);
        assertEquals(List.of(1L, 1L), List.of(two.announced(), three.announced()));
        assertEquals(
                List.of(new Effect.OtherCluster("n1 at host:1", 1, false)), two.effects(Effect.OtherCluster.class));
        assertEquals(1, two.node.otherClusters().size());
        run(10 * GRACE);
        assertEquals(1, two.announced(), "once");
        assertEquals(1, two.effects(Effect.OtherCluster.class).size());
    }

    @Test
    @DisplayName("ruleM4: clusters with other ids, and strangers at an address that was given to them, do not count")
    void othersHaveNothingToDoWithIt() {
        byUid.remove(island.uid);
        Member other = new Member(31, "n1", new OtherClusterSettings("blue", "host:1", seeds, true, GRACE * SECOND), 1);
        byUid.put(other.uid, other);
        Member stranger = new Member(
                32, "pod", new OtherClusterSettings("default", "host:77", Set.of(), true, GRACE * SECOND), 1);
        Member former = started(14, 77, true);
        form(two, three, former);
        former.dead = true;
        byUid.put(stranger.uid, stranger);
        removed(former.uid, two, three);
        form(other);
        form(stranger);
        run(5 * GRACE);
        for (Member member : List.of(two, three, other)) {
            assertEquals(List.of(), member.effects(Effect.OtherCluster.class));
            assertEquals(0, member.announced());
        }
    }

    @Test
    @DisplayName(
            "ruleM4: where a member went without a farewell somebody may live on, who is asked although it is no seed node's address")
    void asksWhereMembersWereLost() {
        Member six = started(11, 6, true);
        form(two, three, six);
        Member incarnations = started(41, 6, true);
        form(incarnations);
        incarnations.dead = true;
        removed(six.uid, two, three);
        six.dead = true;
        run(5);
        assertTrue(sentTo.contains("host:6"));
        incarnations.dead = false;
        run(7 * GRACE);
        assertEquals(1, two.effects(Effect.OtherCluster.class).size());
    }

    @Test
    @DisplayName("ruleM4: who is not the oldest says where that one is")
    void theOldestIsAsked() {
        Member six = started(9, 6, true);
        form(six, two, three);
        form(island);
        run(2 * GRACE);
        assertEquals(List.of(new Effect.GivesWay("host:6")), island.effects(Effect.GivesWay.class));
    }

    @Test
    @DisplayName(
            "ruleM4: whoever does not answer is asked ever more rarely: a seed node each half of the grace, others each minute")
    void asksEverMoreRarely() {
        Member six = started(11, 6, true);
        form(two, six);
        byUid.remove(island.uid);
        byUid.remove(three.uid);
        six.dead = true;
        removed(six.uid, two);
        run(300);
        sentTo.clear();
        run(60);
        Map<String, Integer> counts = new LinkedHashMap<>();
        sentTo.forEach(address -> counts.merge(address, 1, Integer::sum));
        assertEquals(Set.of("host:1", "host:3", "host:4", "host:5", "host:6"), counts.keySet());
        assertEquals(12, counts.get("host:1"));
        assertEquals(1, counts.get("host:6"));
    }

    @Test
    @DisplayName(
            "ruleM4: nobody gives way if the views have changed since, or if the other cluster is the one to do so")
    void bothConfirm() {
        twoClusters();
        Set<Long> larger = Set.of(two.uid, three.uid);
        Set<Long> own = Set.of(island.uid);
        deliver(island, giveWay(larger, Set.of(island.uid, 77L)));
        deliver(island, giveWay(Set.of(two.uid, island.uid), own));
        deliver(two, new GiveWay(island.uid, two.uid, "host:1", 21, own, larger));
        deliver(island, new GiveWay(two.uid, 99, "host:2", 12, larger, own));
        run(2);
        assertFalse(island.givesWay() || two.givesWay());
        deliver(island, giveWay(larger, own));
        assertTrue(island.givesWay());
    }

    private GiveWay giveWay(Set<Long> stay, Set<Long> goes) {
        return new GiveWay(two.uid, island.uid, "host:2", 12, stay, goes);
    }

    @Test
    @DisplayName("ruleM4: whoever is at the address of a member that never said its name may be that member")
    void whoNeverSaidItsName() {
        form(two, three);
        for (Member member : List.of(two, three)) {
            member.did(() -> member.node.appeared(new Joined(14, "host:77", "dc", 3), now()));
        }
        removed(14, two, three);
        Member there = new Member(
                32, "pod", new OtherClusterSettings("default", "host:77", Set.of(), true, GRACE * SECOND), 1);
        byUid.put(there.uid, there);
        form(there);
        run(8 * GRACE);
        assertEquals(1, two.effects(Effect.OtherCluster.class).size());
    }

    @Test
    @DisplayName("ruleM4: a member at a seed address vouches for the oldest member of its cluster")
    void vouchedFor() {
        Member pod = pod();
        Member four = started(41, 4, true);
        form(two, three);
        form(pod, four);
        run(3 * GRACE);
        assertEquals(1, two.effects(Effect.OtherCluster.class).size());
    }

    /** What a member of the island says. */
    private ClusterProbe said(long fromUid, long oldestUid, long toUid, String name, String address) {
        return said(fromUid, oldestUid, toUid, name, address, new HashSet<>(List.of(fromUid, oldestUid)));
    }

    private static ClusterProbe said(
            long fromUid, long oldestUid, long toUid, String name, String address, Set<Long> members) {
        return new ClusterProbe(fromUid, toUid, 1, false, "default", name, address, oldestUid, "host:1", 21, members);
    }

    @Test
    @DisplayName("ruleM4: a question is answered once, and an answer counts once")
    void answersCountOnce() {
        twoClusters();
        run(1);
        ClusterProbe answer = new ClusterProbe(
                island.uid, two.uid, 1, true, "default", "n1", "host:1", island.uid, "host:1", 21, Set.of(island.uid));
        sentTo.clear();
        deliver(two, answer);
        assertEquals(List.of(), sentTo);
    }
}
