package dev.gapless.core.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final History.Bounds BOUNDS = new History.Bounds(10, 1_000, 3);
    private static final Map<String, LogEnd> PUBLISHED = Map.of("t", new LogEnd(LogIdentity.fresh(new Epoch(5), 0), 3));

    private final History history = new History(BOUNDS);

    private static Departure departure(long uid, long endedMs) {
        return new Departure(uid, "n" + uid, endedMs, null);
    }

    private HistoryView view() {
        return view(history);
    }

    private static HistoryView view(History of) {
        return of.view(new Now(0, 0));
    }

    private List<Long> remembered() {
        return view().departures().stream().map(Departure::uid).toList();
    }

    @Test
    @DisplayName("ruleT2: who begins a history has everything of it, and nothing of another")
    void begins() {
        assertFalse(view().covers(1, 0));
        assertEquals(0, view().id());
        history.begin(7);
        assertTrue(view().covers(7, Long.MIN_VALUE));
        assertFalse(view().covers(8, Long.MAX_VALUE), "a token of another history");
        assertFalse(view().covers(0, Long.MAX_VALUE), "a token of a node that had none");
        assertEquals(7, view().id());
    }

    @Test
    @DisplayName("ruleT2: a token of a time that has not come yet, of the same history, was taken in another cluster")
    void tokenOfTheFuture() {
        history.begin(7);
        HistoryView view = view();
        assertTrue(view.covers(token(1_000 + view.marginMs()), 1_000_000_000));
        assertFalse(view.covers(token(1_001 + view.marginMs()), 1_000_000_000));
    }

    private static CursorToken token(long timeMs) {
        return new CursorToken("t", "c", timeMs, Map.of(), new CursorToken.Seen(7, Map.of(), Set.of()));
    }

    @Test
    @DisplayName(
            "ruleM4: a history that went on elsewhere, as was heard before this one came, has parted from it then, too")
    void partsBeforeItIsComplete() {
        assertFalse(history.partFrom(Set.of(7L), 1_000));
        history.takeOver(Map.of(7L, 0L, 8L, 0L), 2_000);
        assertFalse(view().covers(7, 1_000), "a token of when it was heard");
        assertTrue(view().covers(8, 1_000));
        assertTrue(view().covers(7, Long.MAX_VALUE));
    }

    @Test
    @DisplayName("ruleM4: who does not know from which history another cluster goes on parts from each")
    void partsFromEach() {
        history.partFrom(Set.of(History.UNKNOWN), 1_000);
        history.takeOver(Map.of(7L, 0L), 2_000);
        assertFalse(view().covers(7, 1_000));
    }

    @Test
    @DisplayName("ruleT2: a history is a set by uid: two members that add the same in any order remember the same")
    void isASet() {
        History other = new History(BOUNDS);
        history.begin(7);
        other.begin(7);
        history.saw(departure(1, 5));
        history.add(departure(2, 3));
        assertNotEquals(history.digest(), other.digest());
        other.add(departure(2, 3));
        other.add(departure(1, 5));
        other.add(departure(1, 5));
        assertEquals(view(), view(other));
        assertEquals(history.digest(), other.digest());
        assertEquals(List.of(2L, 1L), remembered(), "in the order in which they ended");
    }

    @Test
    @DisplayName("ruleT2: of one incarnation the later end counts, and a farewell that only one member got")
    void merges() {
        history.begin(7);
        history.add(new Departure(1, "host:1", 5, null));
        long before = history.digest();
        history.add(new Departure(1, "n1", 4, PUBLISHED));
        assertEquals(List.of(new Departure(1, "n1", 5, PUBLISHED)), view().departures());
        assertNotEquals(before, history.digest(), "whoever has no farewell of it is to ask");
        history.add(new Departure(1, "host:1", 6, null));
        assertEquals(List.of(new Departure(1, "n1", 6, PUBLISHED)), view().departures());
    }

    @Test
    @DisplayName("ruleT2: what is taken over is as whole as it was there, and no more")
    void takesOver() {
        history.takeOver(Map.of(), 0);
        assertFalse(history.isComplete(), "the other one had not all of it itself");
        history.takeOver(Map.of(7L, 50L), 0);
        assertTrue(history.isComplete());
        assertTrue(view().covers(7, 50));
        assertFalse(view().covers(7, 49));
        history.takeOver(Map.of(7L, 20L, 8L, 30L), 0);
        assertFalse(view().covers(7, 49), "a horizon never falls");
        assertTrue(view().covers(8, 30), "of two histories both");
        assertEquals(7, view().id(), "named by one of them, by all members alike");
        history.takeOver(Map.of(7L, 60L), 0);
        assertFalse(view().covers(7, 59));
    }

    @Test
    @DisplayName("ruleT2: what this node saw before it knew the cluster's time counts as of when it does")
    void earlySightingsAreMoved() {
        history.saw(departure(1, 5));
        history.add(departure(2, 5));
        history.takeOver(Map.of(7L, Long.MIN_VALUE), 90);
        assertEquals(List.of(departure(2, 5), departure(1, 90)), view().departures());
        history.saw(departure(3, 6));
        history.takeOver(Map.of(7L, Long.MIN_VALUE), 99);
        assertEquals(List.of(departure(2, 5), departure(3, 6), departure(1, 90)), view().departures(), "and once");
    }

    @Test
    @DisplayName(
            "ruleT2: what ended just before the cluster's time rose at once counts as of then: others may have seen it at that time")
    void latestEndsRiseWithTheTime() {
        history.begin(7);
        history.saw(departure(1, 39));
        history.saw(departure(2, 40));
        history.timeRose(50, 60);
        assertEquals(List.of(departure(1, 39), departure(2, 40)), view().departures(), "within the margin");
        history.timeRose(50, 5_000);
        assertEquals(List.of(departure(1, 39), departure(2, 5_000)), view().departures());
        history.forgetOld(5_000);
        assertFalse(view().covers(7, 48));
        assertTrue(view().covers(7, 49), "only the earlier one is forgotten");
    }

    @Test
    @DisplayName(
            "ruleT2: of too many the one that ended first is forgotten, and tokens of that time are not covered any more")
    void forgetsTheFirstOfTooMany() {
        history.begin(7);
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 100L * uid));
        }
        assertEquals(4, remembered().size(), "before it was told");
        history.forgetOld(500);
        assertEquals(List.of(2L, 3L, 4L), remembered());
        assertFalse(view().covers(7, 109), "by so much members differ about when it ended");
        assertTrue(view().covers(7, 110));
    }

    private static Departure handedOver(long uid, long endedMs) {
        return departure(uid, endedMs).elsewhere(endedMs);
    }

    @Test
    @DisplayName(
            "ruleM4: one of nobody stands for those of other clusters that were too many, for whoever may not have heard of them")
    void nobodyStandsForTooManyOfOtherClusters() {
        history.begin(7);
        history.add(departure(1, 50));
        for (int uid = 2; uid <= 6; uid++) {
            history.add(handedOver(uid, 100));
        }
        history.forgetOld(500);
        assertEquals(List.of(4L, 5L, 6L), remembered(), "here they were told");
        History asks = new History(BOUNDS);
        asks.begin(7);
        history.forOthers().forEach(asks::add);
        assertEquals(
                List.of(handedOver(3, 100).standIn(), handedOver(4, 100), handedOver(5, 100), handedOver(6, 100)),
                view(asks).departures());
        assertEquals(history.digest(), asks.digest(), "both remember the same");
        asks.forOthers().forEach(history::add);
        assertEquals(List.of(4L, 5L, 6L), remembered());
    }

    @Test
    @DisplayName("ruleM4: whoever heard of them all need not be told that they were forgotten elsewhere")
    void whoeverHeardOfThemIsNotTold() {
        History other = new History(new History.Bounds(10, 1_000, 100));
        history.begin(7);
        other.begin(7);
        for (int uid = 1; uid <= 9; uid++) {
            history.add(handedOver(uid, 100));
            other.add(handedOver(uid, 100));
        }
        history.forgetOld(500);
        HistoryView before = view(other);
        history.forOthers().forEach(other::add);
        assertEquals(before, view(other));
    }

    @Test
    @DisplayName(
            "ruleM4: one that was forgotten, and lived on elsewhere, is news to whoever heard of the stand-in alone (seed 820037167)")
    void whoLivedOnIsNewsToWhoeverHeardOfTheStandIn() {
        history.begin(7);
        for (int uid = 1; uid <= 4; uid++) {
            history.add(handedOver(uid, 100));
        }
        history.forgetOld(500);
        History asks = new History(BOUNDS);
        asks.begin(7);
        history.forOthers().forEach(asks::add);
        assertFalse(asks.contains(1), "it has not heard of it");
        asks.add(handedOver(1, 600));
        assertTrue(asks.contains(1));
        assertEquals(handedOver(1, 100).standIn(), view(asks).departures().get(0), "and has not forgotten the others");
    }

    @Test
    @DisplayName("ruleM4: nobody stands for those that ended here, or are too old: everybody has heard of them")
    void nobodyStandsForOthers() {
        history.begin(7);
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 100));
        }
        history.forgetOld(500);
        assertEquals(view().departures(), history.forOthers());
        history.add(handedOver(5, 200));
        history.add(handedOver(6, 300));
        history.add(departure(7, 300));
        history.add(departure(8, 300));
        history.forgetOld(1_200);
        assertEquals(handedOver(5, 200).standIn(), history.forOthers().get(3), "behind those that it has");
        long digest = history.digest();
        history.forgetOld(1_201);
        assertEquals(view().departures(), history.forOthers());
        assertNotEquals(digest, history.digest());
    }

    @Test
    @DisplayName("ruleT2: what comes at once is bounded all the same")
    void muchAtOnceIsBounded() {
        history.begin(7);
        for (int uid = 1; uid <= 1_000; uid++) {
            history.add(departure(uid, 100L * uid));
        }
        assertEquals(2 * 3 + 64, remembered().size());
        assertEquals(view().departures(), history.forOthers());
    }

    @Test
    @DisplayName("ruleM4: nobody stands for what another cluster handed over and was too much at once, too")
    void nobodyStandsForTooMuchAtOnce() {
        history.begin(7);
        for (int uid = 1; uid <= 2 * 3 + 64 + 1; uid++) {
            history.add(handedOver(uid, 100));
        }
        assertEquals(2L, remembered().get(0));
        assertEquals(handedOver(1, 100).standIn(), history.forOthers().get(2 * 3 + 64));
    }

    @Test
    @DisplayName("ruleT2: what is too old is forgotten, and raises the horizon, too")
    void forgetsWhatIsTooOld() {
        history.begin(7);
        history.add(departure(1, 100));
        history.add(departure(2, 101));
        history.forgetOld(1_100);
        assertEquals(List.of(1L, 2L), remembered());
        history.forgetOld(1_101);
        assertEquals(List.of(2L), remembered());
        assertFalse(view().covers(7, 109));
        assertTrue(view().covers(7, 110));
    }

    @Test
    @DisplayName("ruleT2: what was forgotten before it was complete raises the horizon all the same")
    void forgetsBeforeItIsComplete() {
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 100L * uid));
        }
        history.forgetOld(500);
        history.takeOver(Map.of(7L, Long.MIN_VALUE), 0);
        assertFalse(view().covers(7, 109));
        assertTrue(view().covers(7, 110));
    }

    @Test
    @DisplayName("ruleT2: what was forgotten is not taken from a member that still has it: it would be forgotten again")
    void doesNotTakeBackWhatItForgot() {
        history.begin(7);
        history.add(departure(1, 100));
        history.forgetOld(1_101);
        history.add(departure(1, 100));
        assertEquals(List.of(), remembered());
        history.add(departure(2, 101));
        assertEquals(List.of(2L), remembered(), "what may not have been forgotten is");
    }

    @Test
    @DisplayName("ruleT2: a history goes on from so many others at most")
    void boundsIds() {
        Map<Long, Long> many = new HashMap<>();
        for (long id = 1; id <= 20; id++) {
            many.put(id, 0L);
        }
        history.takeOver(many, 0);
        assertEquals(8, view().horizons().size());
        assertTrue(view().covers(8, 0));
        assertFalse(view().covers(9, 0), "not covered: whoever resumes a token of it is told that nobody knows");
    }

    @Test
    void viewsAreMadeOnceAndNeverChange() {
        history.begin(7);
        HistoryView before = view();
        assertEquals(before, view());
        history.add(departure(1, 5));
        assertEquals(List.of(), before.departures());
        assertEquals(List.of(1L), remembered());
        assertEquals(new Now(3, 4), history.view(new Now(3, 4)).clock());
    }
}
