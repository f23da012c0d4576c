package dev.gapless.core.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.OtherCluster;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final History.Bounds BOUNDS = new History.Bounds(10, 1_000, 3);
    private static final Map<Epoch, Long> PUBLISHED = Map.of(new Epoch(5), 3L);

    private static final long UID = 7;
    private static final long ID = HistoryId.first(UID);
    private static final long OTHER = HistoryId.first(8);

    private final History history = new History(BOUNDS);

    /** {@return the same history, at another member} */
    private History beginAsAnother() {
        History other = new History(BOUNDS);
        for (History one : List.of(history, other)) {
            one.begin(UID, Long.MIN_VALUE);
        }
        return other;
    }

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
        assertEquals(HistoryId.UNKNOWN, view().id());
        history.begin(UID, Long.MIN_VALUE);
        assertTrue(view().covers(ID, Long.MIN_VALUE));
        assertFalse(view().covers(OTHER, Long.MAX_VALUE), "a token of another history");
        assertFalse(view().covers(0, Long.MAX_VALUE), "a token of a node that had none");
        assertEquals(ID, view().id());
        assertEquals(1, HistoryId.count(ID));
    }

    @Test
    @DisplayName(
            "ruleT2: incarnations of a node that ended at the same time keep their order, also when that was too early")
    void keepsOrder() {
        history.saw(new Departure(9, "n", 50, null));
        history.saw(new Departure(3, "n", 50, null));
        history.saw(new Departure(5, "n", 50, null));
        assertEquals(List.of(9L, 3L, 5L), remembered());
        history.takeOver(ID, 0, 70);
        assertEquals(List.of(9L, 3L, 5L), remembered());
        assertEquals(70, view().departures().get(0).endedMs());
    }

    @Test
    @DisplayName("ruleT2: one that somebody saw end later stays in front of those that ended behind it")
    void staysInFront() {
        history.begin(UID, Long.MIN_VALUE);
        history.saw(new Departure(9, "n", 50, null));
        history.saw(new Departure(3, "n", 60, null));
        history.saw(new Departure(4, "other", 55, null));
        history.add(new Departure(9, "n", 60, null));
        assertEquals(List.of(4L, 9L, 3L), remembered());
        assertEquals(61, view().departures().get(2).endedMs());
        history.add(new Departure(9, "n", 80, null));
        assertEquals(List.of(4L, 9L, 3L), remembered());
        history.add(new Departure(3, "n", 79, null));
        assertEquals(81, view().departures().get(2).endedMs(), "it did before");
    }

    @Test
    @DisplayName(
            "ruleT2: one of which a successor had ended before it was removed ended in front of that, if that was lately")
    void endedInFrontOfItsSuccessor() {
        history.begin(UID, Long.MIN_VALUE);
        history.saw(new Departure(3, "n", 60, null), Long.MAX_VALUE);
        history.saw(new Departure(9, "n", 70, null), 60);
        assertEquals(List.of(9L, 3L), remembered());
        assertEquals(59, view().departures().get(0).endedMs());
        history.saw(new Departure(8, "n", 71, null), 60);
        assertEquals(List.of(9L, 3L, 8L), remembered(), "it went on beside it");
    }

    @Test
    @DisplayName(
            "ruleT2: who has heard the name of one that ended knows more than who has its address, whoever speaks first")
    void names() {
        Departure named = new Departure(9, "n", 50, null);
        Departure address = new Departure(9, "127.0.0.1:1", 60, Map.of());
        Departure both = new Departure(9, "n", 60, Map.of());
        assertEquals(both, named.and(address));
        assertEquals(both, address.and(named));
    }

    @Test
    @DisplayName("ruleT2: who begins one late has what ended from then on")
    void beginsLate() {
        history.begin(UID, 50);
        assertFalse(view().covers(ID, 49));
        assertTrue(view().covers(ID, 50));
    }

    @Test
    @DisplayName("ruleT2: a token of a time that has not come yet, of the same history, was taken in another cluster")
    void tokenOfTheFuture() {
        history.begin(UID, Long.MIN_VALUE);
        HistoryView view = view();
        assertTrue(view.covers(token(1_000 + view.marginMs()), 1_000_000_000));
        assertFalse(view.covers(token(1_001 + view.marginMs()), 1_000_000_000));
    }

    private static CursorToken token(long timeMs) {
        return new CursorToken("t", "c", timeMs, ID, List.of(), 0);
    }

    @Test
    @DisplayName(
            "ruleM4: when everybody is told, no token of before is covered, and everybody draws the same id for the same reason")
    void renewed() {
        History other = beginAsAnother();
        HistoryView before = view();
        assertFalse(view().announcedSince(before));
        history.renew(3);
        assertTrue(view().announcedSince(before));
        assertFalse(view().covers(ID, Long.MAX_VALUE));
        assertTrue(view().covers(view().id(), Long.MIN_VALUE));
        assertEquals(2, HistoryId.count(view().id()));
        assertNotEquals(history.digest(), other.digest(), "whoever did not hear of it is to ask");
        other.renew(3);
        assertEquals(view().id(), view(other).id());
    }

    @Test
    @DisplayName("ruleM4: of two ids that were drawn at once one wins, and nobody is told once more")
    void drawnTwice() {
        History other = beginAsAnother();
        history.renew(3);
        other.renew(4);
        assertNotEquals(history.id(), other.id());
        HistoryView before = view();
        HistoryView itsBefore = view(other);
        history.agree(other.id(), Long.MIN_VALUE);
        other.agree(before.id(), Long.MIN_VALUE);
        assertEquals(history.id(), other.id());
        assertFalse(view().announcedSince(before) || view(other).announcedSince(itsBefore));
    }

    @Test
    @DisplayName(
            "ruleM4: who has no history when everybody is told is told when it has one, if there was another cluster")
    void renewedBeforeItIsComplete() {
        HistoryView before = view();
        history.renew(3);
        history.add(OTHER_CLUSTER);
        assertFalse(view().announcedSince(before));
        history.takeOver(HistoryId.next(ID, 3), Long.MIN_VALUE, 0);
        assertTrue(view().announcedSince(before));
        History alone = new History(BOUNDS);
        alone.takeOver(ID, Long.MIN_VALUE, 0);
        assertFalse(view(alone).announcedSince(before), "there never was one");
    }

    private static final OtherCluster OTHER_CLUSTER = new OtherCluster(91, "n9 at host:9", 2, 100);

    @Test
    @DisplayName(
            "ruleM4: another cluster is open until everybody was told that it is gone, and again with each later word")
    void openUntilItIsGone() {
        assertTrue(OTHER_CLUSTER.isOpen());
        OtherCluster certain = OTHER_CLUSTER.announced(OtherCluster.Stage.CERTAIN);
        assertTrue(certain.isOpen(), "it goes on");
        assertFalse(certain.gone().isOpen());
        OtherCluster again = certain.gone().heard("n9 at host:9", 2, 50);
        assertTrue(again.isOpen(), "also by a clock that is behind");
        assertEquals(OtherCluster.Stage.CERTAIN, again.stage());
    }

    @Test
    @DisplayName("ruleM4: two members that know different things of another cluster come to the same, in any order")
    void clustersMerge() {
        OtherCluster gone =
                OTHER_CLUSTER.announced(OtherCluster.Stage.ANNOUNCED).gone();
        OtherCluster heard = OTHER_CLUSTER.heard("n9 at host:9", 3, 200);
        assertEquals(heard.and(gone), gone.and(heard));
        assertTrue(heard.and(gone).isOpen(), "a word that was heard later");
        assertEquals(3, heard.and(gone).members());
        assertEquals(OtherCluster.Stage.ANNOUNCED, heard.and(gone).stage());
        assertFalse(OTHER_CLUSTER.and(gone).isOpen());
    }

    @Test
    @DisplayName("ruleM4: members that differ about an open cluster ask one another; a word more is no difference")
    void digestOfClusters() {
        History other = beginAsAnother();
        history.add(OTHER_CLUSTER);
        assertNotEquals(history.digest(), other.digest());
        assertTrue(history.hasOpenCluster());
        other.add(OTHER_CLUSTER.heard("n9 at host:9", 2, 200));
        assertEquals(history.digest(), other.digest());
        history.add(OTHER_CLUSTER.announced(OtherCluster.Stage.CERTAIN));
        assertNotEquals(history.digest(), other.digest());
        history.add(OTHER_CLUSTER.heard("n9 at host:9", 2, 300).gone());
        other.add(OTHER_CLUSTER.heard("n9 at host:9", 2, 300).gone());
        assertEquals(history.digest(), other.digest());
        assertFalse(history.hasOpenCluster());
    }

    @Test
    @DisplayName("ruleM4: of too many clusters one that is gone makes room; if all are open there is none")
    void boundsClusters() {
        for (int uid = 1; uid <= 8; uid++) {
            history.add(new OtherCluster(uid, "n at host", 1, uid));
        }
        history.add(OTHER_CLUSTER);
        assertEquals(null, history.cluster(91));
        assertTrue(history.add(new OtherCluster(3, "n at host", 1, 3).gone()), "that one is announced as gone");
        history.add(OTHER_CLUSTER.gone());
        assertEquals(null, history.cluster(91), "one that is gone, too, takes no place");
        history.add(OTHER_CLUSTER);
        assertEquals(null, history.cluster(3));
        assertEquals(OTHER_CLUSTER, history.cluster(91));
        assertEquals(8, history.clusters().size());
    }

    @Test
    @DisplayName(
            "ruleM4: while a cluster was heard and nothing was told of it no token is covered: it may be of its half of a split")
    void coversNothingWhileOneIsUntold() {
        history.begin(UID, Long.MIN_VALUE);
        history.add(OTHER_CLUSTER);
        assertFalse(view().covers(ID, Long.MAX_VALUE));
        history.add(OTHER_CLUSTER.announced(OtherCluster.Stage.ANNOUNCED));
        assertTrue(view().covers(ID, Long.MAX_VALUE));
        history.add(new OtherCluster(92, "n8 at host:8", 1, 100).gone());
        assertTrue(view().covers(ID, Long.MAX_VALUE));
    }

    @Test
    @DisplayName("ruleM4: one that is gone is forgotten like a departure, an open one is not")
    void forgetsClusters() {
        history.add(OTHER_CLUSTER);
        history.add(new OtherCluster(92, "n8 at host:8", 1, 100).gone());
        history.forgetOld(1_100);
        assertEquals(2, history.clusters().size());
        history.forgetOld(1_101);
        assertEquals(List.of(OTHER_CLUSTER), history.clusters());
        assertTrue(view().severalClusters());
    }

    @Test
    @DisplayName("ruleT2: a history is a set by uid: two members that add the same in any order remember the same")
    void isASet() {
        History other = beginAsAnother();
        history.saw(departure(1, 5));
        history.add(departure(2, 3));
        assertNotEquals(history.digest(), other.digest());
        other.add(departure(2, 3));
        other.add(departure(1, 5));
        other.add(departure(1, 5));
        assertEquals(view().departures(), view(other).departures());
        assertEquals(history.digest(), other.digest());
        assertEquals(List.of(2L, 1L), remembered(), "in the order in which they ended");
    }

    @Test
    @DisplayName("ruleT2: of one incarnation the later end counts, and a farewell that only one member got")
    void merges() {
        history.begin(UID, Long.MIN_VALUE);
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
        history.takeOver(HistoryId.UNKNOWN, Long.MIN_VALUE, 0);
        assertFalse(history.isComplete(), "the other one had not all of it itself");
        history.takeOver(ID, 50, 0);
        assertTrue(history.isComplete());
        assertTrue(view().covers(ID, 50));
        assertFalse(view().covers(ID, 49));
        history.takeOver(ID, 20, 0);
        assertFalse(view().covers(ID, 49), "a horizon never falls");
        history.takeOver(ID, 60, 0);
        assertFalse(view().covers(ID, 59));
        history.agree(HistoryId.UNKNOWN, 90);
        assertTrue(view().covers(ID, 60), "who has none says nothing");
    }

    @Test
    @DisplayName("ruleT2: of two histories one wins at all members, and has all that both have")
    void twoHistories() {
        long later = HistoryId.later(ID, OTHER);
        History other = new History(BOUNDS);
        history.begin(UID, 30);
        other.begin(8, 20);
        history.agree(OTHER, 20);
        other.agree(ID, 30);
        assertEquals(List.of(later, later), List.of(history.id(), other.id()));
        assertEquals(List.of(30L, 30L), List.of(history.horizonMs(), other.horizonMs()));
    }

    @Test
    @DisplayName("ruleT2: what this node saw before it knew the cluster's time counts as of when it does")
    void earlySightingsAreMoved() {
        history.saw(departure(1, 5));
        history.add(departure(2, 5));
        history.takeOver(ID, Long.MIN_VALUE, 90);
        assertEquals(List.of(departure(2, 5), departure(1, 90)), view().departures());
        history.saw(departure(3, 6));
        history.takeOver(ID, Long.MIN_VALUE, 99);
        assertEquals(List.of(departure(2, 5), departure(3, 6), departure(1, 90)), view().departures(), "and once");
    }

    @Test
    @DisplayName(
            "ruleT2: what ended just before the cluster's time rose at once counts as of then: others may have seen it at that time")
    void latestEndsRiseWithTheTime() {
        history.begin(UID, Long.MIN_VALUE);
        history.saw(departure(1, 39));
        history.saw(departure(2, 40));
        history.timeRose(50, 60);
        assertEquals(List.of(departure(1, 39), departure(2, 40)), view().departures(), "within the margin");
        history.timeRose(50, 5_000);
        assertEquals(List.of(departure(1, 39), departure(2, 5_000)), view().departures());
        history.forgetOld(5_000);
        assertFalse(view().covers(ID, 48));
        assertTrue(view().covers(ID, 49), "only the earlier one is forgotten");
    }

    @Test
    @DisplayName(
            "ruleT2: incarnations of a node that count as of the later time stay in their order, by whichever member's word")
    void inOrderWhenTheTimeRose() {
        for (boolean isTold : List.of(true, false)) {
            History rises = new History(new History.Bounds(10, 10_000, 20));
            rises.begin(UID, Long.MIN_VALUE);
            for (int uid = 9; uid > 0; uid--) {
                rises.add(new Departure(uid, "n", 50 - uid, null));
            }
            if (isTold) {
                rises.timeRose(50, 5_000);
            } else {
                for (int uid = 9; uid > 0; uid--) {
                    rises.add(new Departure(uid, "n", 5_000, null));
                }
            }
            List<Long> order = rises.view(new Now(0, 0)).departures().stream()
                    .map(Departure::uid)
                    .toList();
            assertEquals(List.of(9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L), order, () -> "told " + isTold);
        }
    }

    @Test
    @DisplayName(
            "ruleT2: what a member says that has not heard yet that the time rose counts as of the later time, too (seed 31767791)")
    void aMemberThatHasNotHeardThatTheTimeRose() {
        history.begin(UID, Long.MIN_VALUE);
        history.add(departure(1, 39), 50, 5_000);
        history.add(departure(2, 40), 50, 5_000);
        history.add(departure(3, 45), 50, 60);
        assertEquals(List.of(departure(1, 39), departure(3, 45), departure(2, 5_000)), view().departures());
    }

    @Test
    @DisplayName(
            "ruleT2: of too many the one that ended first is forgotten, and tokens of that time are not covered any more")
    void forgetsTheFirstOfTooMany() {
        history.begin(UID, Long.MIN_VALUE);
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 100L * uid));
        }
        assertEquals(List.of(2L, 3L, 4L), remembered());
        assertFalse(view().covers(ID, 109), "by so much members differ about when it ended");
        assertTrue(view().covers(ID, 110));
    }

    @Test
    @DisplayName(
            "ruleT2: what was forgotten that ended just before the cluster's time rose at once counts as of then, too (seed 30070541)")
    void whatIsForgottenRisesWithTheTime() {
        history.begin(UID, Long.MIN_VALUE);
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 45 + uid));
        }
        history.timeRose(50, 5_000);
        assertFalse(view().covers(ID, 5_009), "elsewhere it may have ended at 5,000, and by so much members differ");
        assertTrue(view().covers(ID, 5_010));
    }

    @Test
    @DisplayName(
            "stream8: those that published nothing are forgotten first, and tokens of before are covered all the same")
    void forgetsThoseThatPublishedNothing() {
        history.begin(UID, Long.MIN_VALUE);
        history.add(departure(1, 100));
        for (int uid = 2; uid <= 9; uid++) {
            history.add(new Departure(uid, "tool", 100L + uid, Map.of()));
        }
        assertEquals(List.of(1L, 8L, 9L), remembered());
        history.forgetOld(1_108);
        assertEquals(List.of(8L, 9L), remembered(), "1 was too old");
        assertTrue(view().covers(ID, 110));
        history.forgetOld(9_000);
        assertEquals(List.of(), remembered());
        assertTrue(view().covers(ID, 110));
    }

    @Test
    @DisplayName("ruleT2: what is too old is forgotten, and raises the horizon, too")
    void forgetsWhatIsTooOld() {
        history.begin(UID, Long.MIN_VALUE);
        history.add(departure(1, 100));
        history.add(departure(2, 101));
        history.forgetOld(1_100);
        assertEquals(List.of(1L, 2L), remembered());
        history.forgetOld(1_101);
        assertEquals(List.of(2L), remembered());
        assertFalse(view().covers(ID, 109));
        assertTrue(view().covers(ID, 110));
    }

    @Test
    @DisplayName("ruleT2: what was forgotten before it was complete raises the horizon all the same")
    void forgetsBeforeItIsComplete() {
        for (int uid = 1; uid <= 4; uid++) {
            history.add(departure(uid, 100L * uid));
        }
        history.forgetOld(500);
        history.takeOver(ID, Long.MIN_VALUE, 0);
        assertFalse(view().covers(ID, 109));
        assertTrue(view().covers(ID, 110));
    }

    @Test
    @DisplayName("ruleT2: what was forgotten is not taken from a member that still has it: it would be forgotten again")
    void doesNotTakeBackWhatItForgot() {
        history.begin(UID, Long.MIN_VALUE);
        history.add(departure(1, 100));
        history.forgetOld(1_101);
        history.add(departure(1, 100));
        assertEquals(List.of(), remembered());
        history.add(departure(2, 101));
        assertEquals(List.of(2L), remembered(), "what may not have been forgotten is");
    }

    @Test
    void viewsAreMadeOnceAndNeverChange() {
        history.begin(UID, Long.MIN_VALUE);
        HistoryView before = view();
        assertEquals(before, view());
        history.add(departure(1, 5));
        assertEquals(List.of(), before.departures());
        assertEquals(List.of(1L), remembered());
        assertEquals(new Now(3, 4), history.view(new Now(3, 4)).clock());
    }

    @Test
    @DisplayName(
            "ruleT2: beyond the room for streams the first departure that has some is forgotten, and raises the horizon")
    void boundedByItsStreams() {
        History bounded = new History(new History.Bounds(10, 1_000, 100, 3 * 64));
        bounded.begin(1, Long.MIN_VALUE);
        bounded.add(new Departure(2, "n2", 100, null));
        bounded.add(new Departure(3, "n3", 200, Map.of(new Epoch(1), 1L, new Epoch(2), 1L)));
        assertNull(bounded.takeCut());
        bounded.add(new Departure(4, "n4", 300, Map.of(new Epoch(3), 1L, new Epoch(4), 1L)));
        assertEquals(
                List.of(2L, 4L),
                bounded.departures().stream().map(Departure::uid).toList());
        assertEquals(210, bounded.horizonMs());
        Departure cut = Objects.requireNonNull(bounded.takeCut());
        assertEquals("n3", cut.node());
        assertNull(bounded.takeCut(), "said once");
    }
}
