package dev.gapless.core.feed;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.LOG;
import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Lineage;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FeedTest {
    private final Eras eras = new Eras();
    private final Era p = eras.of("p", LOG, 0);
    private final Era q = eras.of("q", LOG, 0);

    @Test
    @DisplayName("ruleF1: the base is behind the last entry that fell out, of each producer")
    void basesFollowWhatFellOut() {
        Feed feed = new Feed(Given.ring(4));
        feed.started(new At(p, 0));
        feed.started(new At(q, 7));
        feed.messages(p, 1, slices(1, 2));
        assertEquals(Map.of("p", new At(p, 0), "q", new At(q, 7)), bases(feed));
        feed.messages(q, 8, slices(8, 10));
        feed.messages(p, 3, slices(3, 4));
        assertEquals(6, feed.overtaken().oldest());
        assertEquals(Map.of("p", new At(p, 2), "q", new At(q, 8)), bases(feed));
    }

    @Test
    void knowsTheKeyOfTheLastMessageThatFellOut() {
        Feed feed = new Feed(Given.ring(2));
        feed.started(new At(p, 0));
        feed.messages(p, 1, keyed(1, 4));
        assertEquals("key-2", feed.keyBefore("p", new Position(EPOCH, 3)));
        assertNull(feed.keyBefore("p", new Position(EPOCH, 2)), "another fell out since");
        assertNull(feed.keyBefore("p", new Position(new Epoch(9), 3)));
        assertNull(feed.keyBefore("q", new Position(EPOCH, 3)));
        feed.expired(new At(p, 9), Reason.OVERRUN, 0);
        feed.messages(p, 10, keyed(10, 11));
        assertNull(feed.keyBefore("p", new Position(EPOCH, 10)), "no message");
    }

    private static List<Slice> keyed(long first, long last) {
        Segment segment = Segment.of(first, 0, keyed(first), 1 << 20);
        for (long i = first; i <= last; i++) {
            segment.append(keyed(i), 0);
        }
        return List.of(segment.slice(first, (int) (last - first + 1)));
    }

    private static Content keyed(long sequence) {
        return new Content("key-" + sequence, false, Map.of(), new Format(1, ""), new byte[] {1});
    }

    @Test
    @DisplayName(
            "ruleF1, P12: what is dropped for its age counts for the base; with backpressure it waits for who reads it")
    void basesFollowWhatIsTooOld() {
        for (Overflow overflow : Overflow.values()) {
            Feed feed = new Feed(
                    Given.settings(100, overflow, ResumeAfterExpiry.HEAD).with(draft -> draft.maxAgeNs = 16 * SECOND));
            FeedCursor reader = feed.attach(1, 0);
            feed.started(new At(p, 0));
            feed.messages(p, 1, slices(1, 4));
            feed.dropOld(0);
            reader.moveTo(4);
            feed.dropOld(20 * SECOND);
            long behind = overflow == Overflow.EXPIRE ? 4 : 2;
            assertEquals(Map.of("p", new At(p, behind)), bases(feed));
            assertEquals(behind + 2, feed.oldest());
        }
    }

    @Test
    @DisplayName("ruleF1: an expiry that fell out counts for the base")
    void expiriesCountForTheBase() {
        Feed feed = new Feed(Given.ring(2));
        feed.started(new At(p, 0));
        feed.expired(new At(p, 9), Reason.OVERRUN, 0);
        feed.messages(p, 10, slices(10, 11));
        assertEquals(new At(p, 9), bases(feed).get("p"));
        feed.left(eras.endOf(new At(p, 11), 1));
        feed.messages(q, 1, slices(1, 2));
        assertInstanceOf(End.class, bases(feed).get("p"));
    }

    @Test
    @DisplayName("ruleF1: behind an open end the sequence does not count")
    void openEndsHaveNoSequence() {
        End end = eras.endOf(new At(p, 2), 1);
        assertFalse(eras.endOf(new At(p, 9), 1).isBeyond(end));
        assertTrue(end.isBeyond(new At(p, 99)));
        assertTrue(new At(eras.of("p", LogIdentity.fresh(new Epoch(9), 0), 0), 0)
                .isBeyond(eras.endOf(new At(p, 99), 1)));
    }

    @Test
    @DisplayName("ruleF1: epochs that go on from one another share a stretch, others do not")
    void lineageSharesTheStretch() {
        LogIdentity recovered = new LogIdentity(new Epoch(9), 0, 5, new Lineage(EPOCH, 4));
        assertEquals(p.number(), eras.continued("p", new At(p, 4), recovered, 0).number());
        assertTrue(eras.of("p", LogIdentity.fresh(new Epoch(10), 0), 0).number() > p.number());
        assertEquals(p.number(), eras.of("p", LOG, 0).number(), "what is known keeps its number");
    }

    @Test
    @DisplayName("ruleF1: ends are counted alike by all readers, those of lives that never answered too")
    void endsAreCountedAlike() {
        assertEquals(endOf(p, 1), endOf(p, 1));
        End silent = eras.endOfUnheard("p", 5);
        assertTrue(silent.isBeyond(endOf(p, 1)));
        assertEquals(silent, eras.endOfUnheard("p", 5));
        assertTrue(eras.endOfUnheard("p", 6).isBeyond(silent));
    }

    private End endOf(Era era, long uid) {
        return eras.endOf(new At(era, 0), uid);
    }

    @Test
    @DisplayName("ruleF2, S5: a life ends in one place, whether it answered a reader or not")
    void endOfALifeThatAnsweredOneReader() {
        long silent = eras.endOfUnheard("p", 5).number();
        assertEquals(silent, endOf(p, 5).number());
        assertEquals(endOf(q, 6).number(), eras.endOfUnheard("q", 6).number());
    }

    @Test
    @DisplayName("ruleC7: a producer that began with an expiry has no origin that would pass it")
    void noOriginBehindAnExpiry() {
        Feed feed = new Feed(Given.ring(4));
        feed.expired(eras.endOfUnheard("r", 5), Reason.PRODUCER_LOST, 0);
        At begins = new At(eras.of("r", LogIdentity.fresh(new Epoch(9), 0), 0), 0);
        feed.started(begins);
        assertNull(feed.known().origins().get("r"));
        assertNull(bases(feed).get("r"));
        assertEquals(begins, feed.known().newest().get("r"));
        assertEquals(2, begins.era().number(), "the life that was lost counts");
    }

    @Test
    @DisplayName("ruleS5: joins at the oldest entry, and only when behind no producer")
    void joinsWhenBehindNobody() {
        Feed feed = new Feed(Given.ring(4));
        feed.started(new At(p, 0));
        feed.started(new At(q, 0));
        feed.messages(p, 1, slices(1, 3));
        feed.messages(q, 1, slices(1, 3));
        Vector at = Vector.of(Map.of("p", new At(p, 2), "q", new At(q, 0)));
        assertNotNull(feed.join(at, 0));
        assertEquals(feed.oldest(), feed.join(at, 0).cursor().next());
        assertNull(feed.join(at.with(new At(p, 1)), 0));
        assertNull(feed.join(Vector.of(Map.of("p", new At(p, 9))), 0), "it has nothing of q yet");
    }

    @Test
    @DisplayName(
            "ruleS5, ruleT2: who joins keeps where its token says that a life was lost: it may turn up and go on there")
    void joinsBehindALossOfItsToken() {
        Feed feed = new Feed(Given.ring(4));
        feed.expired(eras.endOf(new At(p, 3), 1), Reason.PRODUCER_LOST, 0);
        End lost = End.ofToken(new CursorToken.Lost("p", 2, new Position(new Epoch(2), 7)));
        Vector joined = feed.join(Vector.of(Map.of("p", lost)), 0).positions();
        Era turnsUp = eras.of("p", LogIdentity.fresh(new Epoch(2), 0), 2);
        assertEquals(new At(turnsUp, 7), joined.get("p").resolvedBy(new At(turnsUp, 9)));
        Vector other = feed.join(Vector.EMPTY, 0).positions();
        assertNull(other.get("p").position(), "what others got of another life is not its own");
    }

    @Test
    @DisplayName("ruleF3, G1: a producer is not forgotten while its end is in the ring, or a reader has yet to read it")
    void endsAreNotForgottenTooEarly() {
        Feed feed = new Feed(Given.ring(2));
        FeedCursor reader = feed.attach(1, 0);
        feed.left(eras.endOf(new At(p, 5), 1)); // 1
        feed.started(new At(q, 0)); // 2
        feed.forgetEnded(Set.of("q"));
        assertTrue(feed.known().newest().containsKey("p"), "in the ring, and to be read");
        reader.moveTo(2);
        feed.forgetEnded(Set.of("q"));
        assertTrue(feed.known().newest().containsKey("p"), "in the ring");
        feed.messages(q, 1, slices(1, 1)); // 3
        assertTrue(bases(feed).containsKey("p"));
        feed.forgetEnded(Set.of("q"));
        assertFalse(feed.known().newest().containsKey("p"));
        assertFalse(bases(feed).containsKey("p"));
        assertNull(feed.tails().get("p"));
    }

    @Test
    @DisplayName("ruleF3, G1: nor while a reader that was overtaken has yet to be told of it")
    void endsAreNotForgottenBeforeTheyAreTold() {
        Feed feed = new Feed(Given.ring(2));
        FeedCursor reader = feed.attach(1, 0);
        feed.left(eras.endOf(new At(p, 5), 1)); // 1
        feed.started(new At(q, 0)); // 2
        feed.messages(q, 1, slices(1, 9)); // 3 to 11
        feed.forgetEnded(Set.of("q"));
        assertTrue(bases(feed).containsKey("p"), "it stands in front of the end");
        reader.moveTo(2);
        feed.forgetEnded(Set.of("q"));
        assertFalse(bases(feed).containsKey("p"));
    }

    // ------------------------------------------------------------------ backpressure

    @Test
    @DisplayName(
            "backpressure, P12: what is too old stays for every reader that has yet to read it, unless that has stalled")
    void ageWaitsForReaders() {
        Feed feed = new Feed(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD)
                .with(draft -> draft.maxAgeNs = 16 * SECOND));
        FeedCursor slow = feed.attach(1, 0);
        FeedCursor fast = feed.attach(1, 0);
        feed.messages(p, 1, slices(1, 8));
        feed.dropOld(0);
        fast.moveTo(9);
        feed.dropOld(20 * SECOND);
        assertEquals(1, feed.oldest(), "held");
        slow.moveTo(4);
        feed.dropOld(22 * SECOND);
        assertEquals(4, feed.oldest(), "held from there on");
        feed.findStalled(22 * SECOND);
        assertEquals(8 * Given.FRAME_BYTES, feed.grantBytes());
        feed.messages(p, 9, slices(9, 11));
        assertEquals(0, feed.grantBytes());
        fast.moveTo(12);
        feed.findStalled(23 * SECOND);
        feed.findStalled(33 * SECOND);
        feed.dropOld(50 * SECOND);
        assertTrue(feed.oldest() > 4, "it frees nothing");
    }

    private static Feed withBackpressure() {
        return new Feed(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
    }

    @Test
    @DisplayName("backpressure, slowSubscriberMailbox: a full feed grants nothing, until its slowest reader goes on")
    void fullFeedGrantsNothing() {
        Feed feed = withBackpressure();
        FeedCursor slow = feed.attach(1, 0);
        FeedCursor fast = feed.attach(1, 0);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(p, 1, slices(1, 8));
        fast.moveTo(9);
        assertEquals(0, feed.grantBytes());
        assertTrue(feed.wantsRoom());
        slow.moveTo(5);
        assertTrue(feed.grantBytes() > 0);
        assertFalse(feed.wantsRoom());
        feed.messages(p, 9, slices(9, 10));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName("backpressure: what a reader that has just come is about to read stays")
    void keepsWhatANewReaderReads() {
        Feed feed = withBackpressure();
        feed.messages(p, 1, slices(1, 8));
        assertTrue(feed.grantBytes() > 0, "nobody reads");
        feed.attach(1, 0);
        feed.messages(p, 9, slices(9, 10));
        assertEquals(1, feed.oldest());
    }

    @Test
    @DisplayName("backpressure: a reader that frees nothing for too long is overtaken, alone")
    void stalledReaderIsOvertaken() {
        Feed feed = withBackpressure();
        FeedCursor frozen = feed.attach(1, 0);
        FeedCursor other = feed.attach(1, 0);
        feed.findStalled(0);
        feed.messages(p, 1, slices(1, 8));
        other.moveTo(9);
        // The topic was idle for long; only from now on there is somebody who waits.
        assertEquals(0, feed.grantBytes());
        feed.findStalled(100 * SECOND);
        feed.findStalled(105 * SECOND - 1);
        assertEquals(0, feed.grantBytes());
        feed.findStalled(105 * SECOND);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(p, 9, slices(9, 12));
        assertTrue(feed.oldest() > frozen.next());
        frozen.moveTo(feed.oldest());
        feed.findStalled(106 * SECOND);
        other.moveTo(13);
        feed.grantBytes();
        feed.messages(p, 13, slices(13, 20));
        assertEquals(0, feed.grantBytes(), "it goes on, and is waited for again");
    }

    // ------------------------------------------------------------------ a feed that is behind

    /** A feed of 8 that is behind and full, and its slow reader, which stands at its oldest entry. */
    private FeedCursor holdsBackA(Feed feed) {
        FeedCursor slow = feed.attach(1, 0);
        feed.behind(0);
        feed.messages(p, 1, slices(1, 8));
        assertEquals(0, feed.grantBytes());
        assertFalse(feed.lookAtHold(0));
        return slow;
    }

    @Test
    @DisplayName("ruleS6: a feed that is behind grants nothing and overwrites nothing that is unread")
    void behindItTakesNoMoreThanIsRead() {
        Feed feed = new Feed(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        feed.messages(p, 9, slices(9, 12)); // was under way
        assertEquals(1, feed.oldest());
        slow.moveTo(13);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(p, 13, slices(13, 13));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName(
            "ruleS6, G5: it waits for a second, and then no more for whoever has not read everything, until it has")
    void behindItWaitsForASecond() {
        Feed feed = new Feed(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        FeedCursor fast = feed.attach(9, 0);
        assertEquals(SECOND, feed.holdDueNs());
        assertFalse(feed.lookAtHold(SECOND - 1));
        assertTrue(feed.lookAtHold(SECOND));
        assertEquals(Given.ring(8).windowBytes(), feed.grantBytes());
        feed.messages(p, 9, slices(9, 12));
        assertEquals(5, feed.oldest());
        fast.idleAt(13);
        slow.moveTo(5);
        assertFalse(feed.lookAtHold(3 * SECOND));
        feed.behind(3 * SECOND);
        feed.messages(p, 13, slices(13, 13));
        assertEquals(6, feed.oldest(), "it moves, and is still not waited for");
        slow.idleAt(14);
        fast.idleAt(14);
        feed.messages(p, 14, slices(14, 22));
        assertEquals(14, feed.oldest(), "it had read everything");
    }

    @Test
    @DisplayName("ruleS6: while it goes on being behind, it waits for no second time")
    void behindItWaitsOnce() {
        Feed feed = new Feed(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        assertTrue(feed.lookAtHold(SECOND));
        assertTrue(feed.grantBytes() > 0);
        slow.idleAt(9);
        feed.behind(SECOND + 1);
        feed.messages(p, 9, slices(9, 20));
        assertEquals(13, feed.oldest());
        assertFalse(feed.lookAtHold(2 * SECOND));
        assertFalse(feed.lookAtHold(2 * SECOND + 1), "it has been behind for the last time");
        feed.behind(2 * SECOND + 2);
        slow.idleAt(21);
        feed.messages(p, 21, slices(21, 29));
        assertEquals(21, feed.oldest());
    }

    @Test
    @DisplayName("ruleS6: a feed waits for nobody that it has overtaken, and for nobody while it is not behind")
    void behindItWaitsForNobodyThatIsToldAnyway() {
        Feed feed = new Feed(Given.ring(8));
        feed.attach(1, 0);
        feed.messages(p, 1, slices(1, 9));
        feed.behind(0);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(p, 10, slices(10, 12));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName("ruleS6: without a hold it never waits")
    void withoutAHold() {
        Feed feed = new Feed(Given.ring(8).with(draft -> draft.feedHoldNs = 0));
        feed.attach(1, 0);
        feed.behind(0);
        feed.messages(p, 1, slices(1, 9));
        assertEquals(2, feed.oldest());
        assertFalse(feed.lookAtHold(9 * SECOND));
        assertEquals(Long.MAX_VALUE, feed.holdDueNs());
    }

    @Test
    @DisplayName("a feed may be smaller than a log")
    void mayBeSmallerThanALog() {
        Feed feed = new Feed(Given.ring(8).with(draft -> draft.feedMessages = 2));
        feed.messages(p, 1, slices(1, 3));
        assertEquals(2, feed.size());
    }

    @Test
    @DisplayName("a feed counts what keeps messages that came together, until the last of them is gone")
    void countsEntries() {
        int entry = FeedEntry.Messages.OVERHEAD_BYTES;
        Feed feed = new Feed(Given.ring(8).with(draft -> draft.feedBytes = 3L * Given.FRAME_BYTES + 2L * entry));
        feed.messages(p, 1, slices(1, 3));
        feed.messages(p, 4, slices(4, 4));
        assertEquals(3, feed.size(), "two of the first entry, and that of the other");
        assertEquals(3L * Given.FRAME_BYTES + 2L * entry, feed.bytes());
        feed.messages(p, 5, slices(5, 5));
        assertEquals(2, feed.size(), "three entries would be too much");
        assertEquals(2L * (Given.FRAME_BYTES + entry), feed.bytes());
    }

    private static Map<String, Placed> bases(Feed feed) {
        return feed.overtaken().bases().positions();
    }
}
