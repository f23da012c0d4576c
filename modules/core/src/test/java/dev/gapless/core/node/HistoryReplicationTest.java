package dev.gapless.core.node;

import static dev.gapless.core.Given.SECOND;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.member.History;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a node comes to remember what the others do, as its node sees it from outside. */
class HistoryReplicationTest implements Outbox.Carrier {
    private static final long SELF = 10;
    private static final long OTHER = 20;
    private static final long THIRD = 30;
    private static final long HISTORY = HistoryId.first(77);
    private static final long OWN = HistoryId.first(SELF);
    private static final Map<Epoch, Long> PUBLISHED = Map.of(new Epoch(5), 3L);
    private static final Departure GONE = new Departure(40, "n4", 5, null);

    private final List<Packet> packets = new ArrayList<>();
    private final List<ToShard.Members> announced = new ArrayList<>();
    private final List<Effect.HistoryCut> cuts = new ArrayList<>();
    private final Outbox outbox = new Outbox();
    private Map<Epoch, Long> published = Map.of();
    private long nowNs;
    private Node node = started(History.Bounds.DEFAULT);

    private Node started(History.Bounds bounds) {
        return new Node(settings(bounds), () -> published, outbox, now());
    }

    private static NodeSettings settings(History.Bounds bounds) {
        return new NodeSettings(
                SELF,
                "n1",
                List.of(7),
                0,
                1,
                SECOND,
                60 * SECOND,
                NodeSettings.HELLO_BACKOFF,
                bounds,
                false,
                false,
                true,
                null);
    }

    @Override
    public void send(long toUid, Packet packet) {
        packets.add(packet);
    }

    @Override
    public void carryOut(Effect effect) {
        if (effect instanceof Effect.TellShards tell && tell.message() instanceof ToShard.Members members) {
            announced.add(members);
        } else if (effect instanceof Effect.HistoryCut cut) {
            cuts.add(cut);
        }
    }

    private Now now() {
        return new Now(nowNs / 1_000_000, nowNs);
    }

    private void did(Runnable input) {
        packets.clear();
        input.run();
        outbox.drain(this);
    }

    private HistoryView history() {
        return announced.get(announced.size() - 1).view().history();
    }

    private <T> List<T> sent(Class<T> type) {
        return packets.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** This node is the youngest of these members. */
    private void upWith(long... others) {
        for (long other : others) {
            appears(other);
        }
        did(() -> {
            node.appeared(new Joined(SELF, "host:10", "dc", 99), now());
            node.up(now());
        });
    }

    private void appears(long uid) {
        did(() -> node.appeared(new Joined(uid, "host:" + uid, "dc", uid), now()));
    }

    private void hello(long uid) {
        did(() -> node.onMessage(new Hello(uid, SELF, "n" + uid, List.of(3), true, 0, 0, 0, true), now()));
    }

    private void removed(long uid) {
        did(() -> node.removed(uid, now()));
    }

    /** A part of the answer to the last question. */
    private void part(
            long from, long number, int index, int parts, List<Departure> departures, Set<Long> incarnations) {
        boolean last = index == parts - 1;
        HistoryPart part = new HistoryPart(
                from,
                SELF,
                number,
                0,
                index,
                parts,
                departures,
                false,
                false,
                last ? HISTORY : HistoryId.UNKNOWN,
                Long.MIN_VALUE,
                List.of(),
                last ? incarnations : Set.of());
        did(() -> node.onMessage(part, now()));
    }

    private void tick() {
        nowNs += SECOND;
        did(() -> node.onTime(now()));
    }

    @Test
    @DisplayName("ruleT2: the oldest member begins a history, under its own number, and asks nobody")
    void theOldestBegins() {
        did(() -> node.appeared(new Joined(SELF, "host:10", "dc", 1), now()));
        did(() -> node.up(now()));
        assertTrue(history().covers(OWN, Long.MIN_VALUE));
        appears(OTHER);
        hello(OTHER);
        assertEquals(List.of(), sent(AskHistory.class));
    }

    @Test
    @DisplayName(
            "ruleT2: shards hear of an end that others saw earlier when this node sees it: no token has passed it before")
    void anEndThatOthersSawEarlier() {
        upWith(OTHER);
        did(() -> node.joining(GONE.uid(), "host:40"));
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(GONE), Set.of(SELF, OTHER));
        assertTrue(history().complete());
        assertEquals(List.of(), history().departures());
        announced.clear();
        removed(GONE.uid());
        assertEquals(List.of(GONE.uid()), uids(history()));
        assertEquals(1, announced.size(), "with its removal");
        assertFalse(announced.get(0).events().isEmpty());
    }

    private static List<Long> uids(HistoryView history) {
        return history.departures().stream().map(Departure::uid).toList();
    }

    @Test
    @DisplayName(
            "ruleT2: a member whose clock is ahead moves the end of who went just before: others may have heard of it first")
    void aClockThatIsAheadMovesTheLatestEnd() {
        did(() -> node.appeared(new Joined(SELF, "host:10", "dc", 1), now()));
        did(() -> node.up(now()));
        appears(OTHER);
        appears(THIRD);
        removed(OTHER);
        long ahead = 3_600_000;
        did(() -> node.onMessage(new Hello(THIRD, SELF, "n3", List.of(3), true, ahead, ahead, 0, true), now()));
        assertEquals(
                List.of(new Departure(OTHER, "host:20", ahead, null)), history().departures());
    }

    @Test
    @DisplayName("ruleT2: any other asks a member, once that has said its name, and has no history before the answer")
    void othersAsk() {
        upWith(OTHER);
        assertEquals(List.of(), sent(AskHistory.class));
        hello(OTHER);
        assertEquals(List.of(new AskHistory(SELF, OTHER, 1)), sent(AskHistory.class));
        assertFalse(history().complete());
        part(OTHER, 1, 0, 1, List.of(GONE), Set.of(SELF, OTHER));
        assertTrue(history().covers(HISTORY, Long.MIN_VALUE));
        assertEquals(List.of(GONE), history().departures());
        tick();
        assertEquals(List.of(), sent(AskHistory.class));
    }

    @Test
    @DisplayName(
            "ruleT2: a member that does not answer is asked once an interval, in turn with others; after ten times it begins by itself")
    void asksInTurn() {
        upWith(OTHER, THIRD);
        hello(OTHER);
        hello(THIRD);
        List<Long> asked = new ArrayList<>(List.of(OTHER));
        for (int i = 0; i < 9; i++) {
            tick();
            sent(AskHistory.class).forEach(ask -> asked.add(ask.toUid()));
        }
        assertEquals(10, asked.size());
        assertEquals(Set.of(OTHER, THIRD), Set.copyOf(asked));
        assertFalse(history().complete());
        tick();
        assertTrue(history().covers(OWN, now().ms()));
        assertFalse(history().covers(OWN, now().ms() - 1), "nobody said who went before");
        assertFalse(history().covers(HISTORY, Long.MAX_VALUE), "tokens of the others' are not covered");
    }

    @Test
    @DisplayName(
            "ruleT2: an answer in parts counts as a whole once all have come in order; each incarnation in it counts at once")
    void takesPartsInOrder() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 1, 2, List.of(GONE), Set.of(SELF, OTHER));
        assertFalse(history().complete(), "the first part is lost");
        assertEquals(List.of(GONE), history().departures());
        tick();
        part(OTHER, 2, 0, 2, List.of(), Set.of());
        part(OTHER, 1, 1, 2, List.of(GONE), Set.of(SELF, OTHER));
        assertFalse(history().complete(), "of another question");
        part(OTHER, 2, 1, 2, List.of(GONE), Set.of(SELF, OTHER));
        assertTrue(history().complete());
    }

    @Test
    @DisplayName(
            "ruleT2: not taken over from one that has a member which is none here: its end may have been seen by neither")
    void knowsAllOfTheGiversMembers() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER, THIRD));
        assertFalse(history().complete());
        tick();
        part(OTHER, 2, 0, 1, List.of(new Departure(THIRD, "n30", 5, null)), Set.of(SELF, OTHER));
        assertTrue(history().complete());
    }

    @Test
    @DisplayName(
            "ruleT2: whoever answers names those that it saw joining, too: they may have published, and be gone before others see them")
    void namesThoseThatItSawJoining() {
        upWith(OTHER);
        did(() -> node.joining(THIRD, "host:30"));
        did(() -> node.onMessage(new AskHistory(OTHER, SELF, 1), now()));
        assertEquals(Set.of(SELF, OTHER, THIRD), sent(HistoryPart.class).get(0).incarnations());
    }

    @Test
    @DisplayName("ruleT2: one of whom the giver knows is known here, too, if it was seen joining: its end will be seen")
    void knowsThoseThatItSawJoining() {
        upWith(OTHER);
        hello(OTHER);
        did(() -> node.joining(THIRD, "host:30"));
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER, THIRD));
        assertTrue(history().complete());
    }

    @Test
    @DisplayName("ruleT2: a member of the giver that ended here is known")
    void knowsThoseThatEndedHere() {
        upWith(OTHER, THIRD);
        hello(OTHER);
        removed(THIRD);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER, THIRD));
        assertTrue(history().complete());
        assertEquals(THIRD, history().departures().get(0).uid());
    }

    @Test
    @DisplayName("ruleT2: whoever has not all of it itself gives what it has, and no more")
    void givesNoMoreThanItHas() {
        upWith(OTHER, THIRD);
        removed(THIRD);
        did(() -> node.onMessage(new AskHistory(OTHER, SELF, 4), now()));
        HistoryPart given = sent(HistoryPart.class).get(0);
        assertEquals(HistoryId.UNKNOWN, given.historyId());
        assertEquals(4, given.number());
        assertEquals(THIRD, given.departures().get(0).uid());
        assertEquals(Set.of(SELF, OTHER), given.incarnations());
    }

    @Test
    @DisplayName("ruleT2: much is told in parts, and only the last has the id and the members")
    void answersInParts() {
        upWith(OTHER);
        hello(OTHER);
        List<Departure> many = new ArrayList<>();
        for (int uid = 100; uid < 100 + 2 * HistoryPart.MOST + 1; uid++) {
            many.add(new Departure(uid, "n" + uid, uid, Map.of()));
        }
        part(OTHER, 1, 0, 1, many, Set.of(SELF, OTHER));
        did(() -> node.onMessage(new AskHistory(OTHER, SELF, 1), now()));
        List<HistoryPart> parts = sent(HistoryPart.class);
        assertEquals(3, parts.size());
        List<Departure> given = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertEquals(i, parts.get(i).index());
            assertEquals(3, parts.get(i).parts());
            assertEquals(i == 2 ? HISTORY : HistoryId.UNKNOWN, parts.get(i).historyId());
            assertEquals(i == 2 ? Set.of(SELF, OTHER) : Set.of(), parts.get(i).incarnations());
            given.addAll(parts.get(i).departures());
        }
        assertEquals(many, given);
    }

    private void ping(long counter, long digest) {
        did(() -> node.onMessage(new Ping(OTHER, SELF, counter, 0, 0, 0, digest), now()));
    }

    @Test
    @DisplayName("ruleT1: what ended is known up to the last ping of another member, as long as pings go to one")
    void heardUpToTheLastPing() {
        upWith(OTHER, THIRD);
        nowNs = 100 * SECOND;
        did(() -> node.onShard(0, new ToNode.Watch(OTHER), now()));
        assertEquals(100_000, history().heardUpToMs(nowNs));
        did(() -> node.onMessage(new Ping(OTHER, SELF, 1, 0, 0, 90_000, 0), now()));
        assertEquals(90_000, history().heardUpToMs(nowNs));
        removed(THIRD);
        assertEquals(90_000, history().heardUpToMs(nowNs), "OTHER is there");
        removed(OTHER);
        assertEquals(100_000, history().heardUpToMs(nowNs), "nobody would send one");
    }

    @Test
    @DisplayName("ruleT2: who tells twice that it remembers something else is asked, then ever more rarely")
    void asksWhoeverRemembersSomethingElse() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(GONE), Set.of(SELF, OTHER));
        List<Integer> asked = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            ping(i, 99);
            if (!sent(AskHistory.class).isEmpty()) {
                asked.add(i);
            }
        }
        assertEquals(List.of(2, 4, 8, 16), asked);
        ping(17, 98);
        assertEquals(List.of(), sent(AskHistory.class), "news of it may be under way");
        ping(18, 98);
        assertEquals(1, sent(AskHistory.class).size());
    }

    @Test
    @DisplayName("ruleT2: shards are told at once when more is remembered, and nothing when nothing is new")
    void tellsWhatIsNew() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER));
        int before = announced.size();
        part(OTHER, 9, 0, 1, List.of(GONE), Set.of(SELF, OTHER));
        assertEquals(before + 1, announced.size());
        assertEquals(List.of(GONE), history().departures());
        assertEquals(List.of(), announced.get(before).events());
        part(OTHER, 9, 0, 1, List.of(GONE), Set.of(SELF, OTHER));
        assertEquals(before + 1, announced.size());
    }

    @Test
    @DisplayName(
            "ruleT2: who ended is remembered by the cluster's time, which is that of the member that is furthest ahead")
    void goesByTheClustersTime() {
        upWith(OTHER, THIRD);
        did(() -> node.onMessage(new Hello(OTHER, SELF, "n20", List.of(3), true, 0, 5_000, 0, true), now()));
        nowNs += SECOND;
        removed(THIRD);
        assertEquals(6_000, history().departures().get(0).endedMs());
    }

    @Test
    @DisplayName("ruleT2: a farewell that comes before the removal is told with the removal, and remembered")
    void farewell() {
        upWith(OTHER, THIRD);
        did(() -> node.onMessage(new Farewell(THIRD, SELF, PUBLISHED), now()));
        assertEquals(List.of(), history().departures());
        removed(THIRD);
        assertEquals(PUBLISHED, history().departures().get(0).published());
        did(() -> node.onMessage(new Farewell(50, SELF, PUBLISHED), now()));
        removed(50);
        assertEquals(1, history().departures().size(), "of a stranger nothing counts");
    }

    private void leaves() {
        did(() -> node.leave(now()));
        did(() -> node.onShard(0, new ToNode.SubscriptionsEnded(), now()));
        assertEquals(List.of(), sent(Farewell.class), "something may still be published");
        did(() -> node.onShard(0, new ToNode.Drained(true), now()));
    }

    @Test
    @DisplayName("ruleT2: who leaves says to each member what it published once it has drained")
    void saysFarewell() {
        upWith(OTHER, THIRD);
        published = PUBLISHED;
        leaves();
        assertEquals(
                List.of(new Farewell(SELF, OTHER, published), new Farewell(SELF, THIRD, published)),
                sent(Farewell.class));
    }

    @Test
    @DisplayName(
            "ruleT2: who published to more topics than fit into a message says so in parts, and each of the others knows all")
    void saysFarewellInParts() {
        upWith(OTHER);
        published = published(5_000);
        leaves();
        List<Farewell> parts = sent(Farewell.class);
        assertTrue(parts.size() > 3, () -> parts.size() + " parts");
        parts.forEach(part -> assertTrue(part.published().size() <= 1_365, "a part is too large"));
        node = started(History.Bounds.DEFAULT);
        upWith(OTHER, THIRD);
        received(parts, THIRD);
        removed(THIRD);
        assertEquals(published, history().departures().get(0).published());
    }

    @Test
    @DisplayName("ruleT2: a farewell of which a part was lost is none, whichever it is")
    void aPartIsLost() {
        upWith(OTHER);
        published = published(5_000);
        leaves();
        List<Farewell> parts = sent(Farewell.class);
        for (Farewell lost : parts) {
            node = started(History.Bounds.DEFAULT);
            upWith(OTHER, THIRD);
            received(parts.stream().filter(part -> !part.equals(lost)).toList(), THIRD);
            removed(THIRD);
            assertNull(history().departures().get(0).published());
        }
    }

    @Test
    @DisplayName("ruleT2: who published to more topics than a farewell has parts for says nothing to others, and warns")
    void aFarewellWithTooManyParts() {
        upWith(OTHER);
        published = LongStream.rangeClosed(1, 800_000).boxed().collect(toMap(Epoch::new, number -> Long.MAX_VALUE));
        leaves();
        assertEquals(List.of(), sent(Farewell.class));
        assertEquals(List.of(new Effect.HistoryCut("n1", 800_000)), cuts);
    }

    private void received(List<Farewell> parts, long from) {
        for (Farewell part : parts) {
            did(() -> node.onMessage(new Farewell(from, SELF, part.index(), part.parts(), part.published()), now()));
        }
    }

    @Test
    @DisplayName(
            "ruleT2: a departure of more topics than fit into a message is told in parts, and comes together again")
    void answersADepartureInParts() {
        List<HistoryPart> parts = partsOf5000();
        upWith(OTHER);
        hello(OTHER);
        parts.forEach(part -> did(() -> node.onMessage(toSelf(part), now())));
        assertEquals(
                List.of(GONE, new Departure(41, "n5", 50, published(5_000))),
                history().departures());
        assertEquals(HISTORY, history().id());
    }

    @Test
    @DisplayName("ruleT2: a departure of which a part was lost is not taken, and the history is not complete")
    void aPartOfADepartureIsLost() {
        List<HistoryPart> parts = partsOf5000();
        for (HistoryPart lost : parts) {
            node = started(History.Bounds.DEFAULT);
            upWith(OTHER);
            hello(OTHER);
            parts.stream()
                    .filter(part -> !part.equals(lost))
                    .forEach(part -> did(() -> node.onMessage(toSelf(part), now())));
            assertTrue(history().departures().stream().noneMatch(departure -> departure.uid() == 41));
            assertEquals(HistoryId.UNKNOWN, history().id());
        }
    }

    /** What a node answers that knows one with many topics. */
    private List<HistoryPart> partsOf5000() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(GONE, new Departure(41, "n5", 50, published(5_000))), Set.of(SELF, OTHER));
        did(() -> node.onMessage(new AskHistory(OTHER, SELF, 1), now()));
        List<HistoryPart> parts = sent(HistoryPart.class);
        assertTrue(parts.size() > 3, () -> parts.size() + " parts");
        for (HistoryPart part : parts) {
            long streams = part.departures().stream()
                    .mapToLong(
                            one -> one.published() == null ? 0 : one.published().size())
                    .sum();
            assertTrue(streams <= 1_365, () -> streams + " streams in a part");
        }
        node = started(History.Bounds.DEFAULT);
        return parts;
    }

    private static HistoryPart toSelf(HistoryPart part) {
        return new HistoryPart(
                OTHER,
                SELF,
                part.number(),
                part.timeMs(),
                part.index(),
                part.parts(),
                part.departures(),
                part.continued(),
                part.continues(),
                part.historyId(),
                part.horizonMs(),
                part.clusters(),
                part.incarnations());
    }

    private static Map<Epoch, Long> published(int topics) {
        Map<Epoch, Long> published = new HashMap<>();
        for (int i = 1; i <= topics; i++) {
            published.put(Epoch.of(SELF, "topic-" + i), 1_000L * i);
        }
        return published;
    }

    @Test
    @DisplayName("ruleT2: what was forgotten while it had no history raises the horizon of the one that it takes over")
    void forgetsBeforeItHasAny() {
        node = started(new History.Bounds(10, 1_000_000, 1));
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(GONE, new Departure(41, "n5", 50, null)), Set.of(SELF, OTHER));
        tick();
        assertFalse(history().covers(HISTORY, 14));
        assertTrue(history().covers(HISTORY, 15));
    }

    private void hears(OtherCluster other) {
        HistoryPart part = new HistoryPart(
                OTHER, SELF, 0, 0, 0, 1, List.of(), false, false, HISTORY, Long.MIN_VALUE, List.of(other), Set.of());
        did(() -> node.onMessage(part, now()));
    }

    @Test
    @DisplayName(
            "ruleM4: while anything of another cluster is to be told, whoever joins may come from there: that comes first")
    void toldWhenSomebodyJoins() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER));
        appears(41);
        assertEquals(HISTORY, history().id(), "there is none");
        OtherCluster other = new OtherCluster(91, "n9 at host:9", 2, 100);
        hears(other);
        announced.clear();
        appears(42);
        assertEquals(HistoryId.next(HISTORY, 42), history().id(), "as every other member draws it");
        assertEquals(1, announced.size(), "with the one who joins");
        assertFalse(announced.get(0).events().isEmpty());
        hears(other.gone());
        long id = history().id();
        appears(43);
        assertEquals(id, history().id(), "everything is told");
    }

    @Test
    @DisplayName("ruleM4: whoever asks hears of other clusters, too")
    void answersWithOtherClusters() {
        upWith(OTHER);
        hello(OTHER);
        OtherCluster other = new OtherCluster(91, "n9 at host:9", 2, 100);
        hears(other);
        did(() -> node.onMessage(new AskHistory(OTHER, SELF, 1), now()));
        assertEquals(List.of(other), sent(HistoryPart.class).get(0).clusters());
    }

    private static final OtherCluster ANOTHER = new OtherCluster(91, "n9 at host:9", 2, 100);

    /** It has told its subscriptions, as somebody joined. */
    private void toldAtAJoin() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER));
        hears(ANOTHER);
        appears(42);
        assertEquals(2, HistoryId.count(history().id()));
    }

    private void part(long historyId, OtherCluster other) {
        HistoryPart part = new HistoryPart(
                OTHER, SELF, 0, 0, 0, 1, List.of(), false, false, historyId, Long.MIN_VALUE, List.of(other), Set.of());
        did(() -> node.onMessage(part, now()));
    }

    @Test
    @DisplayName(
            "ruleM4: who told its subscriptions something else when all others were told that it is gone tells that, too")
    void anotherTellingWithTheSameCount() {
        for (long historyId :
                List.of(HistoryId.next(HISTORY, 77), HistoryId.next(HISTORY, 78))) { // one is the higher one
            node = started(History.Bounds.DEFAULT);
            toldAtAJoin();
            part(historyId, ANOTHER.gone());
            assertEquals(3, HistoryId.count(history().id()));
            part(historyId, ANOTHER.gone());
            assertEquals(3, HistoryId.count(history().id()), "once");
        }
    }

    @Test
    @DisplayName("ruleM4: that it is gone is told once to whoever hears of it by a higher count")
    void toldThatItIsGoneOnce() {
        toldAtAJoin();
        part(HistoryId.next(history().id(), OTHER), ANOTHER.gone());
        assertEquals(3, HistoryId.count(history().id()));
        part(history().id(), ANOTHER.gone());
        assertEquals(3, HistoryId.count(history().id()));
    }

    @Test
    @DisplayName("ruleM4: a join that another member has told is not told again by whoever sees it later")
    void aJoinIsToldOnce() {
        upWith(OTHER);
        hello(OTHER);
        part(OTHER, 1, 0, 1, List.of(), Set.of(SELF, OTHER));
        part(HistoryId.next(HISTORY, 42), ANOTHER);
        appears(42);
        assertEquals(2, HistoryId.count(history().id()));
        appears(43);
        assertEquals(3, HistoryId.count(history().id()));
    }

    @Test
    @DisplayName(
            "ruleM4: a word that a member hears later, by a clock that is behind, opens what was announced as gone")
    void aWordByAClockThatIsBehind() {
        toldAtAJoin();
        hears(ANOTHER.heard("n9 at host:9", 2, 5_000).gone());
        hears(ANOTHER.heard("n9 at host:9", 2, 300));
        long before = HistoryId.count(history().id());
        appears(44);
        assertEquals(before + 1, HistoryId.count(history().id()), "it is open");
    }
}
