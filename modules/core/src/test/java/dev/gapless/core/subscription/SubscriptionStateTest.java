package dev.gapless.core.subscription;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Limits;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.Passed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Vector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SubscriptionStateTest {
    private static final TopicSettings SETTINGS = Given.ring(8);
    private static final LogIdentity NEXT_LOG = LogIdentity.fresh(new Epoch(8), 0);
    private static final LogIdentity LAST_LOG = LogIdentity.fresh(new Epoch(9), 0);

    private final Eras eras = new Eras();
    private final Era p = eras.of("p", LOG, 0);
    private final Era q = eras.of("q", LOG, 0);
    private final Feed feed = new Feed(SETTINGS);
    private final Feed own = new Feed(SETTINGS.forCatchUp());
    private SubscriptionState subscription = SubscriptionState.live(feed, 1, Vector.EMPTY, SETTINGS, 0, 0);

    private List<Long> given() {
        MessageRun run =
                assertInstanceOf(Step.Messages.class, subscription.next(0)).run();
        run.handled(run.messages().size());
        return run.messages().stream().map(m -> m.sequence()).toList();
    }

    private List<Gap> told() {
        return assertInstanceOf(Step.Missed.class, subscription.next(0)).gaps();
    }

    private void idle() {
        assertSame(Step.IDLE, subscription.next(0));
        assertFalse(subscription.hasNext());
        assertEquals(0, subscription.violations());
    }

    private Map<String, Position> token() {
        return subscription.token(TOPIC, "c", Given.NOW).positions();
    }

    private static Gap gap(Reason reason, long first, long missed) {
        Position resumesAt = new Position(EPOCH, first + missed);
        return new Gap("p", reason, EPOCH, first, missed, resumesAt);
    }

    private static CursorToken positions(String node, Position position) {
        Map<String, Position> positions = new HashMap<>();
        positions.put(node, position);
        return new CursorToken(TOPIC, "c", 0, positions);
    }

    private void resume(String node, Position position) {
        CursorToken token = positions(node, position);
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(token), token, SETTINGS, 0, 0);
    }

    @Test
    @DisplayName("G1: a hole where none can be is told and counted, once, also if its reload has to wait")
    void aHoleIsToldAndCountedOnce() {
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadIntervalNs = 10 * SECOND);
        subscription = SubscriptionState.live(feed, 1, Vector.of(Map.of()), apart, 0, 0);
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 1));
        feed.messages(p, 4, slices(4, 4));
        assertEquals(List.of(1L), given());
        assertEquals(List.of(gap(Reason.POSITION_UNKNOWN, 2, 2)), told());
        assertEquals(1, subscription.violations());
        subscription.reloaded(null);
        assertEquals(List.of(4L), given());
        feed.messages(p, 6, slices(6, 6));
        assertInstanceOf(Step.Waiting.class, subscription.next(SECOND));
        assertTrue(subscription.isWaiting());
        assertInstanceOf(Step.Missed.class, subscription.next(10 * SECOND));
        assertFalse(subscription.isWaiting());
        assertEquals(2, subscription.violations());
    }

    // ------------------------------------------------------------------ S1, S2

    @Test
    @DisplayName("ruleS1, cutoverReorder: what is at or below V is skipped, and nothing else")
    void skipsWhatWasGiven() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 4));
        Vector at = Vector.of(Map.of("p", new At(p, 2)));
        subscription = SubscriptionState.live(feed, 1, at, SETTINGS, 0, 0);
        assertEquals(List.of(3L, 4L), given());
        idle();
    }

    @Test
    @DisplayName("ruleS1: an expiry begins at V + 1, and is dropped when it is empty")
    void expiryBeginsAtItsPosition() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 2));
        assertEquals(List.of(1L, 2L), given());
        feed.expired(new At(p, 5), Reason.OVERRUN, 0);
        assertEquals(List.of(gap(Reason.OVERRUN, 3, 3)), told());
        subscription.reloaded(null);
        feed.expired(new At(p, 5), Reason.OVERRUN, 0);
        feed.messages(p, 6, slices(6, 6));
        assertEquals(List.of(6L), given());
    }

    @Test
    @DisplayName("ruleS2: delivery pauses for the reload, a failed one is tried again, a token meanwhile is of before")
    void pausesForTheReload() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 2));
        given();
        feed.expired(new At(p, 5), Reason.OVERRUN, 0);
        feed.messages(p, 6, slices(6, 7));
        told();
        assertSame(Step.RELOADING, subscription.next(0));
        assertFalse(subscription.hasNext());
        assertEquals(new Position(EPOCH, 2), token().get("p"));
        assertEquals(SECOND / 10, subscription.reloadFailed().getAsLong());
        assertEquals(SECOND / 5, subscription.reloadFailed().getAsLong());
        assertEquals(2 * SECOND, lastOfTen());
        assertEquals(new Position(EPOCH, 2), token().get("p"));
        subscription.reloaded(null);
        assertEquals(new Position(EPOCH, 5), token().get("p"));
        assertEquals(List.of(6L, 7L), given());
    }

    private long lastOfTen() {
        long wait = 0;
        for (int i = 0; i < 10; i++) {
            wait = subscription.reloadFailed().getAsLong();
        }
        return wait;
    }

    @Test
    @DisplayName("rowO8, ruleS2: a reload is tried so many times in a row, and for ever without a limit")
    void reloadsSoOften() {
        for (int attempts : List.of(3, 0)) {
            TopicSettings settings = SETTINGS.with(draft -> draft.reloadAttempts = attempts);
            Feed read = new Feed(settings);
            subscription = SubscriptionState.live(read, 1, Vector.EMPTY, settings, 0, 0);
            for (int missed = 1; missed <= 2; missed++) { // a success begins the count anew
                read.expired(new At(p, missed), Reason.OVERRUN, 0);
                told();
                subscription.reloadFailed();
                assertTrue(subscription.reloadFailed().isPresent());
                if (missed == 1) {
                    subscription.reloaded(null);
                }
            }
            assertEquals(attempts == 0, subscription.reloadFailed().isPresent());
        }
    }

    // ------------------------------------------------------------------ S3

    @Test
    @DisplayName("ruleS3: all expiries that are there are handed over together; what came between is covered")
    void handsOverAllExpiries() {
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.expired(new At(p, 3), Reason.OVERRUN, 0);
        feed.messages(p, 4, slices(4, 5));
        feed.messages(q, 1, slices(1, 1));
        feed.expired(new At(p, 9), Reason.OVERRUN, 0);
        feed.messages(p, 10, slices(10, 10));
        assertEquals(List.of(gap(Reason.OVERRUN, 1, 9)), told());
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
        assertEquals(List.of(10L), given());
        idle();
    }

    @Test
    @DisplayName(
            "ruleS3: the gaps of one reload come in the order of their nodes' names, those of one node with lives that are over first")
    void gapsAreInOrder() {
        List<String> nodes = List.of("tick", "quotes-10", "prices", "quotes-2", "orders");
        for (String node : nodes) {
            feed.expired(eras.endOfUnheard(node, 1), Reason.PRODUCER_LOST, 0);
        }
        feed.expired(new At(p, 3), Reason.OVERRUN, 0);
        feed.expired(eras.endOfDeparted("p\0" + 2, 2, new LogEnd(NEXT_LOG, 7)), Reason.PRODUCER_LOST, 0);
        feed.expired(eras.endOfDeparted("p\0" + 1, 1, new LogEnd(LAST_LOG, 9)), Reason.PRODUCER_LOST, 0);
        List<Gap> gaps = told();
        assertEquals(List.of("orders", "p", "p", "p", "prices", "quotes-10", "quotes-2", "tick"), nodesOf(gaps));
        assertEquals(
                List.of(7L, 9L, 3L),
                gaps.subList(1, 4).stream().map(Gap::missed).toList());
        subscription = SubscriptionState.live(feed, 1, Vector.EMPTY, SETTINGS, 0, 0);
        feed.messages(q, 1, slices(1, 8)); // and overtakes it
        assertEquals(List.of("orders", "p", "p", "prices", "quotes-10", "quotes-2", "tick"), nodesOf(told()));
    }

    @Test
    @DisplayName("ruleS3, T2: of lives of one node of which nothing is known one gap is told, however many they are")
    void livesOfWhichNothingIsKnown() {
        for (long uid = 1; uid <= 5; uid++) {
            feed.expired(eras.endOfUnheard("p\0" + uid, uid), Reason.PRODUCER_LOST, 0);
        }
        Gap lost = new Gap("p", Reason.PRODUCER_LOST, null, null, null, null);
        assertEquals(List.of(lost), told());
        subscription.reloaded(null);
        idle();
        feed.expired(eras.endOfUnheard("p\0" + 6, 6), Reason.PRODUCER_LOST, 0);
        assertEquals(List.of(lost), told());
    }

    private static List<String> nodesOf(List<Gap> gaps) {
        return gaps.stream().map(Gap::node).toList();
    }

    @Test
    @DisplayName("ruleS3: an expiry that arrives after the reload began needs another one")
    void laterExpiryNeedsAnotherReload() {
        feed.started(new At(p, 0));
        feed.expired(new At(p, 3), Reason.OVERRUN, 0);
        told();
        feed.expired(new At(p, 5), Reason.OVERRUN, 0);
        subscription.reloaded(null);
        assertEquals(List.of(gap(Reason.OVERRUN, 4, 2)), told());
    }

    @Test
    @DisplayName("ruleS3, lagIsSilent: who is overtaken by the feed is told of every producer that went on")
    void overtakenIsTold() {
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.messages(p, 1, slices(1, 1));
        given();
        feed.messages(q, 1, slices(1, 2));
        feed.messages(p, 2, slices(2, 10));
        List<Gap> gaps = told();
        assertEquals(2, gaps.size());
        assertTrue(gaps.contains(gap(Reason.OVERRUN, 2, 1)));
        assertTrue(gaps.contains(new Gap("q", Reason.OVERRUN, EPOCH, 1L, 2L, new Position(EPOCH, 3))));
        subscription.reloaded(null);
        assertEquals(8, given().size(), "a window at once");
    }

    @Test
    @DisplayName("ruleS3: overtaken by expiries alone is told of too")
    void overtakenByExpiries() {
        Feed small = new Feed(Given.ring(1));
        subscription = SubscriptionState.live(small, 1, Vector.EMPTY, SETTINGS, 0, 0);
        small.started(new At(p, 0));
        small.expired(eras.endOf(new At(p, 0), 1), Reason.PRODUCER_LOST, 0);
        small.started(new At(q, 0));
        Gap gap = told().get(0);
        assertEquals(Reason.PRODUCER_LOST, gap.reason());
        assertNull(gap.resumesAt());
    }

    @Test
    @DisplayName("ruleS3: who is overtaken again at once goes on about in the middle of the feed, where others do, too")
    void overtakenAgain() {
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.messages(p, 1, slices(1, 10));
        assertEquals(gap(Reason.OVERRUN, 1, 2), told().get(0), "as little as can be");
        feed.messages(p, 11, slices(11, 14));
        subscription.reloaded(null);
        assertEquals(List.of(gap(Reason.OVERRUN, 3, 7)), told(), "and three of the eight that are there");
        feed.messages(p, 15, slices(15, 17));
        subscription.reloaded(null);
        assertEquals(List.of(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L), given());
        feed.messages(p, 18, slices(18, 27));
        assertEquals(List.of(gap(Reason.OVERRUN, 18, 2)), told(), "it has read half a feed since");
    }

    @Test
    @DisplayName("ruleS3: of several producers each goes on behind its last message of the half that is left out")
    void overtakenAgainOfSeveral() {
        overtakenOnce();
        feed.messages(q, 1, slices(1, 4));
        feed.messages(p, 11, slices(11, 14));
        subscription.reloaded(null);
        Gap ofQ = new Gap("q", Reason.OVERRUN, EPOCH, 1L, 3L, new Position(EPOCH, 4));
        assertEquals(List.of(gap(Reason.OVERRUN, 3, 8), ofQ), told());
        subscription.reloaded(null);
        assertEquals(List.of(4L, 11L, 12L, 13L, 14L), given());
    }

    @Test
    @DisplayName("ruleS3, G6: nothing but messages is left out")
    void overtakenAgainByNotices() {
        overtakenOnce();
        feed.messages(p, 11, slices(11, 13));
        feed.left(eras.endOf(new At(q, 0), 1));
        feed.messages(p, 14, slices(14, 14));
        subscription.reloaded(null);
        assertEquals(List.of(gap(Reason.OVERRUN, 3, 5)), told(), "what the feed has dropped");
    }

    private void overtakenOnce() {
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.messages(p, 1, slices(1, 10));
        told();
    }

    @Test
    @DisplayName(
            "ruleS3: who is only told has no interval, and waits for its share of the jitter unless it is overtaken again")
    void onlyTold() {
        TopicSettings apart = SETTINGS.with(draft -> {
            draft.reloadIntervalNs = 10 * SECOND;
            draft.reloadJitterNs = 4 * SECOND;
        });
        subscription =
                SubscriptionState.live(feed, 1, Vector.EMPTY, apart, 0.5, 0).telling();
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.messages(p, 1, slices(1, 10));
        assertEquals(new Step.Waiting(2 * SECOND), subscription.next(0), "others may be overtaken, too");
        assertInstanceOf(Step.Missed.class, subscription.next(2 * SECOND));
        subscription.reloaded(null);
        feed.messages(p, 11, slices(11, 18));
        assertInstanceOf(Step.Missed.class, subscription.next(2 * SECOND), "it cannot keep up");
        subscription.reloaded(null);
        assertEquals(List.of(14L, 15L, 16L, 17L, 18L), given());
        feed.expired(new At(p, 20), Reason.OVERRUN, 0);
        assertEquals(new Step.Waiting(4 * SECOND), subscription.next(2 * SECOND));
    }

    @Test
    @DisplayName("ruleS6: who is only told does not ask where to read on if it is overtaken again at once; others do")
    void onlyToldAsksOnce() {
        Feed other = new Feed(SETTINGS);
        assertInstanceOf(Step.Missed.class, overtakenTwice(feed, s -> s.telling()));
        assertSame(Step.IDLE, overtakenTwice(other, s -> s));
        assertTrue(subscription.isBehind());
    }

    private Step overtakenTwice(Feed read, UnaryOperator<SubscriptionState> as) {
        subscription = as.apply(
                SubscriptionState.live(read, 1, Vector.EMPTY, SETTINGS, 0, 0).asking());
        read.started(new At(p, 0));
        read.messages(p, 1, slices(1, 10));
        assertSame(Step.IDLE, subscription.next(0));
        assertTrue(subscription.isBehind(), "it asks");
        subscription.goOn(Onward.TOLD);
        told();
        subscription.reloaded(null);
        read.messages(p, 11, slices(11, 14));
        return subscription.next(0);
    }

    private void paced(Feed read) {
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadIntervalNs = 10 * SECOND);
        subscription = SubscriptionState.live(read, 1, Vector.EMPTY, apart, 0, 0);
        read.started(new At(p, 0));
        read.messages(p, 1, slices(1, 1));
        assertEquals(List.of(1L), given());
        read.expired(new At(p, 3), Reason.OVERRUN, 0);
        told();
        subscription.reloaded(null);
        read.messages(p, 4, slices(4, 4));
        assertEquals(List.of(4L), given());
    }

    private void waits(long nowNs) {
        assertEquals(new Step.Waiting(10 * SECOND), subscription.next(nowNs));
        assertFalse(subscription.hasNext());
        assertFalse(subscription.isReloading());
        assertEquals(new Position(EPOCH, 4), token().get("p"));
    }

    @Test
    @DisplayName("rowO4, ruleS3: two reloads are apart, and what is missed meanwhile is told with the second")
    void reloadsApart() {
        paced(feed);
        feed.expired(new At(p, 6), Reason.OVERRUN, 0);
        waits(SECOND);
        feed.messages(p, 7, slices(7, 7));
        feed.expired(new At(p, 9), Reason.OVERRUN, 0);
        feed.messages(p, 10, slices(10, 10));
        waits(9 * SECOND);
        Step due = subscription.next(10 * SECOND);
        assertEquals(
                List.of(gap(Reason.OVERRUN, 5, 5)),
                assertInstanceOf(Step.Missed.class, due).gaps());
        subscription.reloaded(null);
        assertEquals(List.of(10L), given());
    }

    @Test
    @DisplayName(
            "rowO4, ruleS3: what becomes known while a reload waits does not put it off; the next one waits for its own time")
    void waitsForItsOwnTime() {
        Feed small = new Feed(Given.ring(2));
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadJitterNs = 4 * SECOND);
        Vector start = SubscriptionState.startOf(positions("p", new Position(EPOCH, 2)));
        subscription = SubscriptionState.catchingUp(small, feed, start, null, apart, 1, 0);
        small.started(new At(p, 2));
        small.expired(new At(p, 5), Reason.OVERRUN, 0);
        assertEquals(new Step.Waiting(4 * SECOND), subscription.next(0));
        small.messages(p, 6, slices(6, 6));
        assertEquals(new Step.Waiting(4 * SECOND), subscription.next(2 * SECOND), "not put off");
        assertInstanceOf(Step.Missed.class, subscription.next(4 * SECOND));
        subscription.reloaded(null);
        small.expired(new At(p, 8), Reason.OVERRUN, 0);
        assertEquals(List.of(6L), given());
        assertEquals(new Step.Waiting(9 * SECOND), subscription.next(5 * SECOND));
    }

    @Test
    @DisplayName("ruleS2: no reload ends that has not begun")
    void noReloadUnderWay() {
        assertThrows(IllegalStateException.class, () -> subscription.reloaded(null));
        assertThrows(IllegalStateException.class, () -> subscription.reloadFailed());
    }

    @Test
    @DisplayName("rowO4, ruleS3: overtaken while it waits, it is told of all, and of the end that lay in it")
    void overtakenWhileItWaits() {
        Feed small = new Feed(Given.ring(2));
        paced(small);
        small.messages(p, 5, slices(5, 9));
        waits(SECOND);
        waits(2 * SECOND);
        small.left(eras.endOf(new At(p, 9), 1));
        small.started(new At(q, 0));
        small.messages(q, 1, slices(1, 2));
        waits(3 * SECOND);
        Step due = subscription.next(10 * SECOND);
        assertEquals(
                List.of(5L),
                assertInstanceOf(Step.Missed.class, due).gaps().stream()
                        .map(Gap::firstMissing)
                        .toList());
        subscription.reloaded(null);
        assertEquals(
                "p",
                assertInstanceOf(Step.Left.class, subscription.next(10 * SECOND))
                        .node());
        assertEquals(List.of(1L, 2L), given());
    }

    // ------------------------------------------------------------------ S4

    @Test
    @DisplayName("ruleS4: what the reload reflects is not delivered again")
    void skipsWhatTheReloadReflects() {
        feed.started(new At(p, 0));
        feed.expired(new At(p, 3), Reason.OVERRUN, 0);
        feed.messages(p, 4, slices(4, 7));
        told();
        subscription.reloaded(positions("p", new Position(EPOCH, 6)));
        assertEquals(List.of(7L), given());
    }

    @Test
    @DisplayName("ruleS4: not in another epoch, and never back")
    void reflectsOnlyTheEpoch() {
        feed.started(new At(p, 0));
        feed.expired(new At(p, 3), Reason.OVERRUN, 0);
        feed.messages(p, 4, slices(4, 5));
        told();
        subscription.reloaded(positions("p", new Position(new Epoch(99), 6)));
        assertEquals(List.of(4L, 5L), given());
        feed.expired(new At(p, 8), Reason.OVERRUN, 0);
        told();
        subscription.reloaded(positions("p", new Position(EPOCH, 2)));
        assertEquals(new Position(EPOCH, 8), token().get("p"));
    }

    @Test
    @DisplayName("ruleS4: what a reload reflected before the producer answered stays passed")
    void reflectsBeforeTheProducerAnswers() {
        resume("p", new Position(EPOCH, 2));
        own.started(new At(q, 0));
        own.expired(new At(q, 3), Reason.OVERRUN, 0);
        told();
        subscription.reloaded(positions("p", new Position(EPOCH, 9)));
        own.expired(new At(p, 7), Reason.OVERRUN, 0);
        own.messages(p, 8, slices(8, 10));
        assertEquals(List.of(10L), given());
        idle();
    }

    // ------------------------------------------------------------------ S5

    @Test
    @DisplayName("backpressure: nobody waits for a subscription that was closed before it joined the shared feed")
    void nobodyWaitsForWhatIsClosed() {
        Feed full = new Feed(SETTINGS.with(draft -> draft.overflow = Overflow.BACKPRESSURE));
        full.started(new At(p, 0));
        full.messages(p, 1, slices(1, 8));
        subscription = SubscriptionState.catchingUp(own, full, Vector.EMPTY, null, SETTINGS, 0, 0);
        own.started(new At(p, 0));
        subscription.mayJoin(true);
        subscription.close();
        idleUntilJoined();
        assertEquals(SETTINGS.windowBytes(), full.grantBytes());
    }

    private void idleUntilJoined() {
        while (subscription.isCatchingUp()) {
            Step step = subscription.next(0);
            assertTrue(step == Step.IDLE || step == Step.JOINED, step::toString);
        }
    }

    @Test
    @DisplayName(
            "ruleS5, cutoverDrop: joins at the feed's oldest entry once it has got so far, without gap or repetition")
    void joinsTheFeed() {
        feed.started(new At(p, 5));
        feed.messages(p, 6, slices(6, 9));
        resume("p", new Position(EPOCH, 2));
        own.started(new At(p, 2));
        own.messages(p, 3, slices(3, 4));
        subscription.mayJoin(true);
        assertEquals(List.of(3L, 4L), given());
        idle();
        own.messages(p, 5, slices(5, 7));
        assertEquals(List.of(5L, 6L, 7L), given());
        assertTrue(subscription.hasNext());
        assertSame(Step.JOINED, subscription.next(0));
        assertFalse(subscription.isCatchingUp());
        assertEquals(List.of(8L, 9L), given());
        idle();
    }

    @Test
    @DisplayName("ruleS5: not before its catch-up reader has nothing left to tell")
    void tellsBeforeItJoins() {
        resume("p", new Position(EPOCH, 2));
        own.expired(eras.endOfUnanswered("p", new Position(EPOCH, 2)), Reason.PRODUCER_LOST, 0);
        subscription.mayJoin(true);
        assertEquals(Reason.PRODUCER_LOST, told().get(0).reason());
        subscription.reloaded(null);
        assertSame(Step.JOINED, subscription.next(0));
    }

    @Test
    @DisplayName("ruleS5: a producer that was silent so far does not keep it from joining")
    void joinsWithAProducerThatSaidNothing() {
        feed.started(new At(p, 0));
        subscription = SubscriptionState.catchingUp(own, feed, Vector.EMPTY, null, SETTINGS, 0, 0);
        own.started(new At(p, 0));
        subscription.mayJoin(true);
        idle2();
        assertSame(Step.JOINED, subscription.next(0));
    }

    @Test
    @DisplayName("ruleS5, G6: a reload that waits is none of the shared feed's, once it has joined that")
    void joinsWhileAReloadWaits() {
        Feed small = new Feed(Given.ring(2));
        TopicSettings apart = SETTINGS.with(draft -> draft.reloadIntervalNs = 10 * SECOND);
        Vector start = SubscriptionState.startOf(positions("p", new Position(EPOCH, 2)));
        subscription = SubscriptionState.catchingUp(small, feed, start, null, apart, 0, 0);
        small.started(new At(p, 2));
        small.expired(new At(p, 5), Reason.OVERRUN, 0);
        told();
        subscription.reloaded(null);
        small.messages(p, 6, slices(6, 9));
        assertInstanceOf(Step.Waiting.class, subscription.next(SECOND), "overtaken there");
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 9));
        subscription.mayJoin(true);
        assertSame(Step.JOINED, subscription.next(10 * SECOND));
        assertTrue(subscription.hasNext());
        assertEquals(List.of(6L, 7L, 8L, 9L), given());
    }

    @Test
    @DisplayName(
            "ruleF3, G1: V forgets the ends of names that are gone, but none that only its catch-up reader was told")
    void keepsEndsThatMayBeNone() {
        subscription.close(); // nobody else reads this feed
        resume("r", new Position(EPOCH, 2));
        own.expired(eras.endOfUnanswered("r", new Position(EPOCH, 2)), Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        feed.started(new At(q, 0));
        feed.left(eras.endOf(new At(q, 0), 1));
        subscription.mayJoin(true);
        assertSame(Step.JOINED, subscription.next(0));
        idle();
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, SETTINGS.bufferMessages()));
        given();
        idle();
        assertEquals(Set.of("p", "q", "r"), subscription.positions().positions().keySet());
        feed.forgetEnded(Set.of("p"));
        idle();
        assertEquals(Set.of("p", "r"), subscription.positions().positions().keySet());
        feed.expired(new At(eras.of("r", LOG, 0), 7), Reason.OVERRUN, 0);
        assertEquals(List.of(new Gap("r", Reason.OVERRUN, EPOCH, 3L, 5L, new Position(EPOCH, 8))), told());
    }

    private void idle2() {
        assertSame(Step.IDLE, subscription.next(0));
    }

    @Test
    @DisplayName("ruleS3: while it catches up, what a reload covered is skipped as well")
    void skipsCoveredMessagesWhileCatchingUp() {
        resume("p", new Position(EPOCH, 2));
        own.expired(new At(p, 4), Reason.OVERRUN, 0);
        own.messages(p, 5, slices(5, 6));
        own.expired(new At(p, 9), Reason.OVERRUN, 0);
        own.messages(p, 10, slices(10, 10));
        assertEquals(List.of(gap(Reason.OVERRUN, 3, 7)), told());
        subscription.reloaded(null);
        assertEquals(List.of(10L), given());
        idle();
    }

    @Test
    @DisplayName("ruleC3: a position that the producer has never reached leads back")
    void leadsBack() {
        resume("p", new Position(EPOCH, 9));
        own.expired(new At(p, 3), Reason.POSITION_UNKNOWN, 0);
        own.messages(p, 4, slices(4, 4));
        Gap gap = told().get(0);
        assertNull(gap.missed());
        assertEquals(new Position(EPOCH, 4), gap.resumesAt());
        subscription.reloaded(null);
        assertEquals(List.of(4L), given());
    }

    // ------------------------------------------------------------------ the ends of producers

    @Test
    @DisplayName("ruleC6: a producer that left is an event, and no loss")
    void left() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 1));
        feed.left(eras.endOf(new At(p, 1), 1));
        given();
        Step.Left left = assertInstanceOf(Step.Left.class, subscription.next(0));
        assertEquals(new Position(EPOCH, 1), left.position());
        assertEquals(Map.of(), token());
    }

    @Test
    @DisplayName("ruleC6, G6: a producer that left is an event also for who had read all of it, and is overtaken then")
    void leftWhileOvertaken() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        assertEquals(List.of(1L, 2L, 3L), given());
        feed.left(eras.endOf(new At(p, 3), 1));
        Era q = eras.of("q", NEXT_LOG, 0);
        feed.started(new At(q, 0));
        feed.messages(q, 1, slices(1, SETTINGS.bufferMessages() + 1));
        assertEquals(List.of("q"), told().stream().map(Gap::node).toList());
        subscription.reloaded(null);
        assertTrue(token().containsKey("p"), "its end is still to be told");
        assertEquals(new Step.Left("p", new Position(EPOCH, 3)), subscription.next(0));
        assertFalse(token().containsKey("p"));
    }

    @Test
    @DisplayName("ruleC6: not where what is told leads into the next life already")
    void leftAndBackWhileOvertaken() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 1));
        feed.left(eras.endOf(new At(p, 1), 1));
        Era q = eras.of("q", NEXT_LOG, 0);
        feed.started(new At(q, 0));
        feed.messages(q, 1, slices(1, SETTINGS.bufferMessages() + 1));
        feed.expired(new At(eras.of("p", LAST_LOG, 0), 3), Reason.OVERRUN, 0);
        told();
        subscription.reloaded(null);
        assertFalse(subscription.next(0) instanceof Step.Left);
    }

    @Test
    @DisplayName("ruleC7: each life that was lost without an answer is told")
    void everySilentLifeIsTold() {
        feed.expired(eras.endOfUnheard("r", 1), Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        feed.expired(eras.endOfUnheard("r", 2), Reason.PRODUCER_LOST, 0);
        assertEquals(List.of(new Gap("r", Reason.PRODUCER_LOST, null, null, null, null)), told());
    }

    @Test
    @DisplayName("G1: a loss is told although the producer is back by the time that it is read")
    void lossBeforeTheReturnIsTold() {
        feed.expired(eras.endOfUnheard("r", 1), Reason.PRODUCER_LOST, 0);
        Era back = eras.of("r", NEXT_LOG, 0);
        feed.started(new At(back, 0));
        feed.messages(back, 1, slices(1, 1));
        assertEquals(Reason.PRODUCER_LOST, told().get(0).reason());
        subscription.reloaded(null);
        assertEquals(List.of(1L), given());
    }

    @Test
    @DisplayName("G1: a whole life between two that were read is told")
    void lifeInBetweenIsTold() {
        feed.started(new At(p, 0));
        feed.expired(eras.endOf(new At(p, 0), 1), Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        Era second = eras.of("p", NEXT_LOG, 0);
        feed.started(new At(second, 0));
        feed.messages(second, 1, slices(1, 2));
        feed.expired(new At(eras.of("p", LAST_LOG, 0), 0), Reason.PRODUCER_RESTARTED, 0);
        assertEquals(List.of(1L, 2L), given());
        assertEquals(3L, told().get(0).firstMissing());
        // And the same for one that is overtaken.
        Vector end = Vector.of(Map.of("p", eras.endOf(new At(p, 0), 1)));
        subscription = SubscriptionState.live(feed, feed.head(), end, SETTINGS, 0, 0);
        Position beginning = new Position(LAST_LOG.epoch(), 1);
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_RESTARTED, null, null, null, beginning)), told());
    }

    @Test
    @DisplayName("G1: who is overtaken past a lost life is told of more than the next life, also when that has left")
    void overtakenPastALostLife() {
        subscription = SubscriptionState.live(feed, 1, Vector.EMPTY, SETTINGS, 0, 0);
        feed.expired(eras.endOfUnheard("r", 1), Reason.PRODUCER_LOST, 0);
        Era next = eras.of("r", NEXT_LOG, 0);
        feed.started(new At(next, 0));
        feed.messages(next, 1, slices(1, 5));
        feed.left(eras.endOf(new At(next, 5), 9));
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, SETTINGS.bufferMessages()));
        Position behind = new Position(NEXT_LOG.epoch(), 6);
        assertEquals(
                new Gap("r", Reason.OVERRUN, null, null, null, behind),
                told().stream()
                        .filter(gap -> "r".equals(gap.node()))
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    @DisplayName("G1: an expiry of unknown extent is not lost among others of its producer")
    void unknownExtentIsTold() {
        feed.expired(new At(p, 7), Reason.OVERRUN, 0);
        feed.expired(new At(eras.of("p", NEXT_LOG, 0), 0), Reason.PRODUCER_RESTARTED, 0);
        Position beginning = new Position(NEXT_LOG.epoch(), 1);
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_RESTARTED, null, null, null, beginning)), told());
    }

    @Test
    @DisplayName("G2: one that was taken for lost, and was not, goes on where it was")
    void takenForLost() {
        resume("r", new Position(EPOCH, 2));
        End end = eras.endOfUnanswered("r", new Position(EPOCH, 2));
        own.expired(end, Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        Era back = eras.of("r", LOG, 0);
        own.started(new At(back, 0));
        own.messages(back, 1, slices(1, 4));
        assertEquals(List.of(3L, 4L), given());
    }

    @Test
    @DisplayName("G2: also for who is overtaken meanwhile")
    void takenForLostWhileOvertaken() {
        Placed lost = eras.endOfUnanswered("r", new Position(EPOCH, 2));
        subscription = SubscriptionState.live(feed, 1, Vector.EMPTY.with(lost), SETTINGS, 0, 0);
        Era back = eras.of("r", LOG, 0);
        feed.started(new At(back, 0));
        feed.messages(back, 1, slices(1, SETTINGS.bufferMessages() + 1));
        assertEquals(List.of(3L, 4L, 5L, 6L, 7L, 8L, 9L), given());
    }

    @Test
    @DisplayName("G2: ends keep the furthest position that is known, for the case that they were none")
    void endsKeepThePosition() {
        resume("r", new Position(EPOCH, 2));
        own.expired(eras.endOfUnanswered("r", new Position(EPOCH, 2)), Reason.PRODUCER_LOST, 0);
        own.expired(eras.endOfUnheard("r", 5), Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        Era back = eras.of("r", LOG, 0);
        own.started(new At(back, 0));
        own.messages(back, 1, slices(1, 4));
        assertEquals(List.of(3L, 4L), given());
        own.expired(eras.endOf(new At(back, 3), 9), Reason.PRODUCER_LOST, 0);
        told();
        subscription.reloaded(null);
        assertEquals(4, subscription.positions().get("r").sequence());
    }

    // ------------------------------------------------------------------ T1

    @Test
    @DisplayName("ruleT1: a token lists positions, producers that sent nothing, and those without an answer")
    void tokenLists() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        feed.started(new At(q, 5));
        feed.know(Set.of("r"), feed.known().passed());
        given();
        assertEquals(new Position(EPOCH, 3), token().get("p"));
        assertEquals(new Position(EPOCH, 5), token().get("q"));
        assertTrue(token().containsKey("r"));
        assertNull(token().get("r"));
    }

    @Test
    @DisplayName(
            "ruleT1: a life that a feed knows under two names is listed once, where the subscription has got further")
    void tokenListsALifeOnce() {
        Era address = eras.of("host:1", LOG, 0);
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        given();
        feed.started(new At(address, 3));
        assertEquals(Map.of("p", new Position(EPOCH, 3)), token());
        feed.know(Set.of("host:1"), feed.known().passed());
        assertTrue(token().containsKey("host:1"), "another life is there");
        assertNull(token().get("host:1"));
    }

    @Test
    @DisplayName("ruleT1: those that never publish have one epoch, and are listed each")
    void tokenListsAllThatNeverPublish() {
        LogIdentity none = LogIdentity.fresh(Epoch.NONE, 0);
        feed.started(new At(eras.ofUnpublished("p", none, 1), 0));
        idle();
        feed.started(new At(eras.ofUnpublished("q", none, 2), 0));
        assertEquals(Set.of("p", "q"), token().keySet());
    }

    @Test
    @DisplayName("ruleT1: not those whose end was passed, as long as nothing came after it")
    void tokenWithoutThoseThatEnded() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 1));
        feed.expired(eras.endOf(new At(p, 1), 1), Reason.PRODUCER_LOST, 0);
        given();
        told();
        assertEquals(new Position(EPOCH, 1), token().get("p"), "before the reload has succeeded");
        subscription.reloaded(null);
        assertEquals(Map.of(), token());
        feed.know(Set.of("p"), feed.known().passed());
        assertEquals(new Position(EPOCH, 1), token().get("p"), "it is back");
        feed.know(Set.of(), feed.known().passed());
        feed.expired(new At(eras.of("p", NEXT_LOG, 0), 4), Reason.OVERRUN, 0);
        Era back = eras.of("p", NEXT_LOG, 0);
        assertEquals(new Position(EPOCH, 1), token().get("p"), "it was back, and that is not told yet");
        feed.expired(eras.endOf(new At(back, 4), 2), Reason.PRODUCER_LOST, 0);
        assertEquals(Map.of(), token(), "it has gone again: the members remember that");
    }

    @Test
    @DisplayName(
            "ruleT1, G2: an end that a catch-up reader was told, and the shared feed not yet, does not hide the producer")
    void tokenBehindAnEndThatTheFeedHasNotSeen() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 5));
        Vector end = Vector.of(Map.of("p", eras.endOf(new At(p, 5), 1)));
        subscription = SubscriptionState.live(feed, feed.head() + 1, end, SETTINGS, 0, 0);
        assertEquals(Map.of("p", new Position(EPOCH, 5)), token());
        feed.left(eras.endOf(new At(p, 5), 1));
        assertEquals(Map.of(), token());
    }

    @Test
    @DisplayName("ruleT1: a producer whose first news is an expiry is unresolved until that was passed")
    void tokenBeforeAFirstExpiry() {
        feed.expired(eras.endOfUnheard("r", 1), Reason.PRODUCER_LOST, 0);
        assertTrue(token().containsKey("r"));
        told();
        assertTrue(token().containsKey("r"));
        subscription.reloaded(null);
        assertFalse(token().containsKey("r"));
    }

    @Test
    @DisplayName("a token within a run is of the messages that were handled")
    void tokenWithinARun() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        MessageRun run =
                assertInstanceOf(Step.Messages.class, subscription.next(0)).run();
        run.handled(2);
        assertEquals(new Position(EPOCH, 2), token().get("p"));
        assertEquals(
                new Position(EPOCH, 1),
                subscription
                        .token(run.after(1), TOPIC, "c", Given.NOW)
                        .positions()
                        .get("p"));
    }

    // ------------------------------------------------------------------ T2

    @Test
    @DisplayName("ruleC7, T2: a producer that was lost where the subscription has all of it is told to have left")
    void lostWithNothingMissing() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        feed.expired(eras.endOfDeparted("p", 1, new LogEnd(LOG, 3)), Reason.PRODUCER_LOST, 0);
        assertEquals(List.of(1L, 2L, 3L), given());
        assertEquals(
                new Step.Left("p", new Position(EPOCH, 3)), subscription.next(0), "at once: nobody wakes it again");
        assertEquals(Map.of(), token());
        idle();
    }

    @Test
    @DisplayName("ruleC7, T2: what is missed of one that left, and said what it published, has a number")
    void lostWithANumber() {
        feed.started(new At(p, 0));
        feed.messages(p, 1, slices(1, 3));
        given();
        feed.expired(eras.endOfDeparted("p", 1, new LogEnd(LOG, 5)), Reason.PRODUCER_LOST, 0);
        assertEquals(List.of(new Gap("p", Reason.PRODUCER_LOST, EPOCH, 4L, 2L, null)), told());
        subscription.reloaded(null);
        assertEquals(Map.of(), token());
        idle();
    }

    private CursorToken taken(long nowMs) {
        return subscription.token(TOPIC, "c", new Now(0, nowMs * 1_000_000));
    }

    /** The feed knows that this life ended, with what the feed has by now. */
    private void ended(Departure departure, Long index) {
        Map<Long, Long> indexes = index == null ? Map.of() : Map.of(departure.uid(), index);
        feed.know(feed.known().mustBeListed(), new Passed(Given.history(departure), 0, indexes));
    }

    @Test
    @DisplayName(
            "ruleT2: a token is of now, by the cluster's time, and names what the subscription has passed the end of")
    void tokenOfNow() {
        feed.started(new At(p, 0));
        ended(new Departure(5, "r", 100_000, null), feed.head());
        assertEquals(100_000, taken(200_000).timeMs(), "the end is in front of it");
        assertEquals(Set.of(), taken(200_000).seen().ended());
        idle();
        CursorToken token = taken(200_000);
        assertEquals(200_000, token.timeMs());
        assertEquals(new CursorToken.Seen(Given.HISTORY, Map.of(), Set.of(5L)), token.seen());
    }

    @Test
    @DisplayName("ruleT2: an end that the feed has not come to keeps the token's time back")
    void tokenInFrontOfAnOpenEnd() {
        ended(new Departure(5, "r", 100_000, null), null);
        idle();
        assertEquals(100_000, taken(200_000).timeMs());
    }

    @Test
    @DisplayName("ruleT2: while a reload of an end is under way a token is of before")
    void tokenDuringTheReload() {
        feed.expired(eras.endOfUnheard("r", 5), Reason.PRODUCER_LOST, 0);
        ended(new Departure(5, "r", 100_000, null), feed.head());
        told();
        assertEquals(100_000, taken(200_000).timeMs());
        assertEquals(Set.of(), taken(200_000).seen().ended());
        subscription.reloadFailed();
        assertEquals(100_000, taken(200_000).timeMs());
        subscription.reloaded(null);
        assertEquals(200_000, taken(200_000).timeMs());
        assertEquals(Set.of(5L), taken(200_000).seen().ended());
    }

    @Test
    @DisplayName(
            "ruleT2: ends are named for twice as long as they are told: two members may differ about each of the two times")
    void tokenNamesEndsForTwoMargins() {
        ended(new Departure(5, "r", 100_000, null), 0L);
        idle();
        assertEquals(Set.of(5L), taken(219_999).seen().ended());
        assertEquals(Set.of(), taken(220_000).seen().ended());
    }

    @Test
    @DisplayName("ruleT2: a token of a node without a history names none: whoever resumes it is told that nobody knows")
    void tokenWithoutAHistory() {
        assertEquals(
                CursorToken.Seen.NOTHING,
                subscription.token(TOPIC, "c", new Now(7, 0)).seen());
        assertEquals(7, subscription.token(TOPIC, "c", new Now(7, 0)).timeMs());
    }

    @Test
    @DisplayName("ruleT2: before its node has a history a subscription that was resumed says what its own token says")
    void tokenBeforeTheHistoryHasCome() {
        CursorToken.Seen seen = new CursorToken.Seen(9, Map.of("p", 1L), Set.of(3L));
        CursorToken from = new CursorToken(TOPIC, "c", 50, Map.of("p", new Position(EPOCH, 2)), seen);
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        assertEquals(from, taken(200_000));
        own.expired(eras.endOfUnheard(Gap.NOBODY, 8), Reason.POSITION_UNKNOWN, 0);
        own.know(own.known().mustBeListed(), new Passed(Given.history(), own.head(), Map.of()));
        assertEquals(from, taken(200_000), "and as long as it has not passed that nobody knows");
        told();
        assertEquals(50, taken(200_000).timeMs());
        subscription.reloaded(null);
        CursorToken after = taken(200_000);
        assertEquals(200_000, after.timeMs());
        assertEquals(new CursorToken.Seen(Given.HISTORY, Map.of("p", 1L), Set.of()), after.seen());
        assertEquals(from.positions(), after.positions());
    }

    @Test
    @DisplayName(
            "ruleT2: without a history, a token of a subscription that began by hand is one that nobody knows enough of")
    void tokenAfterOneThatWasMadeByHand() {
        CursorToken byHand = new CursorToken(TOPIC, "c", 50, Map.of("p", new Position(EPOCH, 2)));
        subscription =
                SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(byHand), byHand, SETTINGS, 0, 0);
        assertEquals(byHand, taken(200_000), "its reader has not begun");
        own.know(
                own.known().mustBeListed(),
                new Passed(
                        new HistoryView(HistoryId.UNKNOWN, Long.MIN_VALUE, false, false, List.of(), new Now(1, 0), 0),
                        0,
                        Map.of()));
        assertEquals(CursorToken.Seen.NOTHING, taken(200_000).seen());
        assertEquals(byHand.positions(), taken(200_000).positions());
    }

    @Test
    @DisplayName("ruleT2: what a token named as ended is named on, also once the subscription reads the shared feed")
    void tokenOfAResumedSubscription() {
        CursorToken from = new CursorToken(
                TOPIC, "c", 110_000, Map.of(), new CursorToken.Seen(Given.HISTORY, Map.of(), Set.of(5L)));
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        Departure departure = new Departure(5, "r", 100_000, null);
        own.know(own.known().mustBeListed(), new Passed(Given.history(departure), 0, Map.of()));
        ended(departure, null);
        subscription.mayJoin(true);
        assertSame(Step.JOINED, subscription.next(0));
        assertEquals(Set.of(5L), taken(120_000).seen().ended());
        assertEquals(120_000, taken(120_000).timeMs());
    }

    @Test
    @DisplayName("ruleT2: a token names the newest of very many that ended")
    void tokenNamesTheNewestOfMany() {
        List<Departure> many = new ArrayList<>();
        Map<Long, Long> indexes = new HashMap<>();
        for (long uid = 1; uid <= 3 * Limits.MAX_TOKEN_ENDED; uid++) {
            many.add(new Departure(uid, "r", 100_000 + uid, null));
            indexes.put(uid, 0L);
        }
        feed.know(feed.known().mustBeListed(), new Passed(Given.history(many.toArray(new Departure[0])), 0, indexes));
        idle();
        Set<Long> ended = taken(120_000).seen().ended();
        assertEquals(Limits.MAX_TOKEN_ENDED, ended.size());
        assertFalse(ended.contains(2L * Limits.MAX_TOKEN_ENDED));
        assertTrue(ended.contains(3L * Limits.MAX_TOKEN_ENDED));
    }

    // ------------------------------------------------------------------ T2: told as lost

    /** The feed has these messages of an incarnation, which is lost. */
    private Era lost(String node, long uid, long head) {
        Era era = eras.of(node, LogIdentity.fresh(new Epoch(uid), 0), uid);
        feed.started(new At(era, 0));
        if (head > 0) {
            feed.messages(era, 1, slices(1, head));
        }
        feed.expired(eras.endOf(new At(era, head), uid), Reason.PRODUCER_LOST, 0);
        return era;
    }

    private void reloads() {
        Step step = subscription.next(0);
        while (step instanceof Step.Messages messages) {
            messages.run().handled(messages.run().messages().size());
            step = subscription.next(0);
        }
        assertInstanceOf(Step.Missed.class, step);
        subscription.reloaded(null);
    }

    @Test
    @DisplayName(
            "ruleT2: a token says who was told as lost, and behind which message, once that is reloaded, also when the feed has forgotten it")
    void tokenSaysWhoWasToldAsLost() {
        feed.know(feed.known().mustBeListed(), new Passed(Given.history(), 0, Map.of()));
        Era r = lost("r", 5, 3);
        given();
        told();
        assertEquals(List.of(), taken(1).seen().lost());
        subscription.reloaded(null);
        CursorToken.Lost lost = new CursorToken.Lost("r", 5, new Position(r.epoch(), 3));
        assertEquals(Map.of(), token());
        assertEquals(List.of(lost), taken(1).seen().lost());
        idle();
        feed.messages(p, 1, slices(1, SETTINGS.bufferMessages()));
        given();
        feed.forgetEnded(Set.of());
        idle();
        assertNull(subscription.positions().get("r"));
        assertEquals(List.of(lost), taken(1).seen().lost());
    }

    @Test
    @DisplayName("ruleT2: who was told as lost, and then to its last message, is behind that in every token")
    void tokenBehindAnIncarnationThatIsToldToItsLastMessage() {
        Map<String, Position> positions = Map.of("r", new Position(EPOCH, 2));
        CursorToken.Seen seen = new CursorToken.Seen(Given.HISTORY, Map.of("r", 5L), Set.of());
        CursorToken from = new CursorToken(TOPIC, "c", 0, positions, seen);
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        own.know(Set.of("r"), new Passed(Given.history(), 0, Map.of()));
        own.expired(eras.endOfUnanswered("r", new Position(EPOCH, 2)), Reason.PRODUCER_LOST, 0);
        reloads();
        assertEquals(new Position(EPOCH, 2), taken(1).positions().get("r"));
        LogEnd end = new LogEnd(LogIdentity.fresh(EPOCH, 0), 4);
        own.expired(eras.endOfDeparted(departed(5, end).producer(), 5, end), Reason.PRODUCER_LOST, 0);
        reloads();
        assertEquals(end.position(), taken(1).positions().get("r"));
        own.know(Set.of(), new Passed(Given.history(), 0, Map.of()));
        assertEquals(
                List.of(new CursorToken.Lost("r", 5, end.position())),
                taken(1).seen().lost());
    }

    private static Departure departed(long uid, LogEnd end) {
        return new Departure(uid, "r", 100_000, Map.of(TOPIC, end));
    }

    @Test
    @DisplayName("ruleT2: not of whom nothing was given, and not who said where it ended: nothing can come twice")
    void tokenSaysNothingOfOthers() {
        lost("r", 5, 0);
        reloads();
        Era s = eras.of("s", LogIdentity.fresh(new Epoch(6), 0), 6);
        feed.started(new At(s, 0));
        feed.messages(s, 1, slices(1, 2));
        feed.expired(
                eras.endOfDeparted("s", 6, new LogEnd(LogIdentity.fresh(new Epoch(6), 0), 4)), Reason.PRODUCER_LOST, 0);
        reloads();
        assertEquals(List.of(), taken(1).seen().lost());
    }

    @Test
    @DisplayName("ruleT2: where its node has forgotten who ended since, a token says that it may lack any")
    void tokenOfANodeThatHasForgotten() {
        HistoryView forgotten =
                new HistoryView(Given.HISTORY, 100_000L, false, false, List.of(), new Now(0, 0), 60_000);
        feed.know(Set.of(), new Passed(forgotten, 0, Map.of()));
        idle();
        assertEquals(0, taken(99_999).seen().historyId());
        assertEquals(Given.HISTORY, taken(100_000).seen().historyId());
    }

    @Test
    @DisplayName("ruleT1: a life that was told as lost under its name is not listed under its address, too")
    void aLifeThatIsLostIsListedOnce() {
        Position position = new Position(EPOCH, 2);
        CursorToken.Seen seen = new CursorToken.Seen(Given.HISTORY, Map.of("r", 5L), Set.of());
        CursorToken from = new CursorToken(TOPIC, "c", 0, Map.of("r", position), seen);
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        own.expired(eras.endOfUnanswered("r", position), Reason.PRODUCER_LOST, 0);
        reloads();
        LogEnd end = new LogEnd(LogIdentity.fresh(EPOCH, 0), 4);
        End byAddress = eras.endOfDeparted("host:1", 5, end);
        own.started(new At(Eras.eraOf(byAddress, end, 5), 2));
        idle();
        own.know(Set.of("r"), own.known().passed());
        assertEquals(Map.of("r", position), token());
    }

    @Test
    @DisplayName("ruleT2: a token names the life of a producer that left, and may be a member yet")
    void tokenNamesTheLifeOfWhoLeft() {
        Era r = eras.of("r", LOG, 5);
        LogEnd end = new LogEnd(LOG, 2);
        feed.started(new At(r, 0));
        feed.messages(r, 1, slices(1, 2));
        feed.left(eras.endOfDeparted("r", 5, end));
        feed.know(Set.of("r"), feed.known().passed());
        given();
        assertInstanceOf(Step.Left.class, subscription.next(0));
        assertEquals(Map.of("r", end.position()), token());
        assertEquals(Map.of("r", 5L), taken(1).seen().lives());
    }

    @Test
    @DisplayName(
            "ruleT2: a producer that a token lists with a position is not told as lost; one that only a token knew may be")
    void tokenOfAProducerThatIsThereAgain() {
        Map<String, Position> positions = Map.of("r", new Position(EPOCH, 2));
        CursorToken.Seen seen = new CursorToken.Seen(Given.HISTORY, Map.of("r", 5L), Set.of());
        CursorToken from = new CursorToken(TOPIC, "c", 0, positions, seen);
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        own.expired(eras.endOfUnanswered("r", new Position(EPOCH, 2)), Reason.PRODUCER_LOST, 0);
        reloads();
        List<CursorToken.Lost> lost = List.of(new CursorToken.Lost("r", 5, new Position(EPOCH, 2)));
        assertEquals(lost, taken(1).seen().lost());
        own.know(Set.of("r"), own.known().passed());
        assertEquals(positions, token(), "a member has not said its name");
        assertEquals(Map.of("r", 5L), taken(1).seen().lives());
        assertEquals(List.of(), taken(1).seen().lost());
        own.know(Set.of(), own.known().passed());
        own.started(new At(eras.of("r", LOG, 5), 2));
        idle();
        assertEquals(positions, token(), "it was there");
        assertEquals(List.of(), taken(1).seen().lost());
    }

    /** The subscription was told the life 5 of {@code r} as lost, behind its second message, as its token says. */
    private CursorToken resumeToldAsLost() {
        CursorToken.Lost lost = new CursorToken.Lost("r", 5, new Position(EPOCH, 2));
        CursorToken from = new CursorToken(TOPIC, "c", 0, Map.of(), CursorToken.Seen.NOTHING.withLost(List.of(lost)));
        subscription = SubscriptionState.catchingUp(own, feed, SubscriptionState.startOf(from), from, SETTINGS, 0, 0);
        return from;
    }

    @Test
    @DisplayName(
            "G1, ruleT2: another life of its name, which turns out to have been before all that are counted, is told")
    void anotherLifeBeforeAllOthers() {
        resumeToldAsLost();
        eras.of("r", NEXT_LOG, 7);
        LogEnd ended = new LogEnd(LAST_LOG, 4);
        End end = eras.endBefore("r", 6, ended, Set.of(7L));
        assertEquals(0, end.number());
        own.expired(end, Reason.PRODUCER_LOST, 0);
        assertEquals(List.of(new Gap("r", Reason.PRODUCER_LOST, LAST_LOG.epoch(), 1L, 4L, null)), told());
    }

    @Test
    @DisplayName(
            "G2, ruleT1: of another life of its name a token lists what the feed knows, not where the lost one was")
    void listsAnotherLifeThanTheLost() {
        CursorToken from = resumeToldAsLost();
        own.know(Set.of("r"), own.known().passed());
        assertTrue(token().containsKey("r"));
        assertNull(token().get("r"), "a member that has not answered");
        assertEquals(from.seen().lost(), taken(1).seen().lost());
        own.expired(eras.endOfUnheard("r", 6), Reason.PRODUCER_LOST, 0);
        reloads();
        own.know(Set.of(), own.known().passed());
        assertEquals(Map.of(), token(), "which was lost without an answer");
        own.started(new At(eras.of("r", NEXT_LOG, 7), 0));
        assertTrue(token().containsKey("r"));
        assertNull(token().get("r"), "and another one came since");
    }

    @Test
    @DisplayName("G2, ruleT2: what turns up once its node's end was told is counted from where it was told as lost")
    void theLostOneTurnsUpBehindAnEnd() {
        resumeToldAsLost();
        own.expired(eras.endOfUnanswered("r", null), Reason.PRODUCER_LOST, 0);
        reloads();
        theLostOneTurnsUp();
    }

    @Test
    @DisplayName("G2, ruleT2: also if that was the end of an earlier life")
    void theLostOneTurnsUpBehindAnotherLife() {
        resumeToldAsLost();
        own.expired(eras.endOfDeparted("r", 4, new LogEnd(LAST_LOG, 4)), Reason.PRODUCER_LOST, 0);
        reloads();
        theLostOneTurnsUp();
    }

    private void theLostOneTurnsUp() {
        own.expired(new At(eras.of("r", LOG, 5), 7), Reason.OVERRUN, 0);
        assertEquals(List.of(new Gap("r", Reason.OVERRUN, EPOCH, 3L, 5L, new Position(EPOCH, 8))), told());
    }

    @Test
    @DisplayName("G2, ruleT1: also where that one's stream began, as long as nothing of it is read")
    void listsWhereAnotherLifeBegan() {
        resumeToldAsLost();
        own.started(new At(eras.of("r", NEXT_LOG, 7), 0));
        assertEquals(Map.of("r", new Position(NEXT_LOG.epoch(), 0)), token());
        assertEquals(Map.of("r", 7L), taken(1).seen().lives());
    }

    @Test
    @DisplayName("ruleT2: a subscription goes on with what its token says was told as lost, and its tokens say so")
    void resumesBehindWhatWasToldAsLost() {
        CursorToken from = resumeToldAsLost();
        List<CursorToken.Lost> lost = from.seen().lost();
        assertEquals(from, taken(1), "before its node has a history");
        own.know(own.known().mustBeListed(), new Passed(Given.history(), 0, Map.of()));
        assertEquals(lost, taken(1).seen().lost());
        Era back = eras.of("r", LOG, 5);
        own.started(new At(back, 0));
        own.messages(back, 1, slices(1, 4));
        assertEquals(List.of(3L, 4L), given(), "it is a member that began anew here");
        own.expired(new At(back, 6), Reason.OVERRUN, 0);
        assertEquals(2, told().get(0).missed());
    }

    @Test
    @DisplayName("ruleT2: of very many that were told as lost a token names the newest, and each node once")
    void tokenNamesTheNewestThatWereLost() {
        for (int i = 1; i <= Limits.MAX_TOKEN_LOST; i++) {
            lost("lost-" + i, i, 1);
            reloads();
        }
        lost("one more", 1_000, 1);
        reloads();
        lost("lost-5", 1_001, 1);
        reloads();
        List<CursorToken.Lost> lost = taken(1).seen().lost();
        assertEquals(Limits.MAX_TOKEN_LOST, lost.size());
        assertEquals(
                List.of(1_001L, 1_000L),
                lost.stream().limit(2).map(CursorToken.Lost::uid).toList());
        assertEquals(1, lost.stream().filter(one -> one.node().equals("lost-5")).count());
        assertTrue(lost.stream().noneMatch(one -> one.node().equals("lost-1")));
    }
}
