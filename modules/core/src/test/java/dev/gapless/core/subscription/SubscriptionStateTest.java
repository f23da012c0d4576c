package dev.gapless.core.subscription;

import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.Asked;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One subscription, whose consumer the test is. It begins in {@link #feed}, the shared one, unless a test says otherwise. */
class SubscriptionStateTest implements TopicView {
    private static final TopicSettings SETTINGS = Given.ring(8);
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");
    private static final Stream P2 = Stream.of(3, TOPIC, "p");

    /** 9,000 ms by the cluster's time. */
    private static final Now NOW = new Now(0, 9 * SECOND);

    private final Feed feed = new Feed(SETTINGS);
    private final Feed own = new Feed(SETTINGS.forCatchUp());
    private final Map<Epoch, Stream> open = new HashMap<>();
    private final Set<Epoch> settled = new HashSet<>();
    private final Set<Epoch> strangers = new HashSet<>();
    private long notices;
    private long changes;
    private EarlierStreams stored = EarlierStreams.NONE;
    private FeedSubscription subscription = in(feed, SETTINGS);

    @Override
    public StreamsView known() {
        return new StreamsView(
                open, Map.of(), settled, strangers, Set.of(), EndedStreams.of(Given.history(), TOPIC), stored, notices);
    }

    @Override
    public long changes() {
        return changes;
    }

    // ------------------------------------------------------------------ given

    private FeedSubscription unplaced(TopicSettings settings, Place... places) {
        return unplaced(settings, Map.of(), places);
    }

    /** It is told of these ends first. */
    private FeedSubscription unplaced(TopicSettings settings, Map<Stream, End> ended, Place... places) {
        FeedSubscription made = FeedSubscription.of(new Opening.Latest(), feed, this, settings, 0);
        made.begin(at(places), ended, notices);
        return made;
    }

    private FeedSubscription in(Feed its, TopicSettings settings, Place... places) {
        return in(its, unplaced(settings, places));
    }

    private static FeedSubscription in(Feed its, FeedSubscription unplaced) {
        unplaced.goOn(new ReadOn.In(its, its.attach(its.oldest(), 0)));
        return unplaced;
    }

    private static Frontier at(Place... places) {
        Frontier at = Frontier.EMPTY;
        for (Place place : places) {
            at = at.with(place);
        }
        return at;
    }

    /** It reads on there, if that feed has what it lacks. */
    private void goesOn(Feed in) {
        Feed.Placed placed = in.place(subscription.placedAt(), Asked.ANYTHING, 0);
        assertNotNull(placed);
        subscription.goOn(new ReadOn.In(in, placed.cursor(), Map.of(), false, placed.begins()));
    }

    private void began(Stream... streams) {
        for (Stream stream : streams) {
            feed.began(stream, 0);
        }
    }

    /** It is settled, and comes into the feed. */
    private void ended(Feed its, Stream stream, long at, End end, boolean promised) {
        settled.add(stream.epoch());
        its.ended(stream, at, end, promised);
    }

    // ------------------------------------------------------------------ checks

    private List<Long> given() {
        MessageRun run =
                assertInstanceOf(Step.Messages.class, subscription.next(0)).run();
        run.handled(run.size());
        return run.messages().stream().map(message -> message.sequence()).toList();
    }

    private List<Gap> announced() {
        return announced(0);
    }

    private List<Gap> announced(long nowNs) {
        return assertInstanceOf(Step.Missed.class, subscription.next(nowNs)).gaps();
    }

    private void idle() {
        assertSame(Step.IDLE, subscription.next(0));
        assertFalse(subscription.hasNext());
        assertEquals(0, subscription.violations());
    }

    private void asks() {
        assertSame(Step.IDLE, subscription.next(0));
        assertTrue(subscription.asks());
        assertFalse(subscription.hasNext());
    }

    private CursorToken token() {
        return subscription.token(TOPIC, "c", NOW);
    }

    private @Nullable Position position(Stream stream) {
        Place place = subscription.positions().get(stream);
        return place == null ? null : place.position();
    }

    private static Gap gap(Stream stream, Reason reason, long first, long missed) {
        return new Gap(stream.node(), reason, stream.epoch(), first, missed, stream.at(first + missed));
    }

    private static CursorToken reflects(Stream stream, long sequence) {
        return new CursorToken(TOPIC, "c", 0, Map.of(stream.node(), stream.at(sequence)));
    }

    // ------------------------------------------------------------------ positions alone (rule T1)

    @Test
    @DisplayName(
            "ruleT1: in front of a general gap a list has nothing that is over: whether its client was told, nobody knows")
    void listsInFrontOfAGeneralGap() {
        Entry goesOn = new Entry("q", 0, Q.epoch(), 3, false);
        Entry over = new Entry("p", 0, P.epoch(), 5, true);
        Entry unread = new Entry("p", 0, P2.epoch(), Entry.UNKNOWN, true);
        List<Entry> all = List.of(goesOn, over, unread);
        assertEquals(List.of(goesOn), listed(CursorToken.MADE_BY_HAND, all, all));
        assertEquals(List.of(goesOn), listed(HistoryId.UNKNOWN, all, all));
        assertEquals(List.of(goesOn), listed(7, all, all));
    }

    /** Of one that began with this token, and is yet to be told that anything may be missed. */
    private List<Entry> listed(long historyId, List<Entry> from, List<Entry> taken) {
        CursorToken token = new CursorToken(TOPIC, "c", 0, historyId, from, 0);
        FeedSubscription made = FeedSubscription.of(new Opening.Resume(token), feed, this, SETTINGS, 0);
        made.begin(Frontier.EMPTY, Map.of(), notices++);
        return made.listed(new CursorToken(TOPIC, "c", 0, HistoryId.UNKNOWN, taken, 0));
    }

    // ------------------------------------------------------------------ reading (rule S1)

    @Test
    @DisplayName("ruleS1, cutoverReorder: what is at or below the frontier is skipped, and nothing else")
    void skipsWhatWasGiven() {
        began(P);
        feed.messages(P, 1, slices(1, 4));
        subscription = in(feed, SETTINGS, Place.at(P, 2));
        assertEquals(List.of(3L, 4L), given());
        idle();
    }

    @Test
    @DisplayName("stream20: what comes of a stream that is over for the frontier is skipped")
    void skipsWhatIsOver() {
        began(P, Q);
        feed.messages(P, 1, slices(1, 3));
        feed.messages(Q, 1, slices(1, 2));
        ended(feed, P, 3, End.exact(9, 0), true);
        subscription = in(feed, SETTINGS, Place.over(P, 2));
        assertEquals(List.of(1L, 2L), given());
        idle();
        assertTrue(subscription.positions().isOver(P));
    }

    @Test
    @DisplayName("ruleC10: what an awaited member says where it is counts from there on")
    void awaited() {
        subscription = in(feed, SETTINGS, Place.at(P, Place.AWAITED));
        feed.began(P, 7);
        feed.messages(P, 8, slices(8, 9));
        assertEquals(List.of(8L, 9L), given());
    }

    @Test
    @DisplayName("ruleT1: of a place that was not known it is told, where the stream begins here")
    void unknown() {
        subscription = in(feed, SETTINGS, Place.at(P, Place.UNKNOWN));
        feed.began(P, 7);
        feed.messages(P, 8, slices(8, 9));
        assertEquals(List.of(new Gap("p", Reason.POSITION_UNKNOWN, P.epoch(), null, null, P.at(8))), announced());
        subscription.reloaded(null);
        assertEquals(List.of(8L, 9L), given());
    }

    @Test
    @DisplayName("ruleC11: of a stream that was over and that a log has, also what that has lost meanwhile is told")
    void storedAndOverrun() {
        isStoredAndOverrun();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 1, 2)), announced());
        subscription.reloaded(null);
        assertEquals(List.of(3L, 4L), given());
    }

    @Test
    @DisplayName("ruleC11, ruleS3: the same behind another gap, which is told with it")
    void storedAndOverrunBehindAnother() {
        feed.expired(Q, 0, 3, Reason.OVERRUN, 0);
        isStoredAndOverrun();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 1, 2), gap(Q, Reason.OVERRUN, 1, 3)), announced());
        subscription.reloaded(null);
        assertEquals(List.of(3L, 4L), given());
    }

    @Test
    @DisplayName(
            "ruleC11, ruleS5: of a stream that was over and that a log has, what was overwritten unread is asked for")
    void storedAndOverwritten() {
        Feed another = new Feed(SETTINGS);
        subscription = in(
                another, SETTINGS, Place.overUnlessStored(P), Place.at(P2, Place.AWAITED), Place.overUnlessStored(Q));
        another.began(P, 0);
        another.messages(P, 1, slices(1, 4));
        another.ended(P, 4, End.goneOn(4, 0), true);
        another.began(P2, 0);
        another.messages(P2, 1, slices(1, 30));
        asks();
        Frontier at = subscription.placedAt();
        assertEquals(Place.at(P, 0), at.get(P));
        assertEquals(Place.at(P2, 0), at.get(P2));
        assertEquals(Place.overUnlessStored(Q), at.get(Q), "it is not there");
    }

    @Test
    @DisplayName(
            "ruleC11, ruleT1: what a log may have of streams that were over is not known to a token, until the log was read to its own")
    void mayBeStored() {
        Stream next = Stream.of(4, TOPIC, "p");
        settled.add(next.epoch());
        subscription = in(own, SETTINGS, Place.at(P, 2), Place.overUnlessStored(next), Place.at(P2, Place.AWAITED));
        open.put(P2.epoch(), P2);
        assertTrue(token().entries().contains(new Entry("p", next.uid(), next.epoch(), Entry.UNKNOWN, false)));
        subscription.leaveOnceRead();
        assertSame(Step.IDLE, subscription.next(0));
        asks();
        assertEquals(Place.at(next, Place.UNKNOWN), subscription.placedAt().get(next));
    }

    private void isStoredAndOverrun() {
        feed.expired(P, Place.AWAITED, 2, Reason.OVERRUN, 0);
        feed.messages(P, 3, slices(3, 4));
        subscription = in(feed, SETTINGS, Place.overUnlessStored(P), Place.at(Q, 0));
    }

    @Test
    @DisplayName("ruleS1: a gap begins at the frontier + 1, and is dropped when it is empty")
    void expiryBeginsAtItsPosition() {
        began(P);
        feed.messages(P, 1, slices(1, 2));
        assertEquals(List.of(1L, 2L), given());
        feed.expired(P, 2, 5, Reason.OVERRUN, 0);
        assertEquals(List.of(gap(P, Reason.OVERRUN, 3, 3)), announced());
        subscription.reloaded(null);
        feed.expired(P, 5, 5, Reason.OVERRUN, 0);
        feed.messages(P, 6, slices(6, 6));
        assertEquals(List.of(6L), given());
    }

    @Test
    @DisplayName("ruleC3: a position that the producer has never reached leads back")
    void leadsBack() {
        subscription = in(feed, SETTINGS, Place.at(P, 9));
        feed.expired(P, 9, 3, Reason.POSITION_UNKNOWN, 0);
        feed.messages(P, 4, slices(4, 4));
        assertEquals(List.of(new Gap("p", Reason.POSITION_UNKNOWN, P.epoch(), null, null, P.at(4))), announced());
        subscription.reloaded(null);
        assertEquals(List.of(4L), given());
    }

    @Test
    @DisplayName("G1: a hole where none can be is told and counted, once, also if its reload has to wait")
    void aHoleIsToldAndCountedOnce() {
        feed.began(P, 3);
        feed.began(Q, 2);
        feed.messages(P, 4, slices(4, 4));
        feed.messages(Q, 3, slices(3, 3));
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadIntervalNs = 10 * SECOND);
        subscription = in(feed, apart, Place.at(P, 1), Place.at(Q, 0));
        assertEquals(List.of(gap(P, Reason.POSITION_UNKNOWN, 2, 2)), announced());
        assertEquals(1, subscription.violations());
        subscription.reloaded(null);
        assertEquals(List.of(4L), given());
        assertInstanceOf(Step.Waiting.class, subscription.next(SECOND));
        assertInstanceOf(Step.Waiting.class, subscription.next(2 * SECOND));
        assertEquals(List.of(gap(Q, Reason.POSITION_UNKNOWN, 1, 2)), announced(10 * SECOND));
        assertEquals(2, subscription.violations());
        subscription.reloaded(null);
        assertEquals(List.of(3L), given());
    }

    @Test
    @DisplayName(
            "ruleM2: of a stream that comes behind a later one of its log nothing is given, and it is announced once (seed 1000000004535)")
    void nothingIsGivenOutOfTheLogsOrder() {
        Stream own = Stream.of(9, TOPIC, "p");
        stored = stored(own, 2);
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 2));
        feed.ended(P, 2, End.goneOn(2, 0), true);
        feed.began(own, 0);
        feed.messages(own, 1, slices(1, 2));
        subscription = in(feed, SETTINGS, Place.at(P, Place.UNKNOWN), Place.at(own, 1));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), null, null, null)), announced());
        subscription.reloaded(null);
        assertEquals(List.of(2L), given(), "of the later one");
        assertEquals(Step.IDLE, subscription.next(0));
        subscription = in(feed, SETTINGS);
        assertEquals(List.of(1L, 2L), given(), "who has read nothing gets both in order");
    }

    @Test
    @DisplayName(
            "ruleM2: so it is if the log's order is known only when the earlier stream has begun (seed 1000000165627)")
    void orderThatIsKnownLate() {
        settled.add(P.epoch());
        Stream own = Stream.of(9, TOPIC, "p");
        feed.began(own, 0);
        feed.messages(own, 1, slices(1, 1));
        feed.began(P, 0);
        subscription = in(feed, SETTINGS);
        assertEquals(List.of(1L), given());
        assertEquals(Step.IDLE, subscription.next(0));
        stored = stored(own, 2);
        feed.messages(P, 1, slices(1, 2));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), null, null, null)), announced());
        subscription.reloaded(null);
        assertEquals(Step.IDLE, subscription.next(0));
    }

    @Test
    @DisplayName(
            "ruleC11: whoever has read a stream to its end is told once that its node's log has less of it by now (seed 1000000141861)")
    void whatALogHasLost() {
        settled.add(P.epoch());
        Stream own = Stream.of(9, TOPIC, "p");
        subscription = in(feed, SETTINGS, Place.over(P, 6));
        feed.began(own, 0);
        assertEquals(Step.IDLE, subscription.next(0));
        stored = stored(own, 6);
        assertFalse(subscription.hasNext(), "it has all of that");
        stored = stored(own, 3);
        assertTrue(subscription.hasNext(), "also if nothing else comes");
        feed.messages(own, 1, slices(1, 1));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 7L, null, null)), announced());
        assertEquals(6, sequenceOf(P), "elsewhere it is told again until it has reloaded");
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
        assertEquals(Step.IDLE, subscription.next(0));
        assertEquals(3, sequenceOf(P));
    }

    @Test
    @DisplayName(
            "ruleC11: a producer that left is told in front of what its node's log has lost since (seed 1000002004031)")
    void leftBeforeItsLogLostThat() {
        Stream own = Stream.of(9, TOPIC, "p");
        settled.add(P.epoch());
        stored = stored(own, 1);
        subscription = in(feed, unplaced(SETTINGS, Map.of(P, End.exact(3, 0)), Place.at(P, 3)));
        assertEquals(new Step.Left("p", P.at(3)), subscription.next(0));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 4L, null, null)), announced());
        subscription.reloaded(null);
        idle();
    }

    @Test
    @DisplayName(
            "ruleC11: what a log has lost is told in front of its member's messages, also if nobody remembers that stream any more")
    void toldInFrontOfWhatComes() {
        Stream own = Stream.of(9, TOPIC, "p");
        TopicSettings durable = SETTINGS.with(draft -> draft.durable = true);
        subscription = in(feed, durable, Place.over(P, 6));
        began(Q);
        feed.messages(Q, 1, slices(1, 1));
        assertEquals(List.of(1L), given());
        stored = stored(own, Map.of());
        feed.began(own, 0);
        feed.messages(own, 1, slices(1, 1));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 7L, null, null)), announced());
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
        idle();
    }

    @Test
    @DisplayName(
            "ruleC11: who is told by a log's answer that it has lost a stream is not told so again where that log begins")
    void toldByTheLogsAnswer() {
        Stream own = Stream.of(9, TOPIC, "p");
        stored = stored(own, Map.of());
        began(P);
        feed.messages(P, 1, slices(1, 1));
        assertEquals(List.of(1L), given());
        ended(feed, P, 1, End.restarted(own.at(1), 0), true);
        feed.began(own, 0);
        feed.messages(own, 1, slices(1, 1));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_RESTARTED, P.epoch(), 2L, null, own.at(1))), announced());
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
        idle();
    }

    @Test
    @DisplayName(
            "ruleC11: a stream that is announced anyway is not announced a second time, since a log has less of it")
    void announcedOnce() {
        Stream own = Stream.of(9, TOPIC, "p");
        settled.add(P.epoch());
        stored = stored(own, 1);
        subscription = in(feed, unplaced(SETTINGS, Map.of(P, End.exact(5, 0)), Place.at(P, 3)));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 4L, 2L, null)), announced());
        subscription.reloaded(null);
        idle();
    }

    /** The log of that member has so much of the first one. */
    private static EarlierStreams stored(Stream own, long head) {
        return stored(own, Map.of(P, head));
    }

    /** The log of that member has so much of one at most. */
    private static EarlierStreams stored(Stream own, Map<Stream, Long> earlier) {
        Map<Epoch, Long> heads = new HashMap<>();
        earlier.forEach((stream, head) -> heads.put(stream.epoch(), head));
        return new EarlierStreams(
                Map.of(own.epoch(), List.copyOf(earlier.keySet())),
                heads,
                List.of(own),
                Set.of(own.epoch()),
                Set.of(own.epoch()),
                Set.of(),
                Set.of());
    }

    private long sequenceOf(Stream stream) {
        return token().entries().stream()
                .filter(entry -> entry.epoch().equals(stream.epoch()))
                .findFirst()
                .orElseThrow()
                .sequence();
    }

    @Test
    @DisplayName("ruleC11: what a node's log has lost meanwhile is announced, and not given")
    void lostBeforeItWasRead() {
        settled.add(P.epoch());
        Stream own = Stream.of(9, TOPIC, "p");
        began(P);
        feed.messages(P, 1, slices(1, 2));
        assertEquals(List.of(1L, 2L), given());
        stored = stored(own, 2);
        feed.messages(P, 3, slices(3, 4));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 3L, null, null)), announced());
        subscription.reloaded(null);
        feed.messages(P, 5, slices(5, 5));
        assertEquals(Step.IDLE, subscription.next(0));
    }

    @Test
    @DisplayName("a token within a run is of the messages that were handled")
    void tokenWithinARun() {
        began(P);
        feed.messages(P, 1, slices(1, 3));
        Step.Messages messages = assertInstanceOf(Step.Messages.class, subscription.next(0));
        messages.run().handled(2);
        assertEquals(P.at(2), token().positions().get("p"));
        Standpoint first = messages.before().after(1);
        assertEquals(
                P.at(1), subscription.token(first, TOPIC, "c", NOW).positions().get("p"));
    }

    @Test
    @DisplayName("ruleT1: a token that is made later of where it was says nothing of who came and went since")
    void tokenOfBefore() {
        open.put(Q.epoch(), Q);
        began(P);
        feed.messages(P, 1, slices(1, 3));
        Step.Messages messages = assertInstanceOf(Step.Messages.class, subscription.next(0));
        Standpoint first = messages.before().after(1);
        messages.run().handled(3);
        open.clear();
        CursorToken token = subscription.token(first, TOPIC, "c", NOW);
        assertEquals(P.at(1), token.positions().get("p"));
        assertEquals(
                new Entry("q", Q.uid(), Q.epoch(), 0, false), token.entries().get(1), "it was a member then");
    }

    // ------------------------------------------------------------------ reloading (rules S2, S3)

    @Test
    @DisplayName("ruleS2: delivery pauses for the reload, a failed one is tried again, a token meanwhile is of before")
    void pausesForTheReload() {
        began(P);
        feed.messages(P, 1, slices(1, 2));
        given();
        feed.expired(P, 2, 5, Reason.OVERRUN, 0);
        feed.messages(P, 6, slices(6, 7));
        announced();
        assertTrue(subscription.isReloading());
        assertSame(Step.RELOADING, subscription.next(0));
        assertFalse(subscription.hasNext());
        assertEquals(P.at(2), position(P));
        assertEquals(OptionalLong.of(SECOND / 10), subscription.reloadFailed());
        assertEquals(OptionalLong.of(SECOND / 5), subscription.reloadFailed());
        for (int i = 0; i < 9; i++) {
            subscription.reloadFailed();
        }
        assertEquals(OptionalLong.of(2 * SECOND), subscription.reloadFailed());
        assertEquals(P.at(2), token().positions().get("p"));
        subscription.reloaded(null);
        assertEquals(P.at(5), position(P));
        assertEquals(List.of(6L, 7L), given());
    }

    @Test
    @DisplayName("rowO8, ruleS2: a reload is tried so many times in a row, and for ever without a limit")
    void reloadsSoOften() {
        for (int attempts : List.of(3, 0)) {
            Feed read = new Feed(SETTINGS);
            subscription = in(read, SETTINGS.with(draft -> draft.reloadAttempts = attempts));
            for (int missed = 1; missed <= 2; missed++) { // a success begins the count anew
                read.expired(P, missed - 1, missed, Reason.OVERRUN, 0);
                announced();
                subscription.reloadFailed();
                assertTrue(subscription.reloadFailed().isPresent());
                if (missed == 1) {
                    subscription.reloaded(null);
                }
            }
            assertEquals(attempts == 0, subscription.reloadFailed().isPresent());
        }
    }

    @Test
    @DisplayName("ruleS2: no reload ends that has not begun")
    void noReloadUnderWay() {
        assertThrows(IllegalStateException.class, () -> subscription.reloaded(null));
        assertThrows(IllegalStateException.class, () -> subscription.reloadFailed());
    }

    @Test
    @DisplayName("ruleS3: all notices that are there are handed over together; what came between is covered")
    void oneReloadForAllNotices() {
        began(P, Q);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        feed.messages(P, 4, slices(4, 5));
        ended(feed, Q, 0, End.lost(0), true);
        feed.expired(P, 5, 9, Reason.OVERRUN, 0);
        feed.messages(P, 10, slices(10, 10));
        Gap lost = new Gap("q", Reason.PRODUCER_LOST, Q.epoch(), 1L, null, null);
        assertEquals(List.of(gap(P, Reason.OVERRUN, 1, 9), lost), announced());
        subscription.reloaded(null);
        assertEquals(List.of(10L), given());
        idle();
    }

    @Test
    @DisplayName("ruleS3: a notice that arrives after the reload began needs another one")
    void laterExpiryNeedsAnotherReload() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        announced();
        feed.expired(P, 3, 5, Reason.OVERRUN, 0);
        subscription.reloaded(null);
        assertEquals(List.of(gap(P, Reason.OVERRUN, 4, 2)), announced());
    }

    /** It has read 1, and was told of 2 and 3 a moment ago; it reloads every ten seconds. */
    private void paced(Feed read) {
        subscription = in(read, SETTINGS.with(draft -> draft.reloadIntervalNs = 10 * SECOND));
        read.began(P, 0);
        read.messages(P, 1, slices(1, 1));
        assertEquals(List.of(1L), given());
        read.expired(P, 1, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(null);
        read.messages(P, 4, slices(4, 4));
        assertEquals(List.of(4L), given());
    }

    @Test
    @DisplayName("rowO4, ruleS3: two reloads are apart, and what is missed meanwhile is told with the second")
    void reloadsApart() {
        paced(feed);
        feed.expired(P, 4, 6, Reason.OVERRUN, 0);
        waits(SECOND);
        feed.messages(P, 7, slices(7, 7));
        feed.expired(P, 7, 9, Reason.OVERRUN, 0);
        feed.messages(P, 10, slices(10, 10));
        waits(9 * SECOND);
        assertEquals(List.of(gap(P, Reason.OVERRUN, 5, 5)), announced(10 * SECOND));
        subscription.reloaded(null);
        assertEquals(List.of(10L), given());
    }

    private void waits(long nowNs) {
        assertEquals(new Step.Waiting(10 * SECOND), subscription.next(nowNs));
        assertTrue(subscription.isWaiting());
        assertFalse(subscription.hasNext());
        assertFalse(subscription.isReloading());
        assertEquals(P.at(4), position(P));
    }

    @Test
    @DisplayName("rowO4, ruleS3: what becomes known while a reload waits does not put it off")
    void waitsForItsOwnTime() {
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadJitterNs = 4 * SECOND);
        subscription = FeedSubscription.of(new Opening.Latest(), feed, this, apart, 1);
        subscription.begin(at(Place.at(P, 0)), Map.of(), 0);
        subscription.goOn(new ReadOn.In(feed, feed.attach(1, 0)));
        feed.expired(P, 0, 5, Reason.OVERRUN, 0);
        assertEquals(new Step.Waiting(4 * SECOND), subscription.next(0));
        feed.messages(P, 6, slices(6, 6));
        assertEquals(new Step.Waiting(4 * SECOND), subscription.next(2 * SECOND), "not put off");
        announced(4 * SECOND);
        subscription.reloaded(null);
        feed.expired(P, 6, 8, Reason.OVERRUN, 0);
        assertEquals(List.of(6L), given());
        assertEquals(new Step.Waiting(9 * SECOND), subscription.next(5 * SECOND));
    }

    // ------------------------------------------------------------------ what a reload reflects (rule S4)

    @Test
    @DisplayName("ruleS4: what the reload reflects is not delivered again, in that stream, and never back")
    void skipsWhatTheReloadReflects() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        feed.messages(P, 4, slices(4, 7));
        announced();
        subscription.reloaded(reflects(P, 6));
        assertEquals(List.of(7L), given());
        feed.expired(P, 7, 8, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P2, 99));
        assertEquals(P.at(8), position(P));
        feed.expired(P, 8, 9, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P, 2));
        assertEquals(P.at(9), position(P));
        idle();
    }

    @Test
    @DisplayName("ruleS4: of a stream that has come to its end here nothing goes on")
    void reflectsWhatIsOver() {
        began(P);
        ended(feed, P, 0, End.lost(0), true);
        announced();
        subscription.reloaded(reflects(P, 6));
        assertEquals(Place.over(P, 0), subscription.positions().get(P));
    }

    @Test
    @DisplayName("ruleS4: what a first load reflects is not delivered, also of members that the frontier does not list")
    void loaded() {
        open.put(Q.epoch(), Q);
        subscription.next(0);
        subscription.loaded(reflects(Q, 2));
        assertEquals(Q.at(2), position(Q));
        subscription.loaded(reflects(P2, 2));
        assertNull(position(P2), "nobody knows it");
        subscription.next(0); // it asks, since nobody here has heard of two messages
        began(Q);
        feed.messages(Q, 1, slices(1, 4));
        goesOn(feed);
        assertEquals(List.of(3L, 4L), given());
    }

    @Test
    @DisplayName(
            "ruleS4: nothing goes on in a stream of which nothing was read while an earlier one of its node is open (seed 1000000054608)")
    void reflectsWhatComesLater() {
        began(P);
        began(P2);
        feed.messages(P, 1, slices(1, 2));
        given();
        feed.expired(P, 2, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P2, 5));
        assertEquals(P2.at(0), position(P2));
    }

    @Test
    @DisplayName("ruleS4, S5: where a reload reflects more than any feed has heard of, it asks where to read on")
    void reflectsMoreThanItsFeedHas() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P, 900));
        assertTrue(subscription.hasNext());
        asks();
        assertEquals(Place.at(P, 900), subscription.placedAt().get(P));
        subscription.goOn(ReadOn.STAY);
        feed.messages(P, 4, slices(4, 5));
        idle();
        assertFalse(subscription.asks(), "once");
    }

    @Test
    @DisplayName(
            "ruleS4: what the producer said that it never had is not claimed again, until a feed has heard of so much")
    void claimsOnce() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P, 900));
        asks();
        assertTrue(subscription.claims());
        Feed its = new Feed(SETTINGS);
        its.expired(P, 900, 3, Reason.POSITION_UNKNOWN, 0);
        subscription.goOn(new ReadOn.In(its, its.attach(1, 0)));
        assertEquals(Reason.POSITION_UNKNOWN, announced().get(0).reason());
        assertTrue(subscription.claims(), "until the reload has succeeded");
        subscription.reloaded(reflects(P, 901));
        assertEquals(P.at(3), position(P));
        assertFalse(subscription.claims());
        asks();
        goesOn(feed);
        feed.messages(P, 4, slices(4, 6));
        assertEquals(List.of(4L, 5L, 6L), given());
        feed.expired(P, 6, 8, Reason.OVERRUN, 0);
        feed.messages(P, 9, slices(9, 11));
        announced();
        subscription.reloaded(reflects(P, 10));
        assertEquals(P.at(10), position(P));
    }

    @Test
    @DisplayName("rowO7: who asked where to read on, and is paused, is behind by what it lacks there")
    void isBehindWhereItReadsOn() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P, 900));
        asks();
        Feed its = new Feed(SETTINGS);
        its.began(P, 900);
        subscription.goOn(new ReadOn.In(its, its.attach(its.head() + 1, 0)));
        assertEquals(0, subscription.lag());
        its.messages(P, 901, slices(901, 903));
        assertEquals(3, subscription.lag());
        assertTrue(subscription.behindSinceMs().isPresent());
        assertEquals(List.of(901L, 902L, 903L), given());
        idle();
        assertEquals(0, subscription.lag());
    }

    @Test
    @DisplayName("ruleS4: what a reload claimed is asked for, also if another reload comes before")
    void claimsBehindAnotherReload() {
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        announced();
        subscription.reloaded(reflects(P, 900));
        notices++;
        announced();
        subscription.reloaded(null);
        asks();
        assertTrue(subscription.claims());
    }

    @Test
    @DisplayName(
            "ruleS5: who asks and stays has its places as before, also those that other feeds may not say (seed 1000002039132)")
    void staysWhereItWas() {
        Stream next = Stream.of(9, TOPIC, Q.node());
        settled.add(Q.epoch());
        began(P);
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        subscription = in(feed, SETTINGS, Place.at(P, 0), Place.overUnlessStored(Q), Place.at(next, Place.AWAITED));
        subscription.becomeReady();
        announced();
        subscription.reloaded(reflects(P, 900));
        asks();
        assertEquals(Place.at(Q, Place.UNKNOWN), subscription.placedAt().get(Q), "another feed may lack it");
        assertEquals(Place.at(next, Place.UNKNOWN), subscription.placedAt().get(next));
        subscription.goOn(ReadOn.STAY);
        idle();
        assertEquals(Place.overUnlessStored(Q), subscription.positions().get(Q));
        assertEquals(Place.at(next, Place.AWAITED), subscription.positions().get(next));
    }

    // ------------------------------------------------------------------ asking where to read on (rule S5)

    @Test
    @DisplayName("ruleS6: whom its feed has gone on past asks where to read on, and is told nothing")
    void overtakenAsks() {
        began(P);
        feed.messages(P, 1, slices(1, 1));
        given();
        feed.messages(P, 2, slices(2, 12));
        assertTrue(subscription.hasNext());
        asks();
        assertTrue(feed.takeAsked());
        assertTrue(subscription.isOvertaken());
        assertTrue(subscription.isCatchingUp());
        assertTrue(subscription.isPressed(), "its consumer is told");
        own.began(P, 1);
        own.messages(P, 2, slices(2, 6));
        goesOn(own);
        assertEquals(List.of(2L, 3L, 4L, 5L, 6L), given());
    }

    @Test
    @DisplayName("ruleS5, cutoverDrop: it asks for the shared feed once that covers it, without gap or repetition")
    void movesToTheSharedFeed() {
        feed.began(P, 5);
        feed.messages(P, 6, slices(6, 9));
        own.began(P, 2);
        own.messages(P, 3, slices(3, 4));
        subscription = in(own, SETTINGS, Place.at(P, 2));
        assertTrue(subscription.hasNext());
        assertEquals(List.of(3L, 4L), given());
        idle();
        own.messages(P, 5, slices(5, 7));
        assertEquals(List.of(5L, 6L, 7L), given());
        assertTrue(subscription.hasNext());
        asks();
        goesOn(feed);
        assertEquals(List.of(8L, 9L), given());
        assertFalse(subscription.isCatchingUp());
        idle();
    }

    @Test
    @DisplayName("ruleS5: not before its own feed has nothing left to tell")
    void tellsBeforeItMoves() {
        own.began(P, 0);
        own.expired(P, 0, 2, Reason.OVERRUN, 0);
        feed.began(P, 2);
        subscription = in(own, SETTINGS, Place.at(P, 0));
        announced();
        subscription.reloaded(null);
        asks();
    }

    @Test
    @DisplayName("ruleS5: not before its own feed has said where a stream begins: the shared one may have less of it")
    void staysUntilItsPlaceIsKnown() {
        own.began(P, 2);
        feed.began(P, 2);
        feed.began(Q, 0);
        feed.messages(Q, 1, slices(1, 3));
        subscription = in(own, SETTINGS, Place.at(P, 2), Place.at(Q, Place.UNKNOWN));
        idle();
        own.began(Q, 0);
        assertSame(Step.IDLE, subscription.next(0));
        asks();
        goesOn(feed);
        assertEquals(List.of(1L, 2L, 3L), given());
    }

    @Test
    @DisplayName(
            "ruleS5: who is told that anything may be missed does not wait for what has ended in the shared feed, too")
    void toldThatAnythingMayBeMissed() {
        own.began(P, 2);
        feed.began(P, 2);
        feed.began(Q, 4);
        feed.messages(Q, 5, slices(5, 5));
        ended(feed, Q, 5, End.exact(5, 0), true);
        subscription = in(own, SETTINGS, Place.at(P, 2));
        idle();
        notices = 1;
        announced();
        subscription.reloaded(null);
        asks();
    }

    private void asksForTheSharedFeed() {
        feed.began(P, 2);
        own.began(P, 2);
        subscription = in(own, SETTINGS, Place.at(P, 2));
        assertSame(Step.IDLE, subscription.next(0));
        asks();
    }

    @Test
    @DisplayName("stream26: one that was refused goes on where it is, and asks again only once something has changed")
    void asksAgainOnceSomethingHasChanged() {
        asksForTheSharedFeed();
        subscription.goOn(ReadOn.STAY);
        assertTrue(subscription.isCatchingUp());
        idle();
        own.messages(P, 3, slices(3, 3));
        feed.messages(P, 3, slices(3, 3));
        assertEquals(List.of(3L), given());
        idle();
        changes++;
        assertTrue(subscription.hasNext());
        asks();
    }

    @Test
    @DisplayName(
            "ruleS5: one that had to leave the shared feed again comes back, though nothing has changed (seed 30151959)")
    void comesBackTwice() {
        asksForTheSharedFeed();
        goesOn(feed);
        idle();
        feed.messages(P, 3, slices(3, 20));
        assertSame(Step.IDLE, subscription.next(0));
        assertTrue(subscription.asks(), "it is overtaken");
        Feed another = new Feed(SETTINGS);
        another.began(P, 2);
        another.messages(P, 3, slices(3, 8));
        goesOn(another);
        given();
        another.messages(P, 9, slices(9, 14));
        given();
        assertSame(Step.IDLE, subscription.next(0));
        assertTrue(subscription.asks(), "the shared feed has what it lacks");
    }

    @Test
    @DisplayName(
            "stream26: overtaken on the way, before it reads anything there, it is told, and does not ask for ever")
    void overtakenOnItsWay() {
        overtakenTwice();
        announced();
        subscription.reloaded(null);
        assertFalse(subscription.asks());
    }

    @Test
    @DisplayName("ruleS3: who is overtaken again at once is told, and leaves out some of what is there, too")
    void overtakenAgain() {
        overtakenTwice();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 3, 10)), announced(), "four that fell out, and six of eight");
        subscription.reloaded(null);
        assertEquals(List.of(13L, 14L), given());
    }

    /** Its feed has gone on past it, and that in which it read on then has, too. */
    private void overtakenTwice() {
        subscription = in(feed, SETTINGS, Place.at(P, 2));
        Feed next = new Feed(SETTINGS);
        next.began(P, 2);
        feed.began(P, 2);
        feed.messages(P, 3, slices(3, 12));
        asks();
        goesOn(next);
        feed.messages(P, 13, slices(13, 30));
        next.messages(P, 3, slices(3, 14));
    }

    @Test
    @DisplayName("ruleS3, G6: nothing but messages is left out")
    void overtakenAgainByNotices() {
        subscription = in(feed, SETTINGS, Place.at(P, 2));
        Feed next = new Feed(SETTINGS);
        next.began(P, 2);
        feed.began(P, 2);
        feed.messages(P, 3, slices(3, 12));
        asks();
        goesOn(next);
        next.messages(P, 3, slices(3, 13));
        next.began(Q, 0);
        next.messages(P, 14, slices(14, 14));
        assertEquals(List.of(gap(P, Reason.OVERRUN, 3, 5)), announced(), "what the feed has dropped");
    }

    @Test
    @DisplayName("backpressure, ruleS3: where nobody waits it is told of all that fell out, and of ends among that")
    void overtakenWithBackpressure() {
        subscription = in(feed, SETTINGS.with(draft -> draft.overflow = Overflow.BACKPRESSURE));
        began(P, Q);
        feed.messages(P, 1, slices(1, 3));
        assertEquals(List.of(1L, 2L, 3L), given());
        ended(feed, P, 3, End.exact(3, 0), true);
        feed.messages(Q, 1, slices(1, 9));
        assertEquals(List.of(gap(Q, Reason.OVERRUN, 1, 1)), announced());
        subscription.reloaded(null);
        assertTrue(token().positions().containsKey("p"), "its end is still to be told");
        assertEquals(new Step.Left("p", P.at(3)), subscription.next(0));
        assertFalse(token().positions().containsKey("p"));
        assertEquals(8, given().size());
    }

    @Test
    @DisplayName("ruleS3: who is only told has no interval, and need not wait if it is overtaken again at once")
    void onlyTold() {
        TopicSettings apart = SETTINGS.with(draft -> {
            draft.reloadIntervalNs = 10 * SECOND;
            draft.reloadJitterNs = 4 * SECOND;
        });
        subscription = FeedSubscription.of(new Opening.Latest(), feed, this, apart, 0.5)
                .telling();
        subscription.begin(at(Place.at(P, 0)), Map.of(), 0);
        subscription.goOn(new ReadOn.In(feed, feed.attach(1, 0)));
        feed.expired(P, 0, 3, Reason.OVERRUN, 0);
        assertEquals(new Step.Waiting(2 * SECOND), subscription.next(0), "others may have to, too");
        announced(2 * SECOND);
        subscription.reloaded(null);
        feed.messages(P, 4, slices(4, 14));
        asks();
        Feed next = new Feed(SETTINGS);
        next.expired(P, 3, 3, Reason.OVERRUN, 0);
        subscription.goOn(new ReadOn.In(next, next.attach(1, 0)));
        next.messages(P, 4, slices(4, 14));
        announced(2 * SECOND);
    }

    // ------------------------------------------------------------------ who asks, and is ready

    @Test
    @DisplayName("ruleC9: who is ready, and asks, counts what comes before a member says where it is")
    void awaitedBecomesUnknown() {
        settled.add(P2.epoch());
        subscription = in(feed, SETTINGS, Place.at(P, Place.AWAITED), Place.over(P2, Place.AWAITED));
        subscription.becomeReady();
        began(Q);
        feed.messages(Q, 1, slices(1, 9));
        asks();
        assertEquals(Place.at(P, Place.UNKNOWN), subscription.placedAt().get(P));
        assertEquals(Place.over(P2, Place.AWAITED), subscription.placedAt().get(P2));
    }

    @Test
    @DisplayName("stream22: where it is placed it is told where a stream begins of which it did not know its place")
    void toldWhereItBegins() {
        feed.began(P, 300);
        subscription = unplaced(SETTINGS, Place.at(P, Place.UNKNOWN));
        goesOn(feed);
        assertEquals(List.of(new Gap("p", Reason.POSITION_UNKNOWN, P.epoch(), null, null, P.at(301))), announced());
        subscription.reloaded(null);
        assertEquals(P.at(300), position(P));
    }

    @Test
    @DisplayName("ruleS5: of a stream that begins there with its first message it has missed nothing")
    void missedNothingOfAStreamThatBegins() {
        feed.began(P, 0);
        subscription = unplaced(SETTINGS, Place.at(P, Place.UNKNOWN));
        goesOn(feed);
        feed.messages(P, 1, slices(1, 2));
        assertEquals(List.of(1L, 2L), given());
    }

    @Test
    @DisplayName(
            "ruleF2: a producer that left is told in front of what is missing of its successor, whatever comes together")
    void whoLeftIsToldInFrontOfItsSuccessor() {
        began(P);
        feed.messages(P, 1, slices(1, 2));
        subscription = in(feed, SETTINGS.with(draft -> draft.overflow = Overflow.BACKPRESSURE), Place.at(P, 2));
        ended(feed, P, 2, End.exact(2, 7), true);
        began(P2);
        feed.messages(P2, 1, slices(1, 12));
        assertEquals(new Step.Left("p", P.at(2)), subscription.next(0));
        assertEquals(List.of(gap(P2, Reason.OVERRUN, 1, 4)), announced());
        subscription.reloaded(null);
        assertEquals(List.of(5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L), given());
    }

    @Test
    @DisplayName(
            "ruleF2: also if that is known from the beginning; who lacks some of it is told that it is over, and no more")
    void whoLeftBeforeItBeganIsToldInFront() {
        Map<Stream, End> ends = new LinkedHashMap<>();
        ends.put(P, End.exact(2, 7));
        ends.put(P2, End.lost(7));
        subscription = in(feed, unplaced(SETTINGS, ends, Place.at(P, 2)));
        assertEquals(new Step.Left("p", P.at(2)), subscription.next(0));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P2.epoch(), null, null, null)), announced());
        subscription.reloaded(null);
        idle();
    }

    @Test
    @DisplayName("ruleS5: where it is placed it is told of ends that it would not read there, in front of everything")
    void toldOfEnds() {
        feed.began(Q, 0);
        feed.messages(Q, 1, slices(1, 1));
        subscription = unplaced(SETTINGS, Place.at(P, 4), Place.at(P2, 2));
        settled.addAll(List.of(P.epoch(), P2.epoch()));
        Map<Stream, End> ended = new LinkedHashMap<>();
        ended.put(P, End.exact(6, 0));
        ended.put(P2, End.exact(2, 0));
        subscription.goOn(new ReadOn.In(feed, feed.attach(1, 0), ended, false, Map.of()));
        assertTrue(subscription.hasNext());
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 5L, 2L, null)), announced());
        subscription.reloaded(null);
        assertEquals(new Step.Left("p", P2.at(2)), subscription.next(0));
        assertEquals(List.of(1L), given());
        assertTrue(subscription.positions().isOver(P));
        idle();
    }

    @Test
    @DisplayName("ruleC7: where a successor is over for it by then it is not told that its node goes on there")
    void notToldOfASuccessorThatIsOver() {
        subscription = unplaced(SETTINGS, Map.of(P, End.restarted(P2.at(1), 0)), Place.at(P, 4));
        settled.addAll(List.of(P.epoch(), P2.epoch()));
        Map<Epoch, Place> passed = Map.of(P2.epoch(), Place.over(P2, 7));
        subscription.goOn(new ReadOn.In(feed, feed.attach(1, 0), Map.of(), false, Map.of(), passed));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 5L, null, null)), announced());
        subscription.reloaded(null);
        assertTrue(subscription.positions().isOver(P2));
        idle();
    }

    @Test
    @DisplayName(
            "ruleC7: who is told where a node goes on stands there, and does not pass that stream untold (seed 3000000201176)")
    void standsWhereTheNodeGoesOn() {
        open.put(P2.epoch(), P2);
        subscription = in(feed, unplaced(SETTINGS, Map.of(P, End.restarted(P2.at(1), 0)), Place.at(P, 4)));
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_RESTARTED, P.epoch(), 5L, null, P2.at(1))), announced());
        subscription.reloaded(null);
        assertEquals(Place.at(P2, 0), subscription.positions().get(P2));
        idle();
    }

    @Test
    @DisplayName("ruleF3: where it is placed so late that ends were forgotten it is told that nobody knows")
    void toldThatNobodyKnows() {
        subscription = unplaced(SETTINGS);
        subscription.goOn(new ReadOn.In(feed, feed.attach(1, 0), Map.of(), true, Map.of()));
        assertEquals(List.of(new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null)), announced());
        subscription.reloaded(null);
        idle();
    }

    @Test
    @DisplayName(
            "ruleS5: the end of a stream that another one's token named, and nobody here had heard of, is none for it")
    void strangers() {
        ended(feed, P, 7, End.lost(0).ofStranger(), true);
        feed.began(Q, 0);
        ended(feed, Q, 0, End.lost(0), true);
        subscription = in(feed, SETTINGS);
        assertEquals(List.of(Q.epoch()), announced().stream().map(Gap::epoch).toList());
        subscription.reloaded(null);
        idle();
        assertNull(subscription.positions().get(P));
    }

    @Test
    @DisplayName("G2: one that was taken for lost, and is there after all, goes on where it was")
    void takenForLost() {
        subscription = in(feed, SETTINGS, Place.at(P, 2));
        ended(feed, P, 2, End.lost(0).ofStranger(), true);
        announced();
        subscription.reloaded(null);
        assertEquals(Place.lost(P, 2), subscription.positions().get(P));
        feed.began(P, 2);
        feed.messages(P, 3, slices(3, 4));
        assertEquals(List.of(3L, 4L), given());
        assertEquals(Place.at(P, 4), subscription.positions().get(P));
        idle();
    }

    @Test
    @DisplayName(
            "G2: who was told that one was taken for lost is not told so again where a later log had it (seed 1000000789789)")
    void takenForLostAndInALog() {
        strangers.add(P.epoch());
        subscription = in(feed, SETTINGS, Place.lost(P, 2));
        ended(feed, P, 11, End.lost(0), true);
        idle();
        strangers.clear();
        subscription = in(feed, SETTINGS, Place.lost(P, 2));
        assertEquals(List.of(P.epoch()), announced().stream().map(Gap::epoch).toList(), "it was a member since");
    }

    @Test
    @DisplayName("G2: who comes to such an end when its incarnation is there is told nothing, and goes on")
    void takenForLostBefore() {
        subscription = in(feed, SETTINGS, Place.at(P, 2));
        ended(feed, P, 0, End.lost(0).ofStranger(), true);
        open.put(P.epoch(), P);
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 4));
        assertEquals(List.of(3L, 4L), given());
        idle();
    }

    @Test
    @DisplayName(
            "G1: a stream that was announced as lost, and begins here further on, goes on there, and is told (seed 41191986)")
    void lostAndBeginsFurtherOn() {
        subscription = in(feed, SETTINGS, Place.lost(P, 2));
        open.put(P.epoch(), P);
        feed.began(P, 4);
        feed.messages(P, 5, slices(5, 6));
        assertEquals(List.of(new Gap("p", Reason.POSITION_UNKNOWN, P.epoch(), 3L, 2L, P.at(5))), announced());
        subscription.reloaded(null);
        assertEquals(List.of(5L, 6L), given());
        assertEquals(0, subscription.violations());
    }

    // ------------------------------------------------------------------ what it is told first

    @Test
    @DisplayName("ruleT2: who resumes is told first what ended since, and goes on behind it")
    void pendingIsToldFirst() {
        CursorToken token =
                new CursorToken(TOPIC, "c", 5, Given.HISTORY, List.of(new Entry("p", 1, P.epoch(), 4, false)), 0);
        subscription = FeedSubscription.of(new Opening.Resume(token), feed, this, SETTINGS, 0);
        assertEquals(token, token(), "as long as its consumer has not begun it");
        assertFalse(subscription.asks());
        subscription.begin(at(Place.at(P, 4)), Map.of(P, End.exact(9, 0), Q, End.lost(0)), 0);
        assertTrue(subscription.asks());
        assertEquals(5, token().timeMs(), "it knows nothing of what ended later");
        assertEquals(P.at(4), token().positions().get("p"));
        assertTrue(subscription.placedAt().isOver(P));
        goesOn(feed);
        feed.began(P2, 0);
        feed.messages(P2, 1, slices(1, 1));
        Gap ofP = new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 5L, 5L, null);
        Gap ofQ = new Gap("q", Reason.PRODUCER_LOST, Q.epoch(), null, null, null);
        assertEquals(List.of(ofP, ofQ), announced());
        assertEquals(5, token().timeMs(), "it may fail");
        subscription.reloaded(null);
        assertEquals(9_000, token().timeMs());
        assertEquals(List.of(1L), given());
    }

    @Test
    @DisplayName("ruleM4: that something is missed of nobody knows whom is told once, in front of what comes")
    void noticesAreToldOnce() {
        began(P);
        assertSame(Step.IDLE, subscription.next(0));
        notices = 2;
        assertTrue(subscription.hasNext());
        feed.messages(P, 1, slices(1, 1));
        Gap unknown = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);
        assertEquals(List.of(unknown), announced());
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        subscription.reloaded(null);
        assertEquals(Given.HISTORY, token().historyId());
        assertEquals(List.of(1L), given());
        idle();
    }

    @Test
    @DisplayName("ruleT1: whose token left out messages says so until it was told and has reloaded")
    void leftOut() {
        CursorToken token = new CursorToken(TOPIC, "c", 5, Given.HISTORY, List.of(), 77);
        subscription = FeedSubscription.of(new Opening.Resume(token, true), feed, this, SETTINGS, 0);
        subscription.filteredBy(5);
        subscription.begin(at(), Map.of(), -1);
        goesOn(feed);
        assertEquals(77, token().filter());
        announced();
        assertEquals(77, token().filter());
        subscription.reloaded(null);
        assertEquals(5, token().filter());
    }

    // ------------------------------------------------------------------ the ends of producers

    @Test
    @DisplayName("ruleC6: a producer that left is an event, and no loss")
    void left() {
        began(P);
        feed.messages(P, 1, slices(1, 1));
        ended(feed, P, 1, End.exact(1, 0), true);
        given();
        assertEquals(new Step.Left("p", P.at(1)), subscription.next(0));
        assertEquals(Map.of(), token().positions());
        idle();
    }

    @Test
    @DisplayName("stream16: what is unread in front of an end is given first, then the end is announced")
    void readsUpToTheEnd() {
        began(P);
        feed.messages(P, 1, slices(1, 3));
        ended(feed, P, 3, End.restarted(P2.at(1), 0), true);
        feed.began(P2, 0);
        feed.messages(P2, 1, slices(1, 1));
        settled.add(P.epoch());
        assertEquals(List.of(1L, 2L, 3L), given());
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_RESTARTED, P.epoch(), 4L, null, P2.at(1))), announced());
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
    }

    @Test
    @DisplayName("ruleC7: a restart is told once; what the successor's ring has lost is an overrun of its own stream")
    void restartIsToldOnce() {
        began(P);
        feed.messages(P, 1, slices(1, 3));
        ended(feed, P, 3, End.restarted(P2.at(1), 0), true);
        feed.expired(P2, Place.AWAITED, 5, Reason.OVERRUN, 0);
        settled.add(P.epoch());
        given();
        Gap restart = new Gap("p", Reason.PRODUCER_RESTARTED, P.epoch(), 4L, null, P2.at(1));
        Gap overrun = new Gap("p", Reason.OVERRUN, P2.epoch(), 1L, 5L, P2.at(6));
        assertEquals(List.of(restart, overrun), announced());
    }

    @Test
    @DisplayName("ruleC7, T2: what is missed of one that left, and said what it published, has a number")
    void lostWithANumber() {
        began(P);
        feed.messages(P, 1, slices(1, 3));
        given();
        ended(feed, P, 3, End.exact(5, 0), true);
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, P.epoch(), 4L, 2L, null)), announced());
        subscription.reloaded(null);
        assertEquals(Map.of(), token().positions());
        idle();
    }

    @Test
    @DisplayName("ruleF3: The frontier forgets what is over once nobody remembers it; what may turn up it keeps")
    void forgets() {
        settled.add(P.epoch());
        subscription =
                in(feed, SETTINGS, Place.over(P, 3), Place.over(Q, 3), Place.lost(P2, 3), Place.at(stream(9), 0));
        idle();
        assertEquals(Set.of(P.epoch(), P2.epoch(), stream(9).epoch()), epochs());
        settled.clear();
        open.put(P.epoch(), P);
        idle();
        assertEquals(3, epochs().size());
        open.clear();
        strangers.add(P.epoch());
        idle();
        assertEquals(3, epochs().size(), "others have yet to read it");
        strangers.clear();
        idle();
        assertEquals(2, epochs().size());
    }

    private static Stream stream(long uid) {
        return Stream.of(uid, TOPIC, "n" + uid);
    }

    private Set<Epoch> epochs() {
        Set<Epoch> epochs = new HashSet<>();
        subscription
                .positions()
                .places()
                .forEach(place -> epochs.add(place.stream().epoch()));
        return epochs;
    }

    // ------------------------------------------------------------------ closing, and leaving

    private static Feed full() {
        Feed full = new Feed(SETTINGS.with(draft -> draft.overflow = Overflow.BACKPRESSURE));
        full.began(P, 0);
        full.messages(P, 1, slices(1, 8));
        return full;
    }

    private static void nobodyWaitsFor(Feed full) {
        assertEquals(SETTINGS.windowBytes(), full.grantBytes());
    }

    @Test
    @DisplayName("backpressure: nobody waits for a subscription that was closed")
    void closed() {
        Feed full = full();
        subscription = in(full, SETTINGS);
        assertEquals(0, full.grantBytes());
        subscription.next(0);
        subscription.close();
        nobodyWaitsFor(full);
    }

    @Test
    @DisplayName(
            "backpressure: nor if it is closed before it goes on where it was placed, or is placed once it is closed")
    void closedWhileItIsPlaced() {
        Feed full = full();
        subscription = in(full, SETTINGS);
        subscription.close();
        nobodyWaitsFor(full);
        Feed other = full();
        subscription = unplaced(SETTINGS);
        subscription.close();
        subscription.goOn(new ReadOn.In(other, other.attach(1, 0)));
        nobodyWaitsFor(other);
    }

    @Test
    @DisplayName("backpressure: nor for one that was closed and is read once more")
    void closedAndRead() {
        Feed full = full();
        subscription = in(full, SETTINGS);
        subscription.close();
        subscription.next(0);
        nobodyWaitsFor(full);
    }

    @Test
    @DisplayName("backpressure: nor where it has read, once it reads elsewhere")
    void movedAway() {
        feed.began(P, 5);
        Feed before = full();
        subscription = in(before, SETTINGS, Place.at(P, 0));
        assertEquals(8, given().size());
        feed.messages(P, 6, slices(6, 9));
        before.messages(P, 9, slices(9, 12));
        asks();
        goesOn(feed);
        assertEquals(List.of(9L), given());
        before.messages(P, 13, slices(13, 30));
        nobodyWaitsFor(before);
    }

    @Test
    @DisplayName("stream25: whose reader is gone reads what there is, and asks then")
    void leavesOnceRead() {
        own.began(P, 0);
        own.messages(P, 1, slices(1, 3));
        subscription = in(own, SETTINGS);
        subscription.leaveOnceRead();
        assertEquals(List.of(1L, 2L, 3L), given());
        asks();
        assertEquals(Place.at(P, 3), subscription.placedAt().get(P));
    }
}
