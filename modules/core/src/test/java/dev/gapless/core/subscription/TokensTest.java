package dev.gapless.core.subscription;

import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Limits;
import dev.gapless.core.Now;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a token says of a place (rule T1). It is {@link #NOW_MS} by the cluster's time. */
class TokensTest {
    private static final long MARGIN_MS = Given.history().marginMs();
    private static final long NOW_MS = 100 * MARGIN_MS;
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");

    private final Map<Epoch, Stream> open = new HashMap<>();
    private final Map<Epoch, Long> removed = new HashMap<>();
    private final Set<Epoch> settled = new HashSet<>();
    private final Set<Epoch> unheard = new HashSet<>();
    private final List<Departure> departures = new ArrayList<>();
    private long historyId = Given.HISTORY;
    private long horizonMs = Long.MIN_VALUE;
    private long notices;
    private Frontier at = Frontier.EMPTY;
    private boolean durable;
    private final LastPing lastPing = new LastPing();

    private void stands(Place place) {
        at = at.with(place);
    }

    private void member(Stream stream) {
        open.put(stream.epoch(), stream);
    }

    /** Its member was removed, and it is not settled how it ended. */
    private void isWaitedFor(Stream stream, long removedMs) {
        member(stream);
        removed.put(stream.epoch(), removedMs);
        departures.add(new Departure(stream.uid(), stream.node(), removedMs, null));
    }

    private void isSettled(Stream stream, long removedMs) {
        isWaitedFor(stream, removedMs);
        open.remove(stream.epoch());
        settled.add(stream.epoch());
    }

    private CursorToken token() {
        return token(List.of(), Pending.NOTHING);
    }

    private CursorToken token(List<Step.Left> unannounced, Pending pending) {
        return Tokens.of(at, known(), pending, unannounced, durable, TOPIC, "c", 5, new Now(NOW_MS, 0));
    }

    private List<Entry> ended(Pending pending) {
        return Tokens.ended(at, known(), pending, List.of());
    }

    private StreamsView known() {
        departures.sort(Comparator.comparingLong(Departure::endedMs));
        HistoryView history = new HistoryView(
                historyId, horizonMs, false, false, departures, new Now(NOW_MS, 0), lastPing, MARGIN_MS);
        return new StreamsView(
                open,
                removed,
                settled,
                Set.of(),
                unheard,
                EndedStreams.of(history, TOPIC),
                EarlierStreams.NONE,
                notices);
    }

    private static Entry entry(Stream stream, long sequence, boolean over) {
        return new Entry(stream.node(), stream.uid(), stream.epoch(), sequence, over);
    }

    // ------------------------------------------------------------------ positions alone

    @Test
    @DisplayName(
            "ruleT1: a list of positions has all streams that are over and remembered, however long ago, the last first")
    void listsAllThatIsOver() {
        Stream empty = Stream.of(4, TOPIC, "e");
        departures.add(new Departure(P.uid(), "p", MARGIN_MS, Map.of(P.epoch(), 7L)));
        departures.add(new Departure(empty.uid(), "e", 2 * MARGIN_MS, Map.of()));
        departures.add(new Departure(Q.uid(), "q", 3 * MARGIN_MS, null));
        stands(Place.over(Q, 5));
        assertEquals(List.of(entry(Q, 5, true), entry(P, 7, true)), ended(Pending.NOTHING));
        assertEquals(List.of(), token().entries(), "a token has a time");
    }

    @Test
    @DisplayName("ruleT1: it has none whose end is yet to be read or told")
    void doesNotListWhatIsYetToBeTold() {
        isSettled(P, NOW_MS);
        departures.add(new Departure(Q.uid(), "q", NOW_MS, null));
        Pending pending =
                new Pending(List.of(), Map.of(Q.epoch(), Place.over(Q, 5)), List.of(), List.of(), Long.MAX_VALUE);
        assertEquals(List.of(), ended(pending));
    }

    @Test
    @DisplayName("ruleT1: a stream has the name that its member has said by now, under which its messages come")
    void listsByTheNameOfNow() {
        member(P);
        stands(Place.at(new Stream(P.epoch(), P.uid(), "10.0.0.1:2551"), 3));
        assertEquals(List.of(entry(P, 3, false)), token().entries());
    }

    // ------------------------------------------------------------------ streams that go on

    @Test
    @DisplayName(
            "ruleT1: it lists where it stands in each stream, 0 where it has read nothing; one that is awaited is unknown")
    void lists() {
        Stream r = Stream.of(3, TOPIC, "r");
        member(P);
        member(Q);
        member(r);
        stands(Place.at(P, 480));
        stands(Place.at(Q, Place.AWAITED));
        assertEquals(
                List.of(entry(P, 480, false), entry(Q, Entry.UNKNOWN, false), entry(r, 0, false)), token().entries());
        assertEquals(NOW_MS, token().timeMs());
        assertEquals(Given.HISTORY, token().historyId());
        assertEquals(5, token().filter());
    }

    @Test
    @DisplayName(
            "ruleT1: where it has read nothing of a durable one that is waited for, it may have passed that elsewhere")
    void listsWaitedFor() {
        isWaitedFor(P, NOW_MS);
        assertEquals(List.of(entry(P, 0, false)), token().entries());
        durable = true;
        assertEquals(List.of(entry(P, Entry.UNKNOWN, false)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: also those that it alone knows, of its own token")
    void listsStrangers() {
        stands(Place.at(P, 480));
        assertEquals(List.of(entry(P, 480, false)), token().entries());
        assertEquals(NOW_MS, token().timeMs());
    }

    @Test
    @DisplayName(
            "ruleT1: what is over, and may be in its node's store, until something of a later stream there was read")
    void listsWhatAStoreMayHave() {
        durable = true;
        Stream next = Stream.of(3, TOPIC, "p");
        member(next);
        stands(Place.over(P, 480));
        stands(Place.at(next, 0));
        assertEquals(
                List.of(entry(P, 480, true), entry(next, 0, false)),
                token().entries().stream()
                        .sorted(Comparator.comparingLong(Entry::uid))
                        .toList());
        stands(Place.at(next, 1));
        assertEquals(List.of(entry(next, 1, false)), token().entries());
    }

    @Test
    @DisplayName("stream41: its time is no later than the end of what it has not passed")
    void timeOfWhatIsUnread() {
        isSettled(P, NOW_MS - 9 * MARGIN_MS);
        stands(Place.at(P, 480));
        CursorToken token = token();
        assertEquals(NOW_MS - 9 * MARGIN_MS, token.timeMs());
        assertEquals(List.of(entry(P, 480, false)), token.entries());
        assertEquals(Given.HISTORY, token.historyId(), "it is covered");
    }

    @Test
    @DisplayName(
            "stream5: nor later than the last ping of another member, if there is one: who was frozen heard of nobody since")
    void timeOfTheLastPing() {
        lastPing.heard(NOW_MS - 9);
        assertEquals(NOW_MS - 9, token().timeMs());
        lastPing.heard(NOW_MS - 10);
        assertEquals(NOW_MS - 9, token().timeMs());
        lastPing.nobodySends();
        assertEquals(NOW_MS, token().timeMs());
    }

    @Test
    @DisplayName("stream15: also while it is not settled here how that ended, and before its removal came here")
    void timeOfWhatIsNotSettled() {
        isWaitedFor(P, NOW_MS - 5);
        stands(Place.at(P, 480));
        assertEquals(NOW_MS - 5, token().timeMs());
        removed.clear();
        assertEquals(NOW_MS - 5, token().timeMs(), "others remember that it ended");
        stands(Place.over(P, 480));
        assertEquals(NOW_MS, token().timeMs());
    }

    @Test
    @DisplayName("ruleT2: nor later than what it is still to be told of the past allows")
    void timeBeforeItIsTold() {
        isSettled(P, NOW_MS - 5);
        stands(Place.at(P, 480));
        Map<Epoch, Place> upTo = Map.of(P.epoch(), Place.over(P, 480), Q.epoch(), Place.over(Q, 0));
        departures.add(new Departure(2, "q", NOW_MS - 5, null));
        CursorToken token = token(List.of(), new Pending(List.of(), upTo, List.of(), List.of(), NOW_MS - 7));
        assertEquals(NOW_MS - 7, token.timeMs());
        assertEquals(List.of(entry(P, 480, false)), token.entries());
    }

    // ------------------------------------------------------------------ streams that are over

    @Test
    @DisplayName(
            "ruleT1: what it has passed, and ended within two margins, is listed as over; what ended before is not")
    void listsWhatIsOver() {
        isSettled(P, NOW_MS - 2 * MARGIN_MS + 1);
        departures.add(new Departure(2, "q", NOW_MS - 2 * MARGIN_MS, null));
        stands(Place.over(P, 480));
        stands(Place.over(Q, 7));
        assertEquals(List.of(entry(P, 480, true)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: so is what ended lately here, and long ago for others, as it lived on in a part of a split")
    void listsWhatEndedHereLately() {
        isSettled(P, NOW_MS - 10 * MARGIN_MS);
        stands(Place.over(P, 480));
        assertEquals(List.of(entry(P, 480, true)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: and what is settled here, of which this node remembers no end: others may")
    void listsWhatIsForgottenHere() {
        settled.add(P.epoch());
        stands(Place.over(P, 480));
        stands(Place.over(Q, 7));
        assertEquals(List.of(entry(P, 480, true)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: two margins before its own time, which is that of what it has not passed")
    void listsWhatIsOverByItsTime() {
        Stream r = Stream.of(3, TOPIC, "r");
        isSettled(P, NOW_MS - 3 * MARGIN_MS);
        isSettled(Q, NOW_MS - 2 * MARGIN_MS);
        isSettled(r, NOW_MS - MARGIN_MS);
        stands(Place.over(P, 480));
        stands(Place.at(Q, 7));
        stands(Place.over(r, 9));
        CursorToken token = token();
        assertEquals(NOW_MS - 2 * MARGIN_MS, token.timeMs());
        assertEquals(List.of(entry(P, 480, true), entry(Q, 7, false), entry(r, 9, true)), token.entries());
    }

    @Test
    @DisplayName("ruleT1: what ended before it began is over, too, and nothing is known of its place")
    void listsWhatEndedBefore() {
        departures.add(new Departure(1, "p", NOW_MS - 5, null));
        assertEquals(List.of(entry(P, Entry.UNKNOWN, true)), token().entries());
    }

    @Test
    @DisplayName(
            "ruleT2: what others say is over, and nothing has come of here, keeps its time back, and is not listed")
    void unheard() {
        departures.add(new Departure(1, "p", NOW_MS - 5, null));
        unheard.add(P.epoch());
        assertEquals(NOW_MS - 5, token().timeMs());
        assertEquals(List.of(), token().entries());
        stands(Place.over(P, 480));
        assertEquals(NOW_MS, token().timeMs());
        assertEquals(List.of(entry(P, 480, true)), token().entries());
    }

    @Test
    @DisplayName(
            "ruleT1: what was announced as lost, and was no member here, is listed as over for as long as the frontier has it")
    void listsWhatIsLost() {
        stands(Place.lost(P, 480));
        assertEquals(List.of(entry(P, 480, true)), token().entries());
    }

    @Test
    @DisplayName(
            "ruleT1: what was announced as lost, and turned out to be a member, goes on behind the place (seed 30117906)")
    void listsWhatWasLostAndIsThere() {
        stands(Place.lost(P, 480));
        member(P);
        assertEquals(List.of(entry(P, 480, false)), token().entries());
        isSettled(P, NOW_MS - 5);
        assertEquals(List.of(entry(P, 480, false)), token().entries(), "it has not read how that ended");
        assertEquals(NOW_MS - 5, token().timeMs());
    }

    @Test
    @DisplayName("ruleC6: a producer that left is listed as over once its subscription has been told so")
    void listsWhoLeftUntilItIsTold() {
        member(P);
        stands(Place.over(P, 480));
        assertEquals(List.of(entry(P, 480, true)), token().entries());
        List<Step.Left> unannounced = List.of(new Step.Left("p", P.at(480)));
        assertEquals(
                List.of(entry(P, 480, false)),
                token(unannounced, Pending.NOTHING).entries());
    }

    // ------------------------------------------------------------------ tokens that are not covered

    @Test
    @DisplayName("ruleT1: with more streams that are over than it may name it is not covered")
    void boundOfWhatIsOver() {
        for (long uid = 1; uid <= Limits.MAX_TOKEN_ENDED; uid++) {
            departures.add(new Departure(uid, "gone", NOW_MS - 5, null));
        }
        assertEquals(Given.HISTORY, token().historyId());
        assertEquals(Limits.MAX_TOKEN_ENDED, token().entries().size());
        departures.add(new Departure(99_999, "gone", NOW_MS - 6, null));
        Stream goesOn = Stream.of(500, TOPIC, "p");
        member(goesOn);
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        assertEquals(List.of(entry(goesOn, 0, false)), token().entries());
        assertFalse(token().isMadeByHand());
    }

    @Test
    @DisplayName(
            "ruleM4: as long as it has not been told that something is missed of nobody knows whom, it is not covered")
    void noticesThatAreNotPassed() {
        notices = 2;
        at = at.passing(1);
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        at = at.passing(2);
        assertEquals(Given.HISTORY, token().historyId());
    }

    @Test
    @DisplayName("ruleT2: nor if what ended since its time is not remembered any more, or there is no history")
    void nothingRemembered() {
        isSettled(P, NOW_MS - 9 * MARGIN_MS);
        stands(Place.at(P, 480));
        horizonMs = NOW_MS - 9 * MARGIN_MS + 1;
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        assertTrue(token().timeMs() < horizonMs);
        horizonMs = Long.MIN_VALUE;
        historyId = HistoryId.UNKNOWN;
        assertEquals(HistoryId.UNKNOWN, token().historyId());
    }
}
