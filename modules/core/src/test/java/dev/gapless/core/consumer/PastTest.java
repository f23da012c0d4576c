package dev.gapless.core.consumer;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.HISTORY;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.member.MemberEvent.Named;
import dev.gapless.core.member.MemberEvent.Present;
import dev.gapless.core.member.MemberEvent.Removed;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a reader that begins in the past is told of incarnations that ended, and any reader of those that say a farewell. */
class PastTest implements Outbox.Carrier {
    private static final long TAKEN = 1_000_000;
    private static final long MARGIN = 60_000;
    private static final LogEnd TO_9 = new LogEnd(LOG, 9);
    private static final LogIdentity NEXT_LOG = LogIdentity.fresh(new Epoch(8), 0);
    private static final Map<String, LogEnd> ELSEWHERE = Map.of("another topic", TO_9);

    private final Eras eras = new Eras();
    private final Feed feed = new Feed(Given.ring(64));
    private final List<Register> asked = new ArrayList<>();
    private final List<Effect.Missed> missed = new ArrayList<>();
    private HistoryView history = known();
    private long sessions;
    private TopicReader reader = reader(Start.LATEST, null);

    private TopicReader reader(Start start, CursorToken token) {
        ReaderContext context = new ReaderContext(
                TOPIC,
                1,
                20,
                Given.ring(64),
                eras,
                new Asking(() -> ++sessions, new SplittableRandom(1)),
                Given.outbox(this));
        return new TopicReader(context, feed, start, token);
    }

    @Override
    public void send(long toUid, Packet packet) {
        if (packet instanceof Register register) {
            asked.add(register);
        }
    }

    @Override
    public void carryOut(Effect effect) {
        missed.add(assertInstanceOf(Effect.Missed.class, effect));
    }

    private static Now now() {
        return new Now(TAKEN + 500_000, 0);
    }

    private static HistoryView known(Departure... departures) {
        return new HistoryView(HISTORY, Long.MIN_VALUE, false, false, List.of(departures), now(), MARGIN);
    }

    private static CursorToken token(Map<String, Position> positions, Map<String, Long> lives, Long... ended) {
        return new CursorToken(TOPIC, "c", TAKEN, positions, new CursorToken.Seen(HISTORY, lives, Set.of(ended)));
    }

    private static CursorToken token(Long... ended) {
        return token(Map.of(), Map.of(), ended);
    }

    private static CursorToken at(long sequence, Long... ended) {
        return token(Map.of("p", new Position(EPOCH, sequence)), Map.of("p", 1L), ended);
    }

    private static Departure departed(long uid, long endedMs, LogEnd end) {
        return new Departure(uid, "p", endedMs, end == null ? null : Map.of(TOPIC, end));
    }

    private void resume(CursorToken token, List<MemberEvent> members, Departure... departures) {
        reader = reader(Start.BEGINNING, token);
        begin(members, departures);
    }

    private void begin(List<MemberEvent> members, Departure... departures) {
        history = known(departures);
        reader.begin(members, history, Set.of(), now());
    }

    private void after(MemberEvent... events) {
        reader.onMembers(List.of(events), history, now());
    }

    private void registered(LogIdentity log, long next) {
        Register last = asked.get(asked.size() - 1);
        reader.onMessage(new Registered(TOPIC, 1, last.session(), log, next, 1, next - 1, 0), now());
    }

    private End expired(long index, Reason reason) {
        FeedEntry.Expired entry = assertInstanceOf(FeedEntry.Expired.class, feed.get(index));
        assertEquals(reason, entry.reason());
        return assertInstanceOf(End.class, entry.after());
    }

    private void isToldOpen(String node) {
        End end = expired(feed.head(), Reason.PRODUCER_LOST);
        assertFalse(end.exact());
        assertEquals(node, Departure.nodeOf(end.node()));
        assertEquals(node, missed.get(missed.size() - 1).node());
    }

    private void isToldExactly(LogEnd upTo) {
        End end = expired(feed.head(), Reason.PRODUCER_LOST);
        assertTrue(end.exact());
        assertEquals(upTo.position(), end.position());
        assertEquals("p", Departure.nodeOf(end.node()));
        assertEquals("p", missed.get(missed.size() - 1).node());
    }

    // ------------------------------------------------------------------ between the token and here

    @Test
    @DisplayName(
            "ruleT2: a life that came and went since the token was taken, and said what it published, is told exactly")
    void isToldExactly() {
        resume(token(), List.of(), departed(1, TAKEN + 5, TO_9));
        isToldExactly(TO_9);
        assertEquals(1, feed.head());
        assertTrue(reader.isSettled());
        assertEquals(Set.of(1L), feed.known().passed().before(2), "once that is passed");
        assertEquals(Set.of(), feed.known().passed().before(1));
    }

    @Test
    @DisplayName(
            "ruleC7: what a token lists under an address is another life than what it lists under the name, also where that is over")
    void anAddressBesideANameThatIsOver() {
        Map<String, Position> positions = new HashMap<>();
        positions.put("p", new Position(EPOCH, 4));
        positions.put("host:3", null);
        resume(
                token(positions, Map.of("p", 1L)),
                List.of(new Present(3, "host:3"), new Named(3, "p")),
                departed(1, TAKEN + 5, TO_9),
                new Departure(2, "host:3", TAKEN + 5, null));
        assertEquals(
                List.of("p", "host:3"), missed.stream().map(Effect.Missed::node).toList());
        isToldOpen("host:3");
        assertEquals(Start.BEGINNING, asked.get(asked.size() - 1).start());
    }

    @Test
    @DisplayName("ruleT2: one that went without a word is told as lost, and nobody knows how much of it is missed")
    void isToldOpen() {
        resume(token(), List.of(), departed(1, TAKEN + 5, null));
        isToldOpen("p");
        assertEquals(1, feed.head());
    }

    @Test
    @DisplayName("ruleT2: each of several lives of one node is told, each once")
    void eachIsToldOnce() {
        LogEnd next = new LogEnd(NEXT_LOG, 3);
        Departure first = departed(1, TAKEN + 5, TO_9);
        Departure second = departed(2, TAKEN + 6, next);
        resume(token(), List.of(), first, second, departed(3, TAKEN + 7, null));
        assertEquals(3, feed.head());
        assertEquals(TO_9.position(), expired(1, Reason.PRODUCER_LOST).position());
        assertEquals(next.position(), expired(2, Reason.PRODUCER_LOST).position());
        isToldOpen("p");
        history = known(first, second, departed(3, TAKEN + 9, null));
        after();
        after(new Removed(1), new Removed(3));
        assertEquals(3, feed.head(), "the news of them come late");
    }

    @Test
    @DisplayName("ruleT2: what the token lists as ended is not told, however late it ended by the clocks here")
    void whatIsListedAsEndedIsNotTold() {
        resume(token(1L), List.of(), departed(1, TAKEN + 5, TO_9));
        assertEquals(0, feed.head());
        assertEquals(Set.of(1L), feed.known().passed().before(1), "and is behind it");
    }

    @Test
    @DisplayName("ruleT2: what ended longer before the token than members may differ is not told, what ended later is")
    void withinTheMargin() {
        resume(token(), List.of(), departed(1, TAKEN - MARGIN, TO_9), departed(2, TAKEN - MARGIN + 1, null));
        assertEquals(1, feed.head());
        isToldOpen("p");
        assertEquals(Set.of(1L), feed.known().passed().before(1));
    }

    @Test
    @DisplayName("ruleT2: a farewell that says nothing of the topic tells nothing: nothing can be missed")
    void aFarewellWithoutTheTopic() {
        resume(
                token(),
                List.of(),
                new Departure(1, "p", TAKEN + 5, ELSEWHERE),
                new Departure(2, "q", TAKEN + 5, Map.of()));
        assertEquals(0, feed.head());
        assertEquals(List.of(), missed);
        assertEquals(Set.of(1L, 2L), feed.known().passed().before(1));
    }

    @Test
    @DisplayName(
            "G1, ruleT2: a life is told that lies before that of the token's position, though other readers know both by one name")
    void aLifeBeforeThatOfThePosition() {
        eras.of("p", LOG, 1);
        eras.of("p", NEXT_LOG, 2);
        LogEnd next = new LogEnd(NEXT_LOG, 3);
        CursorToken of = token(Map.of("p", new Position(NEXT_LOG.epoch(), 0)), Map.of("p", 2L));
        resume(of, List.of(), departed(1, TAKEN + 1, TO_9), departed(2, TAKEN + 2, next));
        isToldExactly(TO_9);
        assertEquals(2, missed.size());
    }

    @Test
    @DisplayName("G1, ruleT2: also if that one said no farewell")
    void aLifeWithoutAFarewellBeforeThatOfThePosition() {
        eras.endOfDeparted("p", 1, TO_9);
        eras.of("p", NEXT_LOG, 2);
        LogEnd next = new LogEnd(NEXT_LOG, 3);
        CursorToken of = token(Map.of("p", new Position(NEXT_LOG.epoch(), 0)), Map.of("p", 2L));
        resume(of, List.of(), departed(1, TAKEN + 1, null), departed(2, TAKEN + 2, next));
        isToldOpen("p");
        assertEquals(2, missed.size());
    }

    @Test
    @DisplayName("ruleT2: who is a member here is not over, whatever others remember")
    void aMemberIsNotOver() {
        resume(token(), List.of(new Present(1, "host:1"), new Named(1, "p")), departed(1, TAKEN + 5, TO_9));
        assertEquals(0, feed.head());
        assertEquals(Start.BEGINNING, asked.get(0).start());
        registered(LOG, 1);
        assertInstanceOf(FeedEntry.Started.class, feed.get(1));
    }

    @Test
    @DisplayName(
            "ruleT2: one that was told as lost, by a member that took all others for removed when it shut down, is asked when it is there")
    void toldAsLostAndThere() {
        resume(token(), List.of(), departed(1, TAKEN + 5, null));
        isToldOpen("p");
        after(new Present(1, "host:1"));
        after(new Named(1, "p"));
        assertEquals(Start.BEGINNING, asked.get(0).start());
        registered(LOG, 1);
        assertInstanceOf(FeedEntry.Started.class, feed.get(2));
        after(new Removed(1, Map.of(TOPIC, TO_9)));
        isToldExactly(TO_9);
    }

    @Test
    @DisplayName("ruleT2: one whose end was told is not asked for if this node hears of it as a member after that")
    void toldBeforeItIsHeardOf() {
        resume(token(), List.of(), departed(1, TAKEN + 5, TO_9));
        after(new Present(1, "host:1"));
        after(new Named(1, "p"));
        after(new Removed(1));
        assertEquals(List.of(), asked);
        assertEquals(1, feed.head());
    }

    @Test
    @DisplayName("ruleT2: nor is one of which the token has a position, and whose end was told from there on")
    void toldFromItsPositionBeforeItIsHeardOf() {
        resume(at(4), List.of(), departed(1, TAKEN + 5, TO_9));
        long before = feed.head();
        after(new Present(1, "host:1"));
        after(new Named(1, "p"));
        after(new Removed(1));
        assertEquals(List.of(), asked);
        assertEquals(before, feed.head());
    }

    @Test
    @DisplayName(
            "ruleT2: a later life of the same node is asked from its beginning, beside what is told of the earlier")
    void aLaterLifeIsAsked() {
        resume(token(), List.of(new Present(2, "host:1"), new Named(2, "p")), departed(1, TAKEN + 5, TO_9));
        isToldExactly(TO_9);
        assertEquals(Start.BEGINNING, asked.get(0).start());
        registered(NEXT_LOG, 1);
        assertInstanceOf(FeedEntry.Started.class, feed.get(2));
        assertEquals("p", feed.get(2).node());
    }

    // ------------------------------------------------------------------ lives that the token has a position of

    @Test
    @DisplayName(
            "ruleT2: of a life that the token lists, and that said its end, the rest is told exactly, and nobody is waited for")
    void aListedLifeEndedExactly() {
        resume(at(4), List.of(), departed(1, TAKEN + 5, TO_9));
        isToldExactly(TO_9);
        assertEquals(new Position(EPOCH, 4), missed.get(0).lastPosition());
        assertTrue(reader.isSettled());
        assertEquals(Set.of(), reader.known());
    }

    @Test
    @DisplayName("ruleT2: if the token has all of it, it left, and nothing is missed")
    void aListedLifeLeft() {
        resume(at(9), List.of(), departed(1, TAKEN + 5, TO_9));
        assertInstanceOf(FeedEntry.Left.class, feed.get(feed.head()));
        assertEquals(List.of(), missed);
        assertTrue(reader.isSettled());
    }

    @Test
    @DisplayName("ruleT2: it left, also where its next life has answered another reader of this node before")
    void aListedLifeLeftAndTheNextAnsweredFirst() {
        eras.of("p", NEXT_LOG, 2);
        resume(at(9), List.of(new Present(2, "host:1"), new Named(2, "p")), departed(1, TAKEN + 5, TO_9));
        assertInstanceOf(FeedEntry.Left.class, feed.get(feed.head()));
        assertEquals(Start.BEGINNING, asked.get(0).start());
        registered(NEXT_LOG, 1);
        assertInstanceOf(FeedEntry.Started.class, feed.get(feed.head()));
        assertEquals(List.of(), missed);
    }

    @Test
    @DisplayName(
            "ruleT2: its end is told also where it was long before the token by the clocks here, or is listed as ended")
    void aListedLifeEndedLongAgo() {
        resume(at(4, 1L), List.of(), departed(1, TAKEN - 10 * MARGIN, TO_9));
        isToldExactly(TO_9);
    }

    @Test
    @DisplayName(
            "ruleT2: a later life of it that came and went, too, is told besides: lives are told apart by their numbers, not by names")
    void aListedLifeAndALaterOne() {
        LogEnd next = new LogEnd(NEXT_LOG, 3);
        resume(at(9), List.of(), departed(1, TAKEN + 5, TO_9), departed(2, TAKEN + 6, next));
        assertEquals(
                List.of(Reason.PRODUCER_LOST),
                missed.stream().map(Effect.Missed::reason).toList());
        isToldExactly(next);
    }

    @Test
    @DisplayName("ruleT2: without a farewell it is waited for, and told by that alone")
    void aListedLifeWithoutAFarewell() {
        resume(at(4), List.of(), departed(1, TAKEN + 5, null));
        assertEquals(0, feed.head(), "it may come back");
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
        assertEquals(1, feed.head());
        isToldOpen("p");
    }

    @Test
    @DisplayName("ruleT2: it is the same life, though a member that it never told its name knows it by its address")
    void aListedLifeThatOthersKnowByItsAddress() {
        resume(at(4), List.of(), new Departure(1, "host:1", TAKEN + 5, null));
        assertEquals(0, feed.head());
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
        assertEquals(1, feed.head(), "told once");
    }

    @Test
    @DisplayName("ruleT2: a life that the token names without a position is told once")
    void aListedLifeWithoutAPosition() {
        Map<String, Position> unresolved = new HashMap<>();
        unresolved.put("p", null);
        resume(token(unresolved, Map.of()), List.of(), departed(1, TAKEN + 5, null));
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
        assertEquals(1, feed.head());
    }

    @Test
    @DisplayName(
            "ruleT2: if it said farewell, that is told at once, with all that its name had before: nobody is waited for")
    void aListedLifeWithoutAPositionThatEndedExactly() {
        Map<String, Position> unresolved = new HashMap<>();
        unresolved.put("p", null);
        resume(token(unresolved, Map.of()), List.of(), departed(1, TAKEN + 5, TO_9));
        isToldOpen("p");
        assertTrue(reader.isSettled());
        assertEquals(Set.of(), feed.known().passed().before(1), "not before it is told");
        assertEquals(Set.of(1L), feed.known().passed().before(2));
        resume(token(unresolved, Map.of(), 1L), List.of(), departed(1, TAKEN - 5, TO_9));
        assertFalse(reader.isSettled(), "another one may come");
        resume(
                token(unresolved, Map.of()),
                List.of(new Present(2, "host:2"), new Named(2, "p")),
                departed(1, TAKEN + 5, TO_9));
        assertFalse(reader.isSettled(), "a member of that name is asked");
    }

    // ------------------------------------------------------------------ another cluster

    private static HistoryView told(HistoryView before, boolean severalClusters) {
        return new HistoryView(
                HistoryId.next(before.id(), 3),
                Long.MIN_VALUE,
                severalClusters,
                false,
                before.departures(),
                now(),
                MARGIN);
    }

    @Test
    @DisplayName(
            "ruleM4: whoever reads is told once that something of another cluster is missed, in front of whoever joins then")
    void somethingOfAnotherClusterIsMissed() {
        begin(List.of(), departed(1, TAKEN, null));
        assertEquals(0, feed.head());
        history = told(history, true);
        after(new Present(2, "host:2"), new Named(2, "q"));
        isToldThatNobodyKnows();
        registered(NEXT_LOG, 1);
        assertInstanceOf(FeedEntry.Started.class, feed.get(2));
        after();
        assertEquals(2, feed.head(), "once");
        history = told(history, true);
        after();
        assertEquals(3, feed.known().passed().unknown(), "and once more with the next word");
    }

    @Test
    @DisplayName(
            "ruleM4: another id that was drawn at the same time tells nothing, nor does a history that comes at last")
    void anotherIdTellsNothing() {
        begin(List.of());
        history = new HistoryView(HISTORY + 1, Long.MIN_VALUE, true, false, List.of(), now(), MARGIN);
        after();
        assertEquals(0, feed.head());
        reader = reader(Start.LATEST, null);
        reader.begin(List.of(), HistoryView.NOTHING, Set.of(), now());
        history = known();
        after();
        assertEquals(0, feed.head());
    }

    @Test
    @DisplayName("ruleM4: who has read before its node has a history may have missed the word of another cluster")
    void aHistoryThatComesAtLast() {
        reader.begin(List.of(), HistoryView.NOTHING, Set.of(), now());
        history = new HistoryView(HISTORY, Long.MIN_VALUE, true, false, List.of(), now(), MARGIN);
        after();
        isToldThatNobodyKnows();
    }

    @Test
    @DisplayName("ruleM4: who begins at a time is told once if there was another cluster")
    void sinceWithAnotherCluster() {
        reader = reader(new Start.Since(TAKEN), null);
        history = told(known(), true);
        reader.begin(List.of(), history, Set.of(), now());
        isToldThatNobodyKnows();
    }

    @Test
    @DisplayName("ruleM4: who begins with the latest is told nothing of what was before")
    void latestWithAnotherCluster() {
        history = told(known(), true);
        reader.begin(List.of(), history, Set.of(), now());
        assertEquals(0, feed.head());
    }

    private void returnTimeIsOver() {
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
    }

    // ------------------------------------------------------------------ members that never said their name

    @Test
    @DisplayName(
            "ruleT2: who never said its name here, and was waited for in vain, ends without a word if the token has all of it")
    void aListedLifeThatNeverSaidItsNameLeft() {
        resume(at(9), List.of(new Present(1, "host:1")));
        returnTimeIsOver();
        long before = feed.head();
        after(new Removed(1, Map.of(TOPIC, TO_9)));
        assertEquals(before, feed.head());
    }

    @Test
    @DisplayName("ruleT2: else it is told what the token lacks")
    void aListedLifeThatNeverSaidItsName() {
        resume(at(4), List.of(new Present(1, "host:1")));
        returnTimeIsOver();
        after(new Removed(1, Map.of(TOPIC, TO_9)));
        assertTrue(expired(feed.head(), Reason.PRODUCER_LOST).exact());
        assertEquals("host:1", missed.get(1).node());
        assertEquals(new Position(EPOCH, 4), missed.get(1).lastPosition());
    }

    @Test
    @DisplayName(
            "ruleT2: so is one of which the token does not say that the position is its own, and its farewell does: once, under the name")
    void aListedLifeThatItsFarewellShows() {
        resume(token(Map.of("p", new Position(EPOCH, 4)), Map.of()), List.of(new Present(1, "host:1")));
        after(new Removed(1, Map.of(TOPIC, TO_9)));
        isToldExactly(TO_9);
        assertEquals(new Position(EPOCH, 4), missed.get(0).lastPosition());
        returnTimeIsOver();
        assertEquals(1, missed.size());
        assertTrue(reader.isSettled());
    }

    @Test
    @DisplayName(
            "ruleT2: also where an earlier life of its node is still a member: that one is asked from its beginning")
    void aListedLifeThatEndsBesideAnEarlierOne() {
        resume(
                token(Map.of("p", new Position(EPOCH, 4)), Map.of("p", 2L)),
                List.of(new Present(1, "host:1"), new Named(1, "p"), new Present(2, "host:2")));
        after(new Removed(2, Map.of(TOPIC, TO_9)));
        isToldExactly(TO_9);
        assertEquals(Start.BEGINNING, asked.get(asked.size() - 1).start());
        after(new Removed(1, null));
        returnTimeIsOver();
        assertEquals(
                List.of(new Position(EPOCH, 4)),
                missed.stream()
                        .map(Effect.Missed::lastPosition)
                        .filter(Objects::nonNull)
                        .toList(),
                "once");
    }

    // ------------------------------------------------------------------ who knows too little

    private void isToldThatNobodyKnows() {
        isToldThatNobodyKnows(1);
    }

    private void isToldThatNobodyKnows(long unknown) {
        assertEquals(Gap.NOBODY, expired(1, Reason.POSITION_UNKNOWN).node());
        assertEquals(1, feed.head());
        assertEquals(unknown, feed.known().passed().unknown());
    }

    @Test
    @DisplayName("ruleT2: a token of another history is told once that nobody knows who came and went")
    void aTokenOfAnotherHistory() {
        reader = reader(
                Start.BEGINNING,
                new CursorToken(TOPIC, "c", TAKEN, Map.of(), new CursorToken.Seen(5, Map.of(), Set.of())));
        begin(List.of(), departed(1, TAKEN + 5, TO_9), departed(2, TAKEN + 5, null));
        isToldThatNobodyKnows();
    }

    @Test
    @DisplayName(
            "ruleT2: where its own positions ended is known all the same: nothing is missing behind them, and nobody is waited for")
    void positionsOfATokenOfAnotherHistory() {
        Map<String, Position> positions = Map.of("p", new Position(TO_9.log().epoch(), 9));
        CursorToken.Seen seen = new CursorToken.Seen(5, Map.of("p", 1L), Set.of());
        resume(new CursorToken(TOPIC, "c", TAKEN, positions, seen), List.of(), departed(1, TAKEN + 5, TO_9));
        assertEquals(Set.of(), reader.known());
        assertInstanceOf(FeedEntry.Left.class, feed.get(feed.head()));
    }

    @Test
    @DisplayName("ruleT2: so is one of before the horizon")
    void aTokenOfBeforeTheHorizon() {
        reader = reader(Start.BEGINNING, token());
        history = new HistoryView(HISTORY, TAKEN + 1, false, false, List.of(), now(), MARGIN);
        reader.begin(List.of(), history, Set.of(), now());
        isToldThatNobodyKnows();
    }

    @Test
    @DisplayName("ruleT2: so is one that is resumed where no history has come in time")
    void aTokenWithoutAHistory() {
        reader = reader(Start.BEGINNING, token());
        reader.begin(List.of(), HistoryView.NOTHING, Set.of(), now());
        isToldThatNobodyKnows();
    }

    @Test
    @DisplayName("ruleT2: one at the horizon is covered")
    void aTokenAtTheHorizon() {
        reader = reader(Start.BEGINNING, token());
        history = new HistoryView(HISTORY, TAKEN, false, false, List.of(), now(), MARGIN);
        reader.begin(List.of(), history, Set.of(), now());
        assertEquals(0, feed.head());
    }

    // ------------------------------------------------------------------ told as lost, and a member here

    private static CursorToken toldAsLost(long uid, Map<String, Position> positions) {
        CursorToken.Lost lost = new CursorToken.Lost("p", uid, new Position(EPOCH, 5));
        CursorToken.Seen seen = new CursorToken.Seen(HISTORY, Map.of(), Set.of(uid), List.of(lost));
        return new CursorToken(TOPIC, "c", TAKEN, positions, seen);
    }

    private Start asks() {
        return asked.get(asked.size() - 1).start();
    }

    @Test
    @DisplayName(
            "ruleT2: a life that was told as lost, and is a member here, goes on where it was, and is not told as lost")
    void whoWasToldAsLostGoesOn() {
        List<MemberEvent> members = List.of(new Present(1, "p:1"), new Named(1, "p"));
        resume(toldAsLost(1, Map.of()), members, departed(1, TAKEN + 5, null));
        assertEquals(new Start.After(new Position(EPOCH, 5)), asks());
        assertEquals(0, feed.head());
        assertEquals(Set.of("p"), feed.known().mustBeListed(), "until it has answered");
        registered(LOG, 6);
        assertEquals(
                new Position(EPOCH, 5),
                assertInstanceOf(FeedEntry.Started.class, feed.get(1)).after().position());
    }

    @Test
    @DisplayName(
            "ruleT2: also if this node hears of it, or of its name, only later, and if the token lists it without a position")
    void whoWasToldAsLostIsHeardOfLater() {
        Map<String, Position> unanswered = new HashMap<>();
        unanswered.put("p", null);
        for (Map<String, Position> positions : List.of(Map.<String, Position>of(), unanswered)) {
            resume(toldAsLost(1, positions), List.of());
            after(new Present(1, "p:1"));
            after(new Named(1, "p"));
            assertEquals(new Start.After(new Position(EPOCH, 5)), asks());
        }
    }

    @Test
    @DisplayName("ruleT2: another life of its node begins at its beginning")
    void anotherLifeThanWasToldAsLost() {
        resume(toldAsLost(1, Map.of()), List.of(new Present(2, "p:1"), new Named(2, "p")));
        assertEquals(Start.BEGINNING, asks());
    }

    @Test
    @DisplayName("ruleT2: if it is removed before it has answered, it is told as lost once, after it was waited for")
    void whoWasToldAsLostIsLost() {
        CursorToken.Seen seen =
                token().seen().withLost(toldAsLost(1, Map.of()).seen().lost());
        List<MemberEvent> members = List.of(new Present(1, "p:1"), new Named(1, "p"));
        resume(new CursorToken(TOPIC, "c", TAKEN, Map.of(), seen), members);
        after(new Removed(1));
        assertEquals(0, feed.head());
        reader.onTime(new Now(TAKEN, 60 * Given.SECOND));
        assertEquals(1, feed.head());
        isToldOpen("p");
    }

    private void isToldBehind5() {
        FeedEntry.Started begins = assertInstanceOf(FeedEntry.Started.class, feed.get(feed.head() - 1));
        assertEquals(new Position(EPOCH, 5), begins.after().position());
        assertEquals(feed.get(feed.head()).node(), begins.node());
        isToldExactly(TO_9);
    }

    @Test
    @DisplayName(
            "ruleT2: if it said farewell since, what it published behind that position is told, and nothing before")
    void whoWasToldAsLostLeftSince() {
        CursorToken.Seen told = toldAsLost(1, Map.of()).seen();
        CursorToken.Seen seen = new CursorToken.Seen(HISTORY, Map.of(), Set.of(), told.lost());
        resume(new CursorToken(TOPIC, "c", TAKEN, Map.of(), seen), List.of(), departed(1, TAKEN + 5, TO_9));
        isToldBehind5();
        assertEquals(1, missed.size());
    }

    @Test
    @DisplayName("ruleT2: also if it is a member here that goes without having said its name")
    void whoWasToldAsLostLeftWithoutItsName() {
        resume(toldAsLost(1, Map.of()), List.of(new Present(1, "p")));
        after(new Removed(1, Map.of(TOPIC, TO_9)));
        isToldBehind5();
        assertEquals(1, missed.size());
    }

    @Test
    @DisplayName("ruleT1, T2: a token made by hand says nothing of others: nothing is told of them")
    void aTokenMadeByHand() {
        resume(new CursorToken(TOPIC, "c", TAKEN, Map.of()), List.of(), departed(1, TAKEN + 5, TO_9));
        assertEquals(0, feed.head());
    }

    @Test
    @DisplayName(
            "ruleT2: who begins at a time is told who ended since; who begins with the latest or the oldest is not")
    void since() {
        reader = reader(new Start.Since(TAKEN), null);
        begin(List.of(), departed(1, TAKEN + 5, TO_9), departed(2, TAKEN - MARGIN, null));
        isToldExactly(TO_9);
        assertEquals(1, feed.head());
        for (Start start : List.of(Start.LATEST, Start.EARLIEST)) {
            reader = reader(start, null);
            begin(List.of(), departed(1, TAKEN + 5, TO_9));
            assertEquals(1, feed.head());
        }
    }

    @Test
    @DisplayName("ruleT2: who begins at a time where there is no history is told that nobody knows")
    void sinceWithoutAHistory() {
        reader = reader(new Start.Since(TAKEN), null);
        reader.begin(List.of(), HistoryView.NOTHING, Set.of(), now());
        isToldThatNobodyKnows();
    }

    // ------------------------------------------------------------------ live

    /** The producer is a member, and this much of it has come. */
    private void live(long sequence) {
        begin(List.of(new Present(1, "host:1"), new Named(1, "p")));
        registered(LOG, 1);
        if (sequence > 0) {
            reader.onMessage(
                    new Batch(TOPIC, 1, asked.get(asked.size() - 1).session(), 1, sequence, true, slices(1, sequence)),
                    now());
        }
    }

    private void removed(Map<String, LogEnd> published) {
        history = known(new Departure(1, "p", TAKEN, published));
        after(new Removed(1, published));
    }

    @Test
    @DisplayName(
            "ruleC7, T2: of a producer that said its end what is missed has a number, at once: nobody is waited for")
    void aLiveProducerEndsExactly() {
        live(4);
        removed(Map.of(TOPIC, TO_9));
        isToldExactly(TO_9);
        assertEquals(new Position(EPOCH, 4), missed.get(0).lastPosition());
        assertTrue(reader.isSettled());
        assertEquals(Set.of(1L), feed.known().passed().before(feed.head() + 1));
        assertEquals(Set.of(), feed.known().passed().before(feed.head()));
    }

    @Test
    @DisplayName("ruleC6, C7, T2: if nothing is missing, it left, though its Gone never came")
    void aLiveProducerLeft() {
        live(9);
        removed(Map.of(TOPIC, TO_9));
        assertInstanceOf(FeedEntry.Left.class, feed.get(feed.head()));
        assertEquals(List.of(), missed);
    }

    @Test
    @DisplayName("ruleC7, T2: one that published nothing to the topic is over, and nothing is told of it")
    void aLiveProducerThatPublishedNothing() {
        live(0);
        removed(ELSEWHERE);
        assertEquals(List.of(), missed);
        assertInstanceOf(FeedEntry.Left.class, feed.get(feed.head()));
        assertTrue(reader.isSettled());
    }

    @Test
    @DisplayName("ruleC7, T2: one that never answered is told exactly, if a subscription is ready")
    void aSilentProducerEndsExactly() {
        begin(List.of(new Present(1, "host:1"), new Named(1, "p")));
        reader.setReady();
        removed(Map.of(TOPIC, TO_9));
        isToldExactly(TO_9);
        assertEquals(1, feed.head());
    }

    @Test
    @DisplayName("ruleC7, T2: before any is ready it is no loss; nor is it ever, if it published nothing to the topic")
    void aSilentProducerThatIsNoLoss() {
        begin(List.of(new Present(1, "host:1"), new Named(1, "p")));
        removed(Map.of(TOPIC, TO_9));
        assertEquals(0, feed.head());
        after(new Present(2, "host:2"), new Named(2, "p"));
        reader.setReady();
        after(new Removed(2, ELSEWHERE));
        assertEquals(0, feed.head());
        assertTrue(reader.isSettled());
    }

    @Test
    @DisplayName("ruleC7, T2: a farewell does not speak for an earlier life that is waited for")
    void aFarewellOfALaterLife() {
        live(4);
        removed(null);
        after(new Present(2, "host:2"), new Named(2, "p"));
        after(new Removed(2, Map.of(TOPIC, new LogEnd(NEXT_LOG, 3))));
        assertEquals(List.of(), missed, "an answer for the first may still come");
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
        isToldOpen("p");
    }

    @Test
    @DisplayName("ruleC7, T2: a farewell that ends before what has come is not believed")
    void aFarewellThatCannotBe() {
        live(4);
        removed(Map.of(TOPIC, new LogEnd(LOG, 3)));
        assertEquals(List.of(), missed);
        reader.onTime(new Now(now().ms(), Given.ring(64).producerReturnNs()));
        isToldOpen("p");
    }
}
