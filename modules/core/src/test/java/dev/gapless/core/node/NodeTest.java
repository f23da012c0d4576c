package dev.gapless.core.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.KeptHistory;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.log.Generation;
import dev.gapless.core.member.History;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NodeTest implements Outbox.Carrier {
    private static final long SECOND = 1_000_000_000L;
    private static final long SELF = 10;
    private static final long OTHER = 20;
    private static final int SHARDS = 3;
    private static final Map<Epoch, Long> PUBLISHED = Map.of(new Epoch(5), 3L);

    private final List<Effect> effects = new ArrayList<>();
    private final List<Packet> packets = new ArrayList<>();
    private final Outbox outbox = new Outbox();
    private Map<Epoch, Long> published = Map.of();
    private boolean closed;
    private Node node = started(1_000);

    private Node started(long startedMs) {
        return started(startedMs, false);
    }

    /** With {@code single} a node that has a store, and is to be the only one of its cluster. */
    private Node started(long startedMs, boolean single) {
        NodeSettings settings = new NodeSettings(
                SELF,
                "n",
                List.of(7),
                startedMs,
                SHARDS,
                SECOND,
                60 * SECOND,
                NodeSettings.HELLO_BACKOFF,
                History.Bounds.DEFAULT,
                single,
                single,
                true,
                null);
        return new Node(settings, this::closeLogs, outbox, at(0));
    }

    private Map<Epoch, Long> closeLogs() {
        closed = true;
        return published;
    }

    @Override
    public void send(long toUid, Packet packet) {
        packets.add(packet);
    }

    @Override
    public void carryOut(Effect effect) {
        effects.add(effect);
    }

    private static Now at(long ns) {
        return new Now(ns / 1_000_000, ns);
    }

    private List<Effect> did(Runnable input) {
        effects.clear();
        packets.clear();
        input.run();
        outbox.drain(this);
        return List.copyOf(effects);
    }

    private void up(String dataCenter, long number) {
        did(() -> {
            node.appeared(new Joined(SELF, "host:10", dataCenter, number), at(0));
            node.up(at(0));
        });
    }

    private List<Effect> helloOf(long uid, String name, long startedMs) {
        return did(() -> node.onMessage(new Hello(uid, SELF, name, List.of(3), false, startedMs, 0, 0, true), at(0)));
    }

    private void isMember(long uid, String dataCenter, long number) {
        did(() -> node.appeared(new Joined(uid, "host:" + uid, dataCenter, number), at(0)));
    }

    private List<Effect> onShards(ToNode message) {
        return did(() -> {
            for (int shard = 0; shard < SHARDS; shard++) {
                node.onShard(shard, message, at(0));
            }
        });
    }

    @Test
    @DisplayName("ruleM1: who is no member is not believed, and neither is what was meant for another incarnation")
    void believesMembersAlone() {
        up("dc", 1);
        assertEquals(List.of(), helloOf(OTHER, "other", 0));
        isMember(OTHER, "dc", 2);
        assertEquals(
                List.of(),
                did(() -> node.onMessage(new Hello(OTHER, 99, "other", List.of(3), false, 0, 0, 0, true), at(0))));
        assertEquals(Set.of(SELF), node.named());
        assertTrue(helloOf(OTHER, "other", 0).contains(new Effect.Introduced(OTHER, List.of(3))));
        assertEquals(Set.of(SELF, OTHER), node.named());
        assertEquals(List.of(new Hello(SELF, OTHER, "n", List.of(7), true, 1_000, 0, 0, true)), packets);
    }

    @Test
    @DisplayName("carriedIntoNextLife: a ping for another incarnation is ignored")
    void pingForAnotherIncarnation() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        helloOf(OTHER, "other", 0);
        node.onMessage(new Ping(OTHER, 99, 1, 0, 0, 0, 0), at(0));
        did(() -> node.onTime(at(SECOND)));
        assertEquals(List.of(), packets);
        node.onMessage(new Ping(OTHER, SELF, 1, 0, 0, 0, 0), at(SECOND));
        did(() -> node.onTime(at(2 * SECOND)));
        Ping ping = assertInstanceOf(Ping.class, packets.get(0));
        assertEquals(1, packets.size());
        assertEquals(new Ping(SELF, OTHER, 1, 1, 0, 2_000, ping.history()), ping);
    }

    @Test
    @DisplayName("ruleM1: members are asked for their names until they have said them, ever more rarely")
    void asksForNames() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        assertEquals(200_000_000L, node.deadlineNs());
        did(() -> node.onTime(at(200_000_000L)));
        assertEquals(List.of(new Hello(SELF, OTHER, "n", List.of(7), false, 1_000, 200, 200, true)), packets);
        assertEquals(600_000_000L, node.deadlineNs());
        helloOf(OTHER, "other", 0);
        did(() -> node.onTime(at(600_000_000L)));
        assertEquals(List.of(), packets);
        assertEquals(SECOND, node.deadlineNs(), "only pings are left");
    }

    @Test
    @DisplayName("ruleC5: pings say that cursors were dropped once all shards have dropped them")
    void forgetsInAllShardsFirst() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        did(() -> node.onShard(0, new ToNode.Watch(OTHER), at(0)));
        assertEquals(
                List.of(new Effect.Forgetting(OTHER), new Effect.TellShards(new ToShard.Forget(OTHER))),
                did(() -> node.forget(OTHER)));
        did(() -> {
            node.onShard(0, new ToNode.Forgot(OTHER), at(0));
            node.onShard(0, new ToNode.Forgot(OTHER), at(0)); // once more: it is still one shard
            node.onShard(2, new ToNode.Forgot(OTHER), at(0));
            node.onTime(at(SECOND));
        });
        assertEquals(0, ping().forgotten());
        did(() -> {
            node.onShard(1, new ToNode.Forgot(OTHER), at(SECOND));
            node.onTime(at(2 * SECOND));
        });
        assertEquals(1, ping().forgotten());
    }

    private Ping ping() {
        return (Ping)
                packets.stream().filter(Ping.class::isInstance).findFirst().orElseThrow();
    }

    @Test
    @DisplayName("ruleM3: a watch of who is no member any more, which comes late, is none")
    void watchesMembersAlone() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        helloOf(OTHER, "other", 0);
        did(() -> node.onShard(0, new ToNode.Watch(OTHER), at(0)));
        did(() -> node.removed(OTHER, at(0)));
        did(() -> node.onShard(1, new ToNode.Watch(OTHER), at(0)));
        did(() -> node.onTime(at(SECOND)));
        assertEquals(List.of(), packets);
    }

    @Test
    @DisplayName("ruleP7: subscriptions end in all shards before any producer drains")
    void leavesStepByStep() {
        up("dc", 1);
        assertEquals(List.of(new Effect.TellShards(new ToShard.EndSubscriptions())), did(() -> node.leave(at(0))));
        assertEquals(List.of(), did(() -> {
            node.onShard(0, new ToNode.SubscriptionsEnded(), at(0));
            node.onShard(1, new ToNode.SubscriptionsEnded(), at(0));
        }));
        assertEquals(
                List.of(new Effect.TellShards(new ToShard.Drain())),
                did(() -> node.onShard(2, new ToNode.SubscriptionsEnded(), at(0))));
        assertFalse(node.hasLeft());
        assertEquals(List.of(new Effect.Left(true)), onShards(new ToNode.Drained(true)));
        assertTrue(node.hasLeft());
    }

    @Test
    @DisplayName("A shard that failed holds up nobody, and is told as not complete")
    void leavesWithoutAFailedShard() {
        up("dc", 1);
        did(() -> node.leave(at(0)));
        did(() -> {
            node.onShard(0, new ToNode.SubscriptionsEnded(), at(0));
            node.shardFailed(0); // it has answered this step
            node.onShard(1, new ToNode.SubscriptionsEnded(), at(0));
        });
        assertEquals(
                List.of(new Effect.TellShards(new ToShard.Drain())),
                did(() -> node.onShard(2, new ToNode.SubscriptionsEnded(), at(0))));
        assertEquals(List.of(new Effect.Left(false)), did(() -> {
            node.onShard(1, new ToNode.Drained(true), at(0));
            node.onShard(2, new ToNode.Drained(true), at(0));
        }));
    }

    @Test
    @DisplayName(
            "A node that was removed ends its subscriptions, and drains for nobody, unless it is told to leave after all")
    void endsWithoutDraining() {
        up("dc", 1);
        did(node::end);
        assertEquals(List.of(), onShards(new ToNode.SubscriptionsEnded()));
        assertTrue(node.isLeaving());
        assertEquals(List.of(new Effect.TellShards(new ToShard.Drain())), did(() -> node.leave(at(0))));
    }

    @Test
    @DisplayName("ruleM2: of two nodes of one name in a data center, the one that joined later gives way")
    void theYoungerNamesakeGivesWay() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        assertFalse(givesWay(helloOf(OTHER, "n", 0)), "this one is older");
        node = started(1_000);
        up("dc", 3);
        isMember(OTHER, "dc", 2);
        assertTrue(givesWay(helloOf(OTHER, "n", 5_000)));
        assertTrue(packets.contains(new Farewell(SELF, OTHER, Map.of())));
        assertFalse(givesWay(helloOf(OTHER, "n", 5_000)), "said once");
        assertTrue(packets.contains(new Farewell(SELF, OTHER, Map.of())), "and to whoever asks");
    }

    @Test
    @DisplayName("ruleM2: who stands in for a node gives way to it, however much earlier it joined, and the node stays")
    void aStandInGivesWayToItsNode() {
        up("dc", 3);
        did(() -> node.appeared(new Joined(OTHER, "host:20", "dc", 2, true), at(0)));
        assertFalse(givesWay(helloOf(OTHER, "n", 0)), "the other one stands in");
        assertEquals(0, node.olderMembers());
        node = started(1_000);
        did(() -> {
            node.appeared(new Joined(SELF, "host:10", "dc", 2, true), at(0));
            node.up(at(0));
        });
        isMember(OTHER, "there", 3);
        assertTrue(givesWay(helloOf(OTHER, "n", 5_000)), "this one stands in");
        assertTrue(packets.contains(new Farewell(SELF, OTHER, Map.of())));
        assertEquals(1, node.olderMembers());
    }

    @Test
    @DisplayName("ruleM2: of two stand-ins for one node the younger gives way")
    void theYoungerStandInGivesWay() {
        did(() -> {
            node.appeared(new Joined(OTHER, "host:20", "dc", 2, true), at(0));
            node.appeared(new Joined(SELF, "host:10", "dc", 3, true), at(0));
            node.up(at(0));
        });
        assertTrue(givesWay(helloOf(OTHER, "n", 0)));
        assertTrue(node.hasOneCalled("n"));
        assertFalse(node.hasOneCalled("other"));
    }

    @Test
    @DisplayName("ruleP14: a node that ends before it is up says so: it cannot have published anything")
    void saysFarewellIfItNeverWasUp() {
        isMember(OTHER, "dc", 2);
        did(() -> node.leave(at(0)));
        assertTrue(closed);
        assertTrue(packets.contains(new Farewell(SELF, OTHER, Map.of())));
        node = started(1_000);
        up("dc", 3);
        isMember(OTHER, "dc", 2);
        did(() -> node.leave(at(0)));
        assertFalse(packets.contains(new Farewell(SELF, OTHER, Map.of())), "its producers say Gone");
    }

    @Test
    @DisplayName("ruleC7: who joins is believed when it says farewell, and in nothing else")
    void hearsFarewellsOfWhoJoins() {
        up("dc", 1);
        did(() -> node.joining(OTHER, "host:20"));
        assertEquals(List.of(), helloOf(OTHER, "other", 0));
        assertEquals(Set.of(SELF), node.named());
        node.onMessage(new Farewell(OTHER, SELF, Map.of()), at(0));
        assertFalse(tellsOf(did(() -> node.removed(OTHER, at(0))), OTHER));
        did(() -> node.joining(30, "host:30"));
        assertTrue(tellsOf(did(() -> node.removed(30, at(0))), 30));
        assertEquals(List.of(), did(() -> node.removed(40, at(0))), "nobody has heard of it");
    }

    private static boolean tellsOf(List<Effect> effects, long uid) {
        return effects.stream()
                .map(effect -> (ToShard.Members) ((Effect.TellShards) effect).message())
                .anyMatch(changed -> changed.events().contains(new MemberEvent.Removed(uid)));
    }

    @Test
    @DisplayName("ruleM2, G4: a node that gives way closes its logs before it says whether anything was published")
    void closesItsLogsBeforeItSaysFarewell() {
        up("dc", 3);
        isMember(OTHER, "dc", 2);
        assertFalse(closed);
        helloOf(OTHER, "n", 0);
        assertTrue(closed);
    }

    @Test
    @DisplayName("ruleM2: of two nodes of one name in two data centers, the one that was started later gives way")
    void betweenDataCentersTheClocksDecide() {
        up("here", 1);
        isMember(OTHER, "there", 1);
        assertTrue(givesWay(helloOf(OTHER, "n", 999)));
        node = started(1_000);
        up("here", 1);
        isMember(OTHER, "there", 1);
        assertFalse(givesWay(helloOf(OTHER, "n", 1_001)));
        node = started(1_000);
        up("here", 1);
        isMember(OTHER, "there", 1);
        assertFalse(givesWay(helloOf(OTHER, "n", 1_000)), "as old: the lower number stays");
    }

    @Test
    @DisplayName("ruleM2: who has published does not say so at once: it drains first")
    void whoHasPublishedSaysNothingAtOnce() {
        published = PUBLISHED;
        up("dc", 3);
        isMember(OTHER, "dc", 2);
        assertTrue(givesWay(helloOf(OTHER, "n", 0)));
        assertFalse(packets.contains(new Farewell(SELF, OTHER, Map.of())));
    }

    private static boolean givesWay(List<Effect> effects) {
        return effects.contains(new Effect.NameTaken(OTHER));
    }

    @Test
    @DisplayName(
            "ruleT2: who comes to a cluster of a single node publishes nothing there, and ends; so does a single node among others")
    void theClusterOfASingleNode() {
        for (boolean single : List.of(false, true)) {
            node = started(1_000, single);
            closed = false;
            node.met(OTHER, !single);
            isMember(OTHER, "dc", 1);
            node.appeared(new Joined(SELF, "host:10", "dc", 2), at(0));
            assertTrue(did(() -> node.up(at(0))).contains(new Effect.SingleNode(OTHER)));
            assertFalse(node.isUp());
            assertTrue(closed);
            assertTrue(packets.contains(new Farewell(SELF, OTHER, Map.of())));
        }
    }

    @Test
    @DisplayName("ruleT2: a node goes on where no other one is a single node, or that one is gone")
    void theClusterOfOthers() {
        node.met(OTHER, false);
        node.met(30, true);
        node.removed(30, at(0));
        up("dc", 2);
        assertTrue(node.isUp());
        node.met(40, true); // which ends by itself
        assertTrue(node.isUp());
    }

    @Test
    @DisplayName(
            "ruleT2: a single node begins no history until its store has said which one it had, and goes on with that")
    void theHistoryOfASingleNode() {
        node = started(1_000, true);
        effects.clear();
        up("dc", 1);
        assertFalse(lastHistory().complete());
        Departure earlier = new Departure(9, "n", 900, null);
        Generation generation = new Generation(2, List.of(9L), new KeptHistory(77, 0, List.of(earlier)));
        did(() -> node.storeOpened(generation, at(0)));
        assertEquals(77, lastHistory().id());
        assertEquals(List.of(earlier), lastHistory().departures());
        assertTrue(effects.contains(new Effect.TellShards(new ToShard.StoreOpened(generation))));
    }

    @Test
    @DisplayName(
            "ruleD6: that nothing has used the store before is told if members remember this node, once it knows what they do")
    void aNewStoreOfANodeThatHasRunBefore() {
        isMember(OTHER, "dc", 1);
        up("dc", 2);
        helloOf(OTHER, "other", 0);
        long question = packets.stream()
                .filter(AskHistory.class::isInstance)
                .map(packet -> ((AskHistory) packet).number())
                .reduce((before, after) -> after)
                .orElseThrow();
        List<Effect> early = did(() -> node.storeOpened(new Generation(1, List.of()), at(0)));
        assertFalse(early.contains(new Effect.StoreIsNew()));
        Departure earlier = new Departure(9, "n", 900, null);
        did(() -> node.onMessage(historyOf(OTHER, question, List.of(earlier)), at(0)));
        assertTrue(did(() -> node.onTime(at(SECOND))).contains(new Effect.StoreIsNew()));
        assertFalse(did(() -> node.onTime(at(2 * SECOND))).contains(new Effect.StoreIsNew()), "it is said once");
    }

    @Test
    @DisplayName("ruleD6: it is not told of a node that nobody remembers, nor of a store that was there")
    void aStoreThatIsAsItShouldBe() {
        up("dc", 1);
        isMember(OTHER, "dc", 2);
        helloOf(OTHER, "other", 0);
        List<Effect> nobody = did(() -> {
            List<Departure> ended =
                    List.of(new Departure(9, "another", 900, null), new Departure(SELF, "n", 900, null));
            node.onMessage(historyOf(OTHER, 0, ended), at(0));
            node.storeOpened(new Generation(1, List.of()), at(0));
        });
        assertFalse(nobody.contains(new Effect.StoreIsNew()));
        List<Effect> there = did(() -> {
            node.onMessage(historyOf(OTHER, 0, List.of(new Departure(8, "n", 900, null))), at(0));
            node.storeOpened(new Generation(2, List.of(8L)), at(0));
        });
        assertFalse(there.contains(new Effect.StoreIsNew()));
    }

    private static HistoryPart historyOf(long from, long question, List<Departure> departures) {
        return new HistoryPart(
                from,
                SELF,
                question,
                0,
                0,
                1,
                departures,
                false,
                false,
                HistoryId.first(from),
                Long.MIN_VALUE,
                List.of(),
                Set.of());
    }

    private HistoryView lastHistory() {
        return effects.stream()
                .filter(effect -> effect instanceof Effect.TellShards tell && tell.message() instanceof ToShard.Members)
                .map(effect -> (ToShard.Members) ((Effect.TellShards) effect).message())
                .reduce((before, after) -> after)
                .orElseThrow()
                .view()
                .history();
    }
}
