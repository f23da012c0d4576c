package dev.gapless.core.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.member.History;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.HandedOver;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Who;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several clusters that should be one: nodes that talk to each other at once, and look at the clock each second. */
class OtherClustersTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long GRACE = 10;
    private static final LogEnd END = new LogEnd(LogIdentity.fresh(new Epoch(5), 0), 3);

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
        Map<String, LogEnd> published = Map.of();
        boolean closed;
        boolean dead;

        Member(long uid, String name, OtherClusterSettings others, long startedMs) {
            this.uid = uid;
            this.address = others.address();
            this.node = new Node(Given.node(uid, name, startedMs, others), this::close, outbox, now());
        }

        private Map<String, LogEnd> close() {
            closed = true;
            return published;
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

        Departure departure(long ofUid) {
            return history.departures().stream()
                    .filter(departure -> departure.uid() == ofUid)
                    .findFirst()
                    .orElseThrow();
        }

        boolean wasToldOfNobody() {
            return effects(Effect.TellShards.class).stream()
                    .filter(tell -> tell.message() instanceof ToShard.Members)
                    .flatMap(tell -> ((ToShard.Members) tell.message()).view().history().departures().stream())
                    .anyMatch(Departure::isOfNobody);
        }

        /** How often it was told that nobody knows what another cluster published. */
        long unknown() {
            return history.departures().stream().filter(Departure::isOfNobody).count();
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
    @DisplayName("ruleM4: after the grace the smaller cluster gives way, hands over what it published, and leaves")
    void theSmallerGivesWay() {
        island.published = Map.of("prices", END);
        twoClusters();
        run(GRACE);
        assertFalse(island.givesWay(), "before the grace is over");
        run(GRACE);
        assertEquals(List.of(new Effect.GivesWay("host:2")), island.effects(Effect.GivesWay.class));
        assertTrue(island.closed, "it takes no more messages");
        assertFalse(two.givesWay() || three.givesWay());
        run(3);
        for (Member member : List.of(two, three)) {
            Departure departure = member.departure(island.uid);
            assertEquals("n1", departure.node());
            assertEquals(END, departure.endOf("prices"));
            assertTrue(departure.elsewhere());
            assertEquals(0, member.unknown());
        }
        assertEquals(
                List.of(new Effect.OtherCluster("n1 at host:1", 1, false)), two.effects(Effect.OtherCluster.class));
        island.dead = true;
        run(3 * GRACE);
        assertEquals(
                List.of(new Effect.OtherClusterGone("n1 at host:1", true)), two.effects(Effect.OtherClusterGone.class));
        assertEquals(0, two.unknown());
    }

    @Test
    @DisplayName(
            "ruleM4: whoever came and went in the smaller cluster is told in the larger one, at the time of the hand-over")
    void shortLivesAreHandedOver() {
        twoClusters();
        Member tool = started(99, 9, true);
        Joined joined = new Joined(tool.uid, tool.address, "dc", 2);
        island.did(() -> island.node.appeared(joined, now()));
        island.did(() -> island.node.onMessage(new Farewell(tool.uid, island.uid, Map.of("prices", END)), now()));
        tool.dead = true;
        removed(tool.uid, island);
        run(2 * GRACE + 3);
        Departure departure = three.departure(tool.uid);
        assertEquals(END, departure.endOf("prices"));
        assertTrue(departure.endedMs() >= GRACE * 1_000, "as if it ended when this cluster heard of it: " + departure);
    }

    @Test
    @DisplayName("ruleM4: the oldest member has the others leave first, and does so itself after the hand-over")
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
        run(3);
        assertTrue(three.departure(four.uid).elsewhere());
    }

    @Test
    @DisplayName(
            "ruleM4: who is to warn stays; of those that do not leave within the grace nobody knows what they published")
    void whoWarnsStays() {
        Member four = started(22, 4, false);
        Member five = started(23, 5, true);
        form(two, three, five);
        form(island, four);
        run(3 * GRACE + 5);
        assertFalse(four.givesWay());
        assertTrue(island.givesWay(), "it does not wait for ever");
        Departure departure = three.departure(four.uid);
        assertEquals(null, departure.published());
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
    @DisplayName("ruleM4: if the other cluster does not give way everybody is told once, and once more when it is gone")
    void toldIfItStays() {
        Member warns = started(24, 1, false);
        byUid.remove(island.uid);
        form(two, three);
        form(warns);
        run(2 * GRACE);
        assertEquals(0, two.unknown());
        run(2 * GRACE + 5);
        for (Member member : List.of(two, three, warns)) {
            assertEquals(1, member.unknown(), member.address);
            assertFalse(member.givesWay());
        }
        run(10 * GRACE);
        assertEquals(1, three.unknown());
        warns.dead = true;
        run(3 * GRACE);
        assertEquals(2, three.unknown());
        assertEquals(
                List.of(new Effect.OtherClusterGone("n1 at host:1", false)),
                two.effects(Effect.OtherClusterGone.class));
    }

    @Test
    @DisplayName(
            "ruleM4: the cluster that is to give way waits longer for the other one to say so, which may be certain later")
    void whoGivesWayWaits() {
        lost.add(GiveWay.class);
        twoClusters();
        run(4 * GRACE);
        assertEquals(1, two.unknown());
        assertEquals(0, island.unknown());
        run(4 * GRACE);
        assertEquals(1, island.unknown());
    }

    @Test
    @DisplayName("ruleM4: a cluster that was seen and is gone before it handed over is told, however short it was seen")
    void toldIfItIsGone() {
        twoClusters();
        run(2);
        island.dead = true;
        run(3 * GRACE);
        assertEquals(List.of(), two.effects(Effect.OtherCluster.class));
        assertEquals(1, two.unknown());
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName(
            "ruleM4: it leaves when everything has arrived, however often it must be sent, or after seven times the grace")
    void repeatsWhatIsLost() {
        island.published = Map.of("prices", END);
        lost.add(HistoryPart.class);
        twoClusters();
        run(2 * GRACE);
        assertTrue(island.closed);
        assertFalse(island.givesWay());
        lost.clear();
        lost.add(HandedOver.class);
        run(2);
        assertFalse(island.givesWay(), "it cannot know yet");
        assertEquals(END, two.departure(island.uid).endOf("prices"));
        lost.clear();
        run(2);
        assertTrue(island.givesWay());
        assertEquals(0, two.unknown());
    }

    @Test
    @DisplayName(
            "ruleM4: parts of two attempts to hand over, between which something was forgotten, are not taken for one whole")
    void partsOfTwoAttemptsAreNoWhole() {
        lost.add(GiveWay.class);
        twoClusters();
        run(2 * GRACE);
        deliver(two, part(1, 0, 51, 52));
        deliver(two, part(2, 1, 54)); // after 51 was forgotten, and 53 was in the part that is lost
        assertEquals(0, two.history.departures().size());
        deliver(two, part(3, 0, 52, 53));
        deliver(two, part(3, 1, 54));
        assertEquals(
                List.of(52L, 53L, 54L),
                two.history.departures().stream().map(Departure::uid).toList());
    }

    private HistoryPart part(long attempt, int index, long... ended) {
        List<Departure> departures = LongStream.of(ended)
                .mapToObj(uid -> new Departure(uid, "tool", 0, Map.of("prices", END)))
                .toList();
        return new HistoryPart(island.uid, two.uid, attempt, 0, index, 2, departures, Map.of(), Set.of());
    }

    @Test
    @DisplayName("ruleM4: each attempt to hand over has a number of its own")
    void attemptsAreNumbered() {
        lost.add(HistoryPart.class);
        twoClusters();
        run(2 * GRACE);
        assertTrue(island.closed);
        List<Long> numbers = island.effects(Effect.SendTo.class).stream()
                .filter(send -> send.message() instanceof HistoryPart)
                .map(send -> ((HistoryPart) send.message()).number())
                .toList();
        assertTrue(numbers.size() > 2);
        assertEquals(List.copyOf(new TreeSet<>(numbers)), numbers);
    }

    @Test
    @DisplayName("ruleM4: nobody takes over, and the node leaves all the same")
    void leavesInTheEnd() {
        lost.add(HandedOver.class);
        twoClusters();
        run(8 * GRACE);
        assertFalse(island.givesWay());
        run(2 * GRACE);
        assertTrue(island.givesWay());
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
            assertEquals(0, member.unknown());
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
    @DisplayName(
            "ruleM4: a member that is told of another cluster takes it for one, though it knows nothing of it itself")
    void whoIsToldTakesItForOne() {
        Member pod = podThatAsksTwo();
        run(2);
        two.dead = true;
        pod.dead = true;
        removed(two.uid, three);
        run(3 * GRACE);
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: after a split everybody is told that somebody who ended here lived on")
    void whoLivedOnIsToldOf() {
        form(two, three, island);
        run(1);
        removed(island.uid, two, three);
        removed(two.uid, island);
        removed(three.uid, island);
        run(3 * GRACE);
        assertTrue(island.givesWay());
        assertEquals(List.of(1L, 1L), List.of(two.unknown(), three.unknown()));
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
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: what another cluster handed over is not told once more by who speaks next")
    void theNextOneKnowsWhatWasHandedOver() {
        twoClusters();
        run(2 * GRACE + 3);
        assertTrue(island.givesWay());
        island.dead = true;
        run(1);
        two.dead = true;
        removed(two.uid, three);
        run(8 * GRACE);
        assertEquals(List.of(21L), elsewhere(three));
    }

    @Test
    @DisplayName(
            "ruleM4: a member that another one left behind and handed over, and that is heard later, lived on: what it published is told")
    void whoWasLeftBehindAndIsHeardLater() {
        form(two, three);
        threeIsToldThatTheseWereLeftBehind(island.uid);
        run(1);
        threeHearsTheIsland(Set.of(island.uid));
        threeSpeaksNext();
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: so did those that were left behind with it")
    void severalWereLeftBehindAndAreHeardLater() {
        form(two, three);
        threeIsToldThatTheseWereLeftBehind(island.uid, 22);
        run(1);
        threeHearsTheIsland(Set.of(island.uid, 22L));
        threeSpeaksNext();
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: one that was heard before it was handed over, and not after that, is told once")
    void whoWasHeardBeforeItWasLeftBehind() {
        form(two, three);
        threeHearsTheIsland(Set.of(island.uid));
        run(1);
        threeIsToldThatTheseWereLeftBehind(island.uid);
        threeSpeaksNext();
        assertEquals(0, three.unknown());
    }

    private void threeIsToldThatTheseWereLeftBehind(long... uids) {
        island.dead = true;
        List<Departure> leftBehind = LongStream.of(uids)
                .mapToObj(uid -> new Departure(uid, "n" + uid, now().ms(), null, true))
                .toList();
        three.did(() -> three.node.onMessage(
                new HistoryPart(two.uid, three.uid, 0, now().ms(), 0, 1, leftBehind, Map.of(), Set.of()), now()));
    }

    /** And two does not. */
    private void threeHearsTheIsland(Set<Long> members) {
        island.dead = true;
        lost.add(Who.class);
        Who said = said(island.uid, island.uid, Who.SEED_NODE, "n1", "host:1", members);
        three.did(() -> three.node.onMessage(said, now()));
        lost.clear();
    }

    private void threeSpeaksNext() {
        two.dead = true;
        removed(two.uid, three);
        run(8 * GRACE);
    }

    @Test
    @DisplayName("ruleM4: that nobody knows what another cluster published says nothing of what it published later")
    void whatWasToldBeforeItWasHeardAgain() {
        twoIsGoneAfterItToldOfAnother();
        run(8 * GRACE);
        assertEquals(2, three.unknown());
    }

    @Test
    @DisplayName(
            "ruleM4: also if the cluster's time rises then, and what was told before looks as if it was told after")
    void whatWasToldBeforeTheTimeRose() {
        twoIsGoneAfterItToldOfAnother();
        long ahead = now().ms() + 3_600_000;
        three.did(() -> three.node.onMessage(new Ping(two.uid, three.uid, 1_000, 0, 0, ahead, 0), now()));
        run(8 * GRACE);
        assertEquals(2, three.unknown());
    }

    private void twoIsGoneAfterItToldOfAnother() {
        Member warns = started(24, 1, false);
        byUid.remove(island.uid);
        form(two, three);
        form(warns);
        while (three.unknown() == 0) {
            run(1);
        }
        run(GRACE / 2);
        two.dead = true; // and it is not removed yet: nobody speaks
        warns.dead = true;
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
        assertEquals(List.of(21L, 22L), elsewhere(two));
    }

    private static List<Long> elsewhere(Member member) {
        return member.history.departures().stream()
                .filter(Departure::elsewhere)
                .map(Departure::uid)
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("ruleM4: an oldest member that leaves tells of the other cluster at once")
    void whoLeavesTells() {
        twoClusters();
        run(2);
        assertEquals(0, three.unknown());
        two.did(() -> two.node.leave(now()));
        assertEquals(1, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: also if everybody has just been told of that one: it may have published since")
    void whoLeavesTellsOnceMore() {
        twoClusters();
        apart = Set.of(two.uid, island.uid);
        for (long i = 0; three.unknown() == 0 && i < 8 * GRACE; i++) {
            run(1);
        }
        assertEquals(1, three.unknown());
        nowNs += 1_000_000;
        two.did(() -> two.node.leave(now()));
        assertEquals(2, three.unknown());
    }

    @Test
    @DisplayName("ruleM4: what a member alone has heard of another cluster is told, too")
    void whoAloneHeardTells() {
        twoClusters();
        lost.add(Who.class);
        run(1);
        three.did(() -> three.node.onMessage(
                new Who(
                        21,
                        Who.SEED_NODE,
                        1,
                        false,
                        "default",
                        "n1",
                        "host:1",
                        21,
                        "host:1",
                        21,
                        Set.of(21L),
                        Set.of()),
                now()));
        island.dead = true;
        run(8 * GRACE);
        assertEquals(List.of(1L, 1L), List.of(two.unknown(), three.unknown()));
    }

    @Test
    @DisplayName("ruleM4: whoever hears of another cluster first tells all members, as the oldest may be gone")
    void whoHearsFirstTellsAll() {
        Member four = started(41, 4, true);
        form(two, three, four);
        island.dead = true;
        two.dead = true;
        three.did(() -> three.node.onMessage(said(island.uid, island.uid, Who.SEED_NODE, "n1", "host:1"), now()));
        three.dead = true;
        removed(three.uid, four);
        run(8 * GRACE);
        assertEquals(1, four.unknown());
    }

    @Test
    @DisplayName("ruleM4: a member that alone has heard of another cluster, and leaves, passes that on")
    void whoAloneHeardPassesItOn() {
        form(two, three);
        island.dead = true;
        lost.add(Who.class);
        three.did(() -> three.node.onMessage(said(island.uid, island.uid, Who.SEED_NODE, "n1", "host:1"), now()));
        lost.clear();
        three.did(() -> three.node.leave(now()));
        three.dead = true;
        removed(three.uid, two);
        run(8 * GRACE);
        assertEquals(1, two.unknown());
    }

    @Test
    @DisplayName(
            "ruleM4: if the oldest members hear nothing of each other, everybody is told after six times the grace, and it is logged")
    void theOldestHaveQuarantinedEachOther() {
        twoClusters();
        apart = Set.of(two.uid, island.uid);
        run(6 * GRACE);
        assertEquals(List.of(0L, 0L), List.of(two.unknown(), three.unknown()));
        run(GRACE);
        assertEquals(List.of(1L, 1L), List.of(two.unknown(), three.unknown()));
        assertEquals(
                List.of(new Effect.OtherCluster("n1 at host:1", 1, false)), two.effects(Effect.OtherCluster.class));
        assertEquals(1, two.node.otherClusters().size());
        run(10 * GRACE);
        assertEquals(1, two.unknown(), "once");
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
            assertEquals(0, member.unknown());
        }
    }

    @Test
    @DisplayName(
            "ruleM4: where a member went without a farewell somebody may live on, who is asked although it is no seed node's address")
    void asksWhereMembersWereLost() {
        Member six = started(11, 6, true);
        form(two, three, six);
        Member lives = started(41, 6, true);
        form(lives);
        lives.dead = true;
        removed(six.uid, two, three);
        six.dead = true;
        run(5);
        assertTrue(sentTo.contains("host:6"));
        lives.dead = false;
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
        assertFalse(island.closed || two.closed);
        deliver(island, giveWay(larger, own));
        assertTrue(island.closed);
    }

    private GiveWay giveWay(Set<Long> stay, Set<Long> goes) {
        return new GiveWay(two.uid, island.uid, "host:2", 12, stay, goes);
    }

    @Test
    @DisplayName("ruleM4: who joins while its cluster hands over, before that is confirmed, is handed over, too")
    void whoJoinsMeanwhileIsHandedOver() {
        lost.add(HandedOver.class);
        twoClusters();
        run(2 * GRACE);
        assertTrue(three.departure(island.uid).elsewhere());
        island.did(() -> island.node.appeared(new Joined(99, "host:99", "dc", 2), now()));
        run(2);
        assertTrue(three.departure(99).elsewhere());
        assertEquals(0, three.unknown());
    }

    /** Beside the other cluster. {@return the member that was there before} */
    private Member islandWhoseHistoryBeganLate() {
        lost.add(AskHistory.class);
        Member first = started(20, 6, true);
        form(first, island);
        first.dead = true;
        removed(first.uid, island);
        lost.clear();
        form(two, three);
        return first;
    }

    @Test
    @DisplayName("ruleM4: whose history began late does not know who was there before, and hands that over")
    void aHistoryThatBeganLate() {
        Member first = islandWhoseHistoryBeganLate();
        run(2 * GRACE + 3);
        assertTrue(island.givesWay());
        assertEquals(List.of(1L, 1L), List.of(two.unknown(), three.unknown()));
        assertTrue(three.departure(first.uid).elsewhere());
    }

    @Test
    @DisplayName("ruleM4: whose history began late may be of a cluster that went on from any history")
    void aHistoryThatBeganLateIsOfAnyCluster() {
        islandWhoseHistoryBeganLate();
        assertTrue(two.history.covers(two.uid, nowNs / 1_000_000));
        run(1);
        assertFalse(
                two.history.covers(two.uid, nowNs / 1_000_000), "a token of its half of a split may be resumed here");
    }

    @Test
    @DisplayName("ruleM4: a history that has forgotten somebody is handed over with the word that it lacks some")
    void aHistoryThatForgot() {
        form(island);
        for (long uid = 1_000; uid < 1_000 + History.Bounds.DEFAULT.most() + 1; uid++) {
            Joined joined = new Joined(uid, "host:" + uid, "dc", 2);
            island.did(() -> island.node.appeared(joined, now()));
            removed(uid, island);
        }
        run(1);
        form(two, three);
        run(5 * GRACE);
        assertTrue(island.givesWay());
        assertTrue(two.wasToldOfNobody(), "which is forgotten again: there is too much");
    }

    @Test
    @DisplayName("ruleM4: what one cluster hands over does not stand for another one that a member alone has heard of")
    void aHandOverStandsForItsCluster() {
        Member four = started(41, 4, true);
        island.dead = true;
        form(two, three);
        lost.add(Who.class);
        three.did(() -> three.node.onMessage(said(island.uid, island.uid, Who.SEED_NODE, "n1", "host:1"), now()));
        lost.clear();
        form(four);
        run(2 * GRACE + 3);
        assertTrue(four.givesWay());
        assertEquals(0, three.unknown());
        four.dead = true;
        run(8 * GRACE);
        assertEquals(List.of(1L, 1L), List.of(two.unknown(), three.unknown()));
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
    @DisplayName("ruleM4: any member of another cluster says which histories went on there")
    void anyMemberSaysWhichHistories() {
        form(island, two, three);
        two.did(() -> two.node.onMessage(hello(island, two), now()));
        run(2);
        removed(island.uid, two, three);
        lost.add(Who.class);
        assertTrue(two.history.covers(island.uid, nowNs / 1_000_000));
        two.did(() -> two.node.onMessage(said(22, island.uid, two.uid, "n4", "host:4"), now()));
        assertFalse(two.history.covers(island.uid, nowNs / 1_000_000));
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
    private Who said(long fromUid, long oldestUid, long toUid, String name, String address) {
        return said(fromUid, oldestUid, toUid, name, address, new HashSet<>(List.of(fromUid, oldestUid)));
    }

    private static Who said(long fromUid, long oldestUid, long toUid, String name, String address, Set<Long> members) {
        return new Who(
                fromUid,
                toUid,
                1,
                false,
                "default",
                name,
                address,
                oldestUid,
                "host:1",
                21,
                members,
                Set.of(oldestUid));
    }

    @Test
    @DisplayName("ruleM4: tokens of a history that went on in both clusters are not covered any more")
    void sharedHistoriesPart() {
        form(island, two, three);
        two.did(() -> two.node.onMessage(hello(island, two), now()));
        run(2);
        assertTrue(two.history.covers(island.uid, 5_000), "a history of the oldest member");
        removed(island.uid, two, three);
        removed(two.uid, island);
        removed(three.uid, island);
        run(3 * GRACE);
        assertTrue(island.givesWay());
        assertFalse(two.history.covers(island.uid, nowNs / 1_000_000));
        assertTrue(two.history.covers(island.uid, nowNs / 1_000_000 + 120_000));
    }

    private static dev.gapless.core.wire.Hello hello(Member from, Member to) {
        return new dev.gapless.core.wire.Hello(from.uid, to.uid, "n1", List.of(1), true, 0, 0, true);
    }

    @Test
    @DisplayName("ruleM4: a question is answered once, and an answer counts once")
    void answersCountOnce() {
        twoClusters();
        run(1);
        Who answer = new Who(
                island.uid,
                two.uid,
                1,
                true,
                "default",
                "n1",
                "host:1",
                island.uid,
                "host:1",
                21,
                Set.of(island.uid),
                Set.of());
        sentTo.clear();
        deliver(two, answer);
        assertEquals(List.of(), sentTo);
    }
}
