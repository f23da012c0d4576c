package dev.gapless.core.consumer;

import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a subscription begins that resumes a token (rule T2). It is {@link #NOW_MS} by the cluster's time; the token was taken a while before. */
class ResumptionTest {
    private static final long MARGIN_MS = Given.history().marginMs();
    private static final long RETURN_MS = 15_000;
    private static final long NOW_MS = 100 * MARGIN_MS;
    private static final long TAKEN_MS = 50 * MARGIN_MS;
    private static final Now NOW = new Now(NOW_MS, 0);

    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");
    private static final Stream P2 = Stream.of(3, TOPIC, "p");

    private final Streams streams =
            new Streams(TOPIC, TopicSettings.DEFAULTS.with(draft -> draft.producerReturnNs = RETURN_MS * 1_000_000));
    private long horizonMs = Long.MIN_VALUE;
    private boolean severalClusters;
    private final List<Departure> departures = new ArrayList<>();

    private void member(Stream stream, long sinceMs) {
        streams.appeared(stream.uid(), "host");
        streams.named(stream.uid(), stream.node(), sinceMs);
    }

    private void ended(Stream stream, long endedMs, @Nullable Long head) {
        departures.add(new Departure(
                stream.uid(), stream.node(), endedMs, head == null ? null : Map.of(stream.epoch(), head)));
    }

    /** It was a member here, and is waited for. */
    private void isWaitedFor(Stream stream, long sinceMs) {
        streams.remember(history());
        member(stream, sinceMs);
        streams.waitFor(stream, End.lost(0), NOW);
        assertNotNull(streams.removed(stream.uid()));
    }

    private static Entry open(Stream stream, long sequence) {
        return new Entry(stream.node(), stream.uid(), stream.epoch(), sequence, false);
    }

    private static Entry over(Stream stream, long sequence) {
        return new Entry(stream.node(), stream.uid(), stream.epoch(), sequence, true);
    }

    private static CursorToken token(Entry... entries) {
        return token(Given.HISTORY, TAKEN_MS, entries);
    }

    private static CursorToken token(long historyId, long timeMs, Entry... entries) {
        return new CursorToken(TOPIC, "c", timeMs, historyId, List.of(entries), 0);
    }

    private Resumption resume(CursorToken token) {
        return open(new Opening.Resume(token));
    }

    private HistoryView history() {
        return new HistoryView(
                Given.HISTORY,
                horizonMs,
                severalClusters,
                false,
                departures,
                new Now(NOW_MS, 0),
                new LastPing(),
                MARGIN_MS);
    }

    private Resumption open(Opening opening) {
        streams.remember(history());
        Resumption resumption = Resumption.of(opening, streams, NOW);
        assertNotNull(resumption);
        return resumption;
    }

    // ------------------------------------------------------------------ 1: is it covered?

    @Test
    @DisplayName("ruleT2: a token of this history, of a time since when nothing was forgotten, is covered")
    void covered() {
        assertTrue(resume(token()).isCovered());
        horizonMs = TAKEN_MS;
        assertTrue(resume(token()).isCovered());
        assertTrue(resume(token(Given.HISTORY, NOW_MS + MARGIN_MS)).isCovered());
    }

    @Test
    @DisplayName("ruleT2: one of another history, or of none, is not")
    void notCoveredByItsHistory() {
        assertFalse(resume(token(HistoryId.UNKNOWN, TAKEN_MS)).isCovered());
        assertFalse(resume(token(Given.HISTORY + 1, TAKEN_MS)).isCovered());
    }

    @Test
    @DisplayName("ruleT2: one of before the horizon is not, nor one of a time that has not come yet")
    void notCoveredByItsTime() {
        assertFalse(resume(token(Given.HISTORY, NOW_MS + MARGIN_MS + 1)).isCovered());
        horizonMs = TAKEN_MS + 1;
        assertFalse(resume(token()).isCovered());
    }

    @Test
    @DisplayName("stream4: nor one that goes on with what had ended here long before it was taken")
    void notCoveredByWhatItLists() {
        ended(P, TAKEN_MS - MARGIN_MS, 500L);
        assertTrue(resume(token(open(P, 480))).isCovered(), "two members may differ by so much");
        departures.clear();
        ended(P, TAKEN_MS - MARGIN_MS - 1, 500L);
        assertFalse(resume(token(open(P, 480))).isCovered());
        assertTrue(resume(token(over(P, 480))).isCovered(), "it knew");
        assertTrue(resume(token()).isCovered());
    }

    @Test
    @DisplayName("ruleT2: where it is not covered its own streams go on all the same, others behind their heads")
    void goesOnWhereItIsNotCovered() {
        member(P, 0);
        member(Q, NOW_MS);
        ended(P2, NOW_MS, 7L);
        Resumption resumption = resume(token(HistoryId.UNKNOWN, TAKEN_MS, open(P, 480)));
        assertEquals(Place.at(P, 480), resumption.at().get(P));
        assertEquals(Place.at(Q, Place.UNKNOWN), resumption.at().get(Q), "who knows whether it is new to the token");
        assertEquals(Map.of(), resumption.ended(), "what ended is told with all that nobody knows");
    }

    @Test
    @DisplayName("ruleT1: a token whose subscription left out messages that this one wants is not covered")
    void leftOut() {
        member(P, 0);
        Resumption resumption = open(new Opening.Resume(token(open(P, 480)), true));
        assertFalse(resumption.isCovered());
        assertEquals(Place.at(P, 480), resumption.at().get(P));
    }

    // ------------------------------------------------------------------ 2: what it lists

    @Test
    @DisplayName("ruleT2: it goes on behind its place in the stream of a member, under the name that is known here")
    void listedMember() {
        member(P, 0);
        Stream byItsAddress = new Stream(P.epoch(), P.uid(), "host:9");
        Resumption resumption = resume(token(open(byItsAddress, 480)));
        assertEquals(Place.at(P, 480), resumption.at().get(P));
        assertEquals(Map.of(), resumption.ended());
    }

    @Test
    @DisplayName("ruleT2: a member that had not answered is not known")
    void listedWithoutAnAnswer() {
        member(P, 0);
        assertEquals(
                Place.at(P, Place.UNKNOWN),
                resume(token(open(P, Entry.UNKNOWN))).at().get(P));
    }

    @Test
    @DisplayName("ruleT2: of one that said what it published the rest is told")
    void listedAndEnded() {
        ended(P, TAKEN_MS + 1, 500L);
        Resumption resumption = resume(token(open(P, 480)));
        assertEquals(Map.of(P, End.exact(500, NOW_MS)), resumption.ended());
        assertEquals(Place.at(P, 480), resumption.at().get(P), "in front of that");
        assertTrue(resumption.isCovered());
    }

    @Test
    @DisplayName("ruleT2: one that went without a word is lost, if its node is not to come back any more")
    void listedAndLost() {
        ended(P, NOW_MS - RETURN_MS, null);
        assertEquals(Map.of(P, End.lost(NOW_MS)), resume(token(open(P, 480))).ended());
    }

    @Test
    @DisplayName("ruleT2: else it is waited for, or asked of whoever has its name now")
    void listedAndWaitedFor() {
        ended(P, NOW_MS - RETURN_MS + 1, null);
        assertEquals(Map.of(), resume(token(open(P, 480))).ended());
        assertEquals(P, streams.waitedFor(P.epoch()));
        departures.clear();
        ended(Q, NOW_MS - 2 * RETURN_MS, null);
        member(Stream.of(4, TOPIC, "q"), NOW_MS);
        assertEquals(Map.of(), resume(token(open(Q, 480))).ended());
        assertEquals(Q, streams.waitedFor(Q.epoch()));
    }

    @Test
    @DisplayName("ruleT2: what is settled here is told as it was settled, whatever is remembered")
    void listedAndSettled() {
        isWaitedFor(P, 0);
        End end = End.restarted(P2.at(1), 7);
        streams.settle(P, end, NOW);
        ended(P, NOW_MS, 500L);
        assertEquals(Map.of(P, end), resume(token(open(P, 480))).ended());
    }

    @Test
    @DisplayName("ruleT2: one that nobody here has heard of is waited for")
    void listedAndUnknown() {
        Resumption resumption = resume(token(open(P, 480)));
        assertEquals(Place.at(P, 480), resumption.at().get(P));
        assertEquals(P, streams.waitedFor(P.epoch()));
        assertFalse(streams.wasMember(P.epoch()));
    }

    // ------------------------------------------------------------------ 2: what it lists as over

    @Test
    @DisplayName("stream2: one that it lists as over, and that ended, is over, and told no more")
    void listedAsOver() {
        ended(P, TAKEN_MS + 1, 500L);
        Resumption resumption = resume(token(over(P, 480)));
        assertEquals(Map.of(), resumption.ended());
        assertEquals(Place.lost(P, 480), resumption.at().get(P), "as long as this node has not seen it");
        isWaitedFor(P, 0);
        streams.settle(P, End.lost(0), NOW);
        assertEquals(Place.over(P, 480), resume(token(over(P, 480))).at().get(P));
    }

    @Test
    @DisplayName("stream2, stream9: if its incarnation is a member here, it goes on behind the place")
    void listedAsOverAndAMember() {
        member(P, 0);
        assertEquals(Place.at(P, 480), resume(token(over(P, 480))).at().get(P));
        assertEquals(
                Place.at(P, Place.UNKNOWN),
                resume(token(over(P, Entry.UNKNOWN))).at().get(P),
                "never twice");
    }

    @Test
    @DisplayName("stream2: a member that has left, and whose end it has passed, stays over")
    void listedAsOverAndLeaving() {
        member(P, 0);
        streams.left(P.epoch(), 480);
        assertEquals(Place.over(P, 480), resume(token(over(P, 480))).at().get(P));
    }

    @Test
    @DisplayName("stream3: one that nobody here has heard of may turn out to be there, and goes on then")
    void listedAsOverAndUnknown() {
        assertEquals(Place.lost(P, 480), resume(token(over(P, 480))).at().get(P));
        assertTrue(streams.isUnknown(P.epoch()), "nobody waits for it");
    }

    // ------------------------------------------------------------------ 3: what ended since, unlisted

    @Test
    @DisplayName("ruleT2: one that came and went since is told, exactly if it said what it published, else openly")
    void cameAndWent() {
        ended(P, TAKEN_MS + 1, 5L);
        ended(Q, TAKEN_MS + 2, null);
        Resumption resumption = resume(token());
        assertEquals(Map.of(P, End.exact(5, NOW_MS), Q, End.lost(NOW_MS)), resumption.ended());
        assertNull(resumption.at().get(P), "from its first message");
    }

    @Test
    @DisplayName("stream1: judged by its end, a margin before the token included, whenever it was first seen")
    void endedWithinAMargin() {
        ended(P, TAKEN_MS - MARGIN_MS + 1, null);
        ended(Q, TAKEN_MS - MARGIN_MS, null);
        assertEquals(Map.of(P, End.lost(NOW_MS)), resume(token()).ended());
    }

    @Test
    @DisplayName("ruleT2: not if the token lists it, as over or not")
    void listedIsNotToldTwice() {
        ended(P, TAKEN_MS + 1, 5L);
        assertEquals(Map.of(), resume(token(over(P, Entry.UNKNOWN))).ended());
    }

    @Test
    @DisplayName("stream17: the table has the end, and the removal has not come here: it is a member, and asked")
    void endedElsewhereAndAMemberHere() {
        member(P, NOW_MS);
        ended(P, NOW_MS, 5L);
        Resumption resumption = resume(token());
        assertEquals(Map.of(), resumption.ended());
        assertNull(resumption.at().get(P), "asked for its beginning");
    }

    @Test
    @DisplayName("ruleT2: one that is waited for here is not told by the table: it will be, if it is new to the token")
    void waitedForAndNew() {
        ended(P, NOW_MS, null);
        isWaitedFor(P, TAKEN_MS + 1);
        Resumption resumption = resume(token());
        assertEquals(Map.of(), resumption.ended());
        assertNull(resumption.at().get(P));
    }

    @Test
    @DisplayName("ruleT2: one that has gone on in a later log while its member is here is read from its beginning, too")
    void goneOnBeforeItsMemberWasRemoved() {
        Stream later = Stream.of(2, TOPIC, "p");
        member(later, TAKEN_MS + 1);
        streams.settle(later, End.goneOn(100, 0), NOW);
        Resumption resumption = resume(token(open(P, 480)));
        assertTrue(resumption.isCovered());
        assertNull(resumption.at().get(later));
    }

    @Test
    @DisplayName(
            "ruleT2: of an older one that went since nothing is known; what went before that the taker has dealt with")
    void waitedForAndOld() {
        Stream before = Stream.of(9, TOPIC, "z");
        ended(P, TAKEN_MS - MARGIN_MS + 1, null);
        ended(before, TAKEN_MS - MARGIN_MS, null);
        isWaitedFor(P, 0);
        isWaitedFor(before, 0);
        Resumption resumption = resume(token());
        assertEquals(Place.at(P, Place.UNKNOWN), resumption.at().get(P));
        assertEquals(Place.over(before, Place.AWAITED), resumption.at().get(before));
        assertEquals(Map.of(), resumption.ended());
    }

    @Test
    @DisplayName(
            "ruleT2: one that is waited for went when the others remember that it did, whatever this node's clock said by then")
    void waitedForByTheTimeOfOthers() {
        streams.remember(Given.history());
        member(P, 0);
        streams.waitFor(P, End.lost(0), new Now(TAKEN_MS - 2 * MARGIN_MS, 0));
        assertNotNull(streams.removed(P.uid()));
        ended(P, TAKEN_MS + 1, null);
        assertEquals(Place.at(P, Place.UNKNOWN), resume(token()).at().get(P));
    }

    @Test
    @DisplayName("stream19: what is settled here, and ended long before the token, is over, and not told")
    void settledLongBefore() {
        isWaitedFor(P, 0);
        ended(P, TAKEN_MS - 2 * MARGIN_MS, null);
        streams.remember(Given.history(departures.toArray(new Departure[0])));
        streams.settle(P, End.lost(0), NOW);
        Resumption resumption = resume(token());
        assertEquals(Map.of(), resumption.ended());
        assertEquals(Place.over(P, Place.AWAITED), resumption.at().get(P));
    }

    // ------------------------------------------------------------------ 4: members that it does not list

    @Test
    @DisplayName("ruleT2: a member that runs only since is read from its beginning")
    void newMember() {
        member(P, TAKEN_MS - MARGIN_MS + 1);
        assertNull(resume(token()).at().get(P));
    }

    @Test
    @DisplayName("stream3: one that has run for longer is not known: the taker dealt with it, or had another view")
    void oldMember() {
        member(P, TAKEN_MS - MARGIN_MS);
        Resumption resumption = resume(token());
        assertEquals(Place.at(P, Place.UNKNOWN), resumption.at().get(P));
        assertTrue(resumption.isCovered(), "nothing else is in doubt");
    }

    // ------------------------------------------------------------------ made by hand

    @Test
    @DisplayName("stream2.32: positions by hand go on by their epochs, whoever has the name")
    void byHand() {
        member(P, 0);
        ended(P2, TAKEN_MS, 9L);
        Epoch unknown = new Epoch(77);
        Resumption resumption = resume(CursorToken.ofHand(
                TOPIC,
                "c",
                0,
                List.of(
                        new Entry("p", 0, P.epoch(), 480, false),
                        new Entry("p", 0, P2.epoch(), 4, false),
                        new Entry("p", 0, unknown, 3, false))));
        assertTrue(resumption.isCovered());
        assertEquals(Place.at(P, 480), resumption.at().get(P));
        assertEquals(Map.of(new Stream(P2.epoch(), Stream.UNKNOWN, "p"), End.exact(9, NOW_MS)), resumption.ended());
        assertEquals(3, resumption.at().get(unknown).sequence());
        assertNotNull(streams.waitedFor(unknown));
    }

    @Test
    @DisplayName("ruleT2: it is told what is remembered, and it does not list; members are read from their beginning")
    void byHandIsToldWhatItLacks() {
        member(P, 0);
        member(Q, 0);
        ended(P2, TAKEN_MS, 7L);
        Stream waited = Stream.of(9, TOPIC, "z");
        isWaitedFor(waited, NOW_MS);
        Resumption resumption = resume(new CursorToken(TOPIC, "c", 0, Map.of("p", new Position(P.epoch(), 480))));
        assertTrue(resumption.isCovered());
        assertEquals(Map.of(P2, End.exact(7, NOW_MS)), resumption.ended());
        assertNull(resumption.at().get(Q));
        assertNull(resumption.at().get(waited), "how it ends is told, from its beginning on");
    }

    @Test
    @DisplayName("ruleT2: not of what ended before its time, nor of what it lists as over")
    void byHandIsNotToldAgain() {
        ended(P2, TAKEN_MS - MARGIN_MS, 7L);
        ended(Q, NOW_MS, null);
        Resumption resumption =
                resume(CursorToken.ofHand(TOPIC, "c", TAKEN_MS, List.of(new Entry("q", 0, Q.epoch(), 3, true))));
        assertEquals(Map.of(), resumption.ended());
    }

    // ------------------------------------------------------------------ a time, the oldest, the latest

    @Test
    @DisplayName("ruleC11: if anything may be missed, what ran apart and is in a later log may have been passed")
    void strangersMayBePassed() {
        streams.remember(history());
        streams.expect(P, NOW);
        streams.setDurable(P.epoch(), true);
        streams.expect(Q, NOW);
        Resumption covered = resume(token(over(P2, 5)));
        assertTrue(covered.isCovered());
        assertNull(covered.at().get(P));
        horizonMs = TAKEN_MS + 1;
        Resumption uncovered = resume(token(over(P2, 5)));
        assertFalse(uncovered.isCovered());
        assertEquals(Place.lost(P, Place.AWAITED), uncovered.at().get(P));
        assertNull(uncovered.at().get(Q));
    }

    @Test
    @DisplayName("ruleT2: who begins at a time is told what ended since")
    void since() {
        member(P, 0);
        isWaitedFor(Q, 0);
        ended(P2, TAKEN_MS + 1, 5L);
        ended(Stream.of(9, TOPIC, "z"), TAKEN_MS - MARGIN_MS, 5L);
        Resumption resumption = open(new Opening.Since(TAKEN_MS));
        assertTrue(resumption.isCovered());
        assertEquals(Map.of(P2, End.exact(5, NOW_MS)), resumption.ended());
        assertEquals(Place.at(P, Place.AWAITED), resumption.at().get(P), "it is asked");
        assertEquals(Place.at(Q, Place.UNKNOWN), resumption.at().get(Q));
    }

    @Test
    @DisplayName("ruleT2: who begins at a time is told once that something may be missed, however many crashed since")
    void sinceAndCrashed() {
        ended(P, TAKEN_MS + 1, null);
        ended(Q, TAKEN_MS + 2, null);
        ended(P2, TAKEN_MS + 3, 5L);
        Resumption resumption = open(new Opening.Since(TAKEN_MS));
        assertFalse(resumption.isCovered());
        assertEquals(Map.of(P2, End.exact(5, NOW_MS)), resumption.ended());
    }

    @Test
    @DisplayName("ruleM4: who begins at a time may miss something if there was another cluster")
    void sinceAmongSeveralClusters() {
        severalClusters = true;
        streams.remember(history());
        streams.expect(P, NOW);
        streams.setDurable(P.epoch(), true);
        Resumption resumption = open(new Opening.Since(TAKEN_MS));
        assertFalse(resumption.isCovered());
        assertEquals(Place.lost(P, Place.AWAITED), resumption.at().get(P), "as that says");
    }

    @Test
    @DisplayName("who begins with the oldest is told nothing of what is over")
    void earliest() {
        isWaitedFor(P, 0);
        streams.settle(P, End.lost(0), NOW);
        ended(Q, NOW_MS, 5L);
        Resumption resumption = open(new Opening.Earliest());
        assertTrue(resumption.isCovered());
        assertEquals(Map.of(), resumption.ended());
        assertEquals(Place.over(P, Place.AWAITED), resumption.at().get(P));
        assertNull(Resumption.of(new Opening.Latest(), streams, NOW));
        assertEquals(Frontier.EMPTY.notices(), resumption.at().notices());
    }
}
