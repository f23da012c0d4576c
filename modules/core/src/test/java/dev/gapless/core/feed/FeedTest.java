package dev.gapless.core.feed;

import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.ResumeAfterExpiry;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FeedTest {
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");
    private static final Stream R = Stream.of(3, TOPIC, "r");

    private static Frontier at(Place... places) {
        return Frontier.of(Arrays.stream(places)
                .collect(Collectors.toMap(place -> place.stream().epoch(), place -> place)));
    }

    /** Its reader asks for what comes behind these places, and has heard of nothing. */
    private static Asked asks(Place... places) {
        return new Asked() {
            @Override
            public boolean asks(Place place) {
                return List.of(places).contains(place);
            }

            @Override
            public long head(Stream stream) {
                return Place.UNKNOWN;
            }
        };
    }

    private static Map<Stream, Long> bases(Feed feed) {
        Map<Stream, Long> bases = new HashMap<>();
        feed.overtaken().bases().forEach(base -> bases.put(base.stream(), base.at()));
        return bases;
    }

    private static boolean knows(Feed feed, Stream stream) {
        return feed.tails().containsKey(stream.epoch());
    }

    // ------------------------------------------------------------------ what fell out (rule F1)

    @Test
    @DisplayName("ruleF1: the base is behind the last entry that fell out, of each stream")
    void basesFollowWhatFellOut() {
        Feed feed = new Feed(Given.ring(4));
        feed.began(P, 0);
        feed.began(Q, 7);
        feed.messages(P, 1, slices(1, 2));
        assertEquals(Map.of(P, 0L, Q, 7L), bases(feed));
        feed.messages(Q, 8, slices(8, 10));
        feed.messages(P, 3, slices(3, 4));
        assertEquals(6, feed.overtaken().oldest());
        assertEquals(Map.of(P, 2L, Q, 8L), bases(feed));
    }

    @Test
    @DisplayName("ruleF1: an expiry that fell out counts for the base, an end is announced with it")
    void noticesThatFellOut() {
        Feed feed = new Feed(Given.ring(2));
        feed.began(P, 0);
        feed.expired(P, 0, 9, Reason.OVERRUN, 0);
        feed.messages(P, 10, slices(10, 11));
        assertEquals(Map.of(P, 9L), bases(feed));
        feed.ended(P, 11, End.exact(15, 5), true);
        feed.began(Q, 0);
        assertNull(feed.overtaken().bases().get(0).ended(), "it is there, and will be read");
        feed.messages(Q, 1, slices(1, 2));
        Base base = feed.overtaken().bases().stream()
                .filter(one -> one.stream().equals(P))
                .findAny()
                .orElseThrow();
        assertEquals(0, base.began());
        assertEquals(11, base.at());
        assertEquals(End.exact(15, 5), base.ended().end());
    }

    @Test
    @DisplayName("ruleF1: who goes on further than the oldest entry is told of what lies before, of each stream")
    void basesOfWhoIsOvertakenAgain() {
        Feed feed = new Feed(Given.ring(8));
        feed.began(P, 0);
        feed.began(Q, 0);
        feed.messages(P, 1, slices(1, 4));
        feed.messages(Q, 1, slices(1, 4));
        feed.messages(P, 5, slices(5, 6));
        Feed.Overtaken again = feed.overtakenAgain();
        assertTrue(again.oldest() > feed.oldest() && again.oldest() <= feed.head());
        Map<Stream, Long> bases = new HashMap<>();
        again.bases().forEach(base -> bases.put(base.stream(), base.at()));
        FeedEntry.Messages next = (FeedEntry.Messages) feed.get(again.oldest());
        assertNotNull(next);
        assertEquals(next.sequence() + again.oldest() - next.index() - 1, bases.get(next.stream()));
        assertEquals(4, bases.get(P), "5 and 6 come behind it");
    }

    @Test
    void knowsTheKeyOfTheLastMessageThatFellOut() {
        Feed feed = new Feed(Given.ring(2));
        feed.began(P, 0);
        feed.messages(P, 1, keyed(1, 4));
        assertEquals("key-2", feed.keyBefore(P.at(3)));
        assertNull(feed.keyBefore(P.at(2)), "another fell out since");
        assertNull(feed.keyBefore(new Position(Q.epoch(), 3)));
        feed.expired(P, 4, 9, Reason.OVERRUN, 0);
        feed.messages(P, 10, keyed(10, 11));
        assertNull(feed.keyBefore(P.at(10)), "no message");
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
            feed.began(P, 0);
            feed.messages(P, 1, slices(1, 4));
            feed.dropOld(0);
            reader.moveTo(4);
            feed.dropOld(20 * SECOND);
            long behind = overflow == Overflow.EXPIRE ? 4 : 2;
            assertEquals(Map.of(P, behind), bases(feed));
            assertEquals(behind + 2, feed.oldest());
        }
    }

    @Test
    @DisplayName("what it may hold changes: the oldest go at once, with backpressure none that is to be read")
    void limit() {
        for (Overflow overflow : Overflow.values()) {
            Feed feed = new Feed(Given.settings(8, overflow, ResumeAfterExpiry.HEAD));
            FeedCursor reader = feed.attach(1, 0);
            feed.began(P, 0);
            feed.messages(P, 1, slices(1, 4));
            reader.moveTo(4);
            long half = feed.bytes() / 2;
            feed.limit(half);
            assertEquals(half, feed.maxBytes());
            assertTrue(overflow == Overflow.BACKPRESSURE || feed.bytes() <= half, () -> "bytes: " + feed.bytes());
            assertEquals(5, feed.head());
            assertTrue(feed.size() > 0 && feed.size() < 5, () -> "size: " + feed.size());
            feed.limit(1);
            assertEquals(overflow == Overflow.EXPIRE ? 0 : 2, feed.size());
            feed.limit(Long.MAX_VALUE);
            assertEquals(feed.settings().mostBytesInFeed(), feed.maxBytes());
            feed.messages(P, 5, slices(5, 8));
            assertEquals(overflow == Overflow.EXPIRE ? 4 : 6, feed.size());
        }
    }

    @Test
    @DisplayName("ruleS3: no notice has a higher index than the last one")
    void lastNotice() {
        Feed feed = new Feed(Given.ring(8));
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 3));
        assertEquals(1, feed.lastNotice());
        feed.expired(P, 3, 5, Reason.OVERRUN, 0);
        assertEquals(5, feed.lastNotice());
        feed.ended(P, 5, End.lost(0), true);
        assertEquals(6, feed.lastNotice());
    }

    // ------------------------------------------------------------------ who may read it (rule S5)

    @Test
    @DisplayName("ruleS5: who lacks nothing that fell out, of any stream, reads on at the oldest entry")
    void placesWhoLacksNothing() {
        Feed feed = new Feed(Given.ring(4));
        feed.began(P, 0);
        feed.began(Q, 0);
        feed.messages(P, 1, slices(1, 3));
        feed.messages(Q, 1, slices(1, 3));
        Frontier at = at(Place.at(P, 2), Place.at(Q, 0));
        assertTrue(feed.mayCover(at, StreamsView.NOTHING, 0));
        Feed.Placed placed = feed.place(at, Asked.ANYTHING, 0);
        assertNotNull(placed);
        assertEquals(feed.oldest(), placed.cursor().next());
        assertEquals(Map.of(), placed.begins());
        assertFalse(feed.mayCover(at.with(Place.at(P, 1)), StreamsView.NOTHING, 0));
        assertNull(feed.place(at.with(Place.at(P, 1)), Asked.ANYTHING, 0));
        assertFalse(feed.mayCover(at.with(Place.at(Q, 4)), StreamsView.NOTHING, 0), "nobody knows of a fourth");
        assertFalse(feed.mayCover(at(Place.at(Q, 0)), StreamsView.NOTHING, 0), "the first message of P is gone");
        assertTrue(feed.mayCover(at(Place.at(P, 2)), StreamsView.NOTHING, 0), "it has all of Q");
    }

    @Test
    @DisplayName("ruleS5: of a stream of which it has nothing its reader must ask for what comes behind the place")
    void placesWhoseStreamIsAskedFor() {
        Feed feed = new Feed(Given.ring(4));
        assertNotNull(feed.place(Frontier.EMPTY, asks(), 0));
        assertNotNull(feed.place(at(Place.at(P, 5)), asks(Place.at(P, 5)), 0));
        assertNull(feed.place(at(Place.at(P, 6)), asks(Place.at(P, 5)), 0));
        assertNotNull(feed.place(at(Place.over(P, 6)), asks(), 0), "nothing more is expected");
        assertNotNull(feed.place(at(Place.lost(P, 6)), asks(), 0));
    }

    @Test
    @DisplayName("ruleS5, G2: of a node's streams that went on nobody is given one in front of one that was read")
    void placesNobodyBehindWhatHeRead() {
        Stream next = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 2));
        feed.ended(P, 2, End.goneOn(2, 0), true);
        feed.began(next, 0);
        feed.messages(next, 1, slices(1, 3));
        assertNull(feed.place(at(Place.at(next, 1)), Asked.ANYTHING, 0));
        assertNotNull(feed.place(at(Place.at(next, 0)), Asked.ANYTHING, 0), "it lacks both");
        assertNotNull(feed.place(at(Place.over(P, 2), Place.at(next, 1)), Asked.ANYTHING, 0));
    }

    @Test
    @DisplayName(
            "ruleS5: a stream that went on, and in which nothing was, is over for whoever has read one behind it (seed 1000000030300)")
    void whoLacksAnEmptyStreamHasPassedIt() {
        Stream next = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        feed.began(P, 0);
        feed.ended(P, 0, End.goneOn(0, 0), true);
        feed.began(next, 0);
        feed.messages(next, 1, slices(1, 3));
        Frontier lacks = at(Place.at(next, 1));
        assertNull(feed.place(lacks, Asked.ANYTHING, 0));
        Map<Epoch, Place> over = feed.over(lacks, StreamsView.NOTHING, 0);
        assertEquals(Map.of(P.epoch(), Place.over(P, 0)), over);
        assertNotNull(feed.place(lacks.with(over), Asked.ANYTHING, 0));
        assertEquals(Map.of(), feed.over(at(Place.at(next, 0)), StreamsView.NOTHING, 0), "it may come to it yet");
    }

    @Test
    @DisplayName(
            "ruleS5: what had ended when a subscription was told that anything may be missed keeps it out no more (seed 1000000705561)")
    void whatWasAnnouncedAsAnything() {
        Stream next = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        feed.expired(P, -1, 3, Reason.OVERRUN, 0);
        feed.ended(P, 3, End.goneOn(3, 0), true);
        long then = feed.head();
        feed.began(next, 0);
        Frontier at = at(Place.at(next, 0));
        assertFalse(feed.mayCover(at, StreamsView.NOTHING, 0), "it may come to the first three yet");
        assertFalse(feed.mayCover(at, StreamsView.NOTHING, then - 1), "that was not over by then");
        assertTrue(feed.mayCover(at, StreamsView.NOTHING, then));
        assertEquals(Map.of(P.epoch(), Place.over(P, 3)), feed.over(at, StreamsView.NOTHING, then));
        assertEquals(Map.of(), feed.over(at.with(Place.at(P, 3)), StreamsView.NOTHING, then), "it reads that");
    }

    @Test
    @DisplayName(
            "ruleC11, G2: of a stream of which nobody had heard everything is passed once one behind it was read, also to its end")
    void passesStrangersBehindWhatIsOver() {
        Stream next = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 2));
        feed.ended(P, 2, End.goneOn(2, 0).ofStranger(), true);
        feed.began(next, 0);
        feed.messages(next, 1, slices(1, 3));
        feed.ended(next, 3, End.goneOn(3, 0), true);
        Set<Epoch> strangers = Set.of(P.epoch());
        StreamsView known = new StreamsView(
                Map.of(), Map.of(), Set.of(), strangers, Set.of(), EndedStreams.NOTHING, EarlierStreams.NONE, 0);
        assertTrue(feed.over(at(Place.over(next, 3)), known, 0).containsKey(P.epoch()));
        assertFalse(feed.over(at(Place.over(next, 0)), known, 0).containsKey(P.epoch()), "it may lack it");
    }

    @Test
    @DisplayName(
            "ruleC11: whoever reads a feed where a stream has begun has passed what its log has in front of it, but for what was a member here (seed 1000000850167)")
    void passesWhatALogHasInFront() {
        Stream own = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        StreamsView known = known(Map.of(own.epoch(), own), Map.of(own.epoch(), List.of(P)));
        Frontier at = at(Place.at(own, 0));
        assertEquals(Map.of(), feed.passedInLogs(at, known), "it has not begun here");
        feed.began(own, 0);
        assertEquals(Map.of(P.epoch(), Place.over(P, Place.AWAITED)), feed.passedInLogs(at, known));
        assertEquals(Map.of(), feed.passedInLogs(at.with(Place.at(P, 3)), known), "it has a place");
        assertEquals(Map.of(), feed.passedInLogs(at(Place.at(own, Place.UNKNOWN)), known));
        StreamsView wasThere = known(Map.of(own.epoch(), own, P.epoch(), P), Map.of(own.epoch(), List.of(P)));
        assertEquals(Map.of(), feed.passedInLogs(at, wasThere), "its end comes here, too");
    }

    @Test
    @DisplayName("ruleC11: a stream that is over keeps its place: elsewhere a token says it (seed 1000000245221)")
    void keepsThePlaceOfWhatIsOver() {
        Feed feed = new Feed(Given.ring(10));
        feed.ended(P, Place.UNKNOWN, End.goneOn(14, 0), true);
        Frontier at = at(Place.lost(P, 14));
        assertEquals(Map.of(P.epoch(), Place.over(P, 14)), feed.over(at, StreamsView.NOTHING, 0));
    }

    @Test
    @DisplayName(
            "ruleC11: where nothing was read, a place of what is over does not say more than the node's log has (seed 1000000165627)")
    void noFurtherThanTheLog() {
        Stream own = Stream.of(4, TOPIC, "p");
        Feed feed = new Feed(Given.ring(10));
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 6));
        feed.ended(P, 6, End.goneOn(6, 0), true);
        EarlierStreams stored = new EarlierStreams(
                Map.of(own.epoch(), List.of(P)),
                Map.of(P.epoch(), 4L),
                List.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of());
        StreamsView known =
                new StreamsView(Map.of(), Map.of(), Set.of(), Set.of(), Set.of(), EndedStreams.NOTHING, stored, 0);
        Frontier lacks = at(Place.lost(P, 1));
        assertEquals(Map.of(P.epoch(), Place.over(P, 4)), feed.over(lacks, known, 0));
        assertEquals(
                Map.of(P.epoch(), Place.over(P, 5)), feed.over(at(Place.lost(P, 5)), known, 0), "it has read that");
        assertEquals(Map.of(P.epoch(), Place.over(P, 6)), feed.over(lacks, StreamsView.NOTHING, 0));
    }

    private static StreamsView known(Map<Epoch, Stream> open, Map<Epoch, List<Stream>> logs) {
        EarlierStreams stored = new EarlierStreams(logs, Map.of(), List.of(), Set.of(), Set.of(), Set.of(), Set.of());
        return new StreamsView(open, Map.of(), Set.of(), Set.of(), Set.of(), EndedStreams.NOTHING, stored, 0);
    }

    @Test
    @DisplayName("ruleS5: a place that is not known begins behind the newest message")
    void placesWhoIsToldWhereItBegins() {
        Feed feed = new Feed(Given.ring(4));
        feed.began(P, 300);
        feed.began(Q, 0);
        feed.messages(P, 301, slices(1, 3));
        feed.messages(P, 304, slices(4, 4));
        feed.messages(P, 305, slices(5, 5));
        Frontier at = at(Place.at(P, Place.UNKNOWN), Place.at(Q, 0), Place.at(R, Place.AWAITED));
        Feed.Placed placed = feed.place(at, asks(Place.at(R, Place.AWAITED)), 0);
        assertNotNull(placed);
        assertEquals(Map.of(P.epoch(), 305L), placed.begins());
        assertNull(feed.place(at, asks(), 0), "nobody is asked for R");
    }

    @Test
    @DisplayName("ruleS5: with backpressure nothing is overwritten that who was placed is about to read")
    void keepsWhatWhoWasPlacedReads() {
        Feed feed = withBackpressure();
        feed.messages(P, 1, slices(1, 7));
        Feed.Placed placed = feed.place(at(Place.at(P, 0)), Asked.ANYTHING, 0);
        assertNotNull(placed);
        feed.messages(P, 8, slices(8, 9));
        assertEquals(1, feed.oldest());
        feed.detach(placed.cursor());
        feed.messages(P, 10, slices(10, 10));
        assertEquals(8, feed.size());
    }

    // ------------------------------------------------------------------ ends, and forgetting (rule F3)

    @Test
    @DisplayName("ruleF3: a stream's end is in the feed until it falls out, and not before it came")
    void hasEnd() {
        Feed feed = new Feed(Given.ring(2));
        assertFalse(feed.hasEnd(P.epoch()));
        feed.began(P, 5);
        assertFalse(feed.hasEnd(P.epoch()));
        feed.ended(P, 5, End.exact(5, 0), true);
        assertTrue(feed.hasEnd(P.epoch()));
        feed.began(Q, 0);
        assertTrue(feed.hasEnd(P.epoch()));
        feed.messages(Q, 1, slices(1, 1));
        assertFalse(feed.hasEnd(P.epoch()));
        Set<Epoch> over = new HashSet<>();
        feed.addOver(over);
        assertEquals(Set.of(P.epoch()), over, "it is not forgotten");
    }

    @Test
    @DisplayName("ruleF1: a feed has the end of a stream of which nothing else came, as every other feed")
    void hasTheEndOfWhatNeverCame() {
        Feed feed = new Feed(Given.ring(2));
        feed.ended(P, Place.AWAITED, End.lost(0), true);
        assertTrue(feed.hasEnd(P.epoch()));
        assertEquals(Place.over(P, Place.AWAITED), feed.tails().get(P.epoch()));
    }

    @Test
    @DisplayName("ruleF3, G1: a stream is not forgotten while its end is in the ring, or a reader has yet to read it")
    void endsAreNotForgottenTooEarly() {
        Feed feed = new Feed(Given.ring(2));
        FeedCursor reader = feed.attach(1, 0);
        feed.ended(P, 5, End.exact(5, 0), true); // 1
        feed.began(Q, 0); // 2
        feed.forgetEnded(Set.of());
        assertTrue(knows(feed, P), "in the ring, and to be read");
        reader.moveTo(2);
        feed.forgetEnded(Set.of());
        assertTrue(knows(feed, P), "in the ring");
        feed.messages(Q, 1, slices(1, 1)); // 3
        feed.forgetEnded(Set.of(P.epoch()));
        assertTrue(knows(feed, P), "tokens say that it ended");
        feed.forgetEnded(Set.of());
        assertFalse(knows(feed, P));
        assertEquals(Set.of(Q), bases(feed).keySet());
    }

    @Test
    @DisplayName("ruleF3, G1: nor while a reader that was overtaken has yet to be told of it")
    void endsAreNotForgottenBeforeTheyAreTold() {
        Feed feed = new Feed(Given.ring(2));
        FeedCursor reader = feed.attach(1, 0);
        feed.ended(P, 5, End.lost(0), true); // 1
        feed.began(Q, 0); // 2
        feed.messages(Q, 1, slices(1, 9)); // 3 to 11
        feed.forgetEnded(Set.of());
        assertTrue(knows(feed, P), "it stands in front of the end");
        reader.moveTo(2);
        feed.forgetEnded(Set.of());
        assertFalse(knows(feed, P));
    }

    @Test
    @DisplayName("ruleS5: that a subscription asks is seen once")
    void takeAsked() {
        Feed feed = new Feed(Given.ring(2));
        assertFalse(feed.takeAsked());
        feed.asked();
        assertTrue(feed.takeAsked());
        assertFalse(feed.takeAsked());
    }

    // ------------------------------------------------------------------ backpressure

    /** The first entry says that the stream begins. */
    private static Feed begun(TopicSettings settings) {
        Feed feed = new Feed(settings);
        feed.began(P, 0);
        return feed;
    }

    @Test
    @DisplayName(
            "backpressure, P12: what is too old stays for every reader that has yet to read it, unless that has stalled")
    void ageWaitsForReaders() {
        Feed feed = begun(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD)
                .with(draft -> draft.maxAgeNs = 16 * SECOND));
        FeedCursor slow = feed.attach(2, 0);
        FeedCursor fast = feed.attach(2, 0);
        feed.messages(P, 1, slices(1, 8));
        feed.dropOld(0);
        fast.moveTo(10);
        feed.dropOld(20 * SECOND);
        assertEquals(2, feed.oldest(), "held");
        slow.moveTo(5);
        feed.dropOld(22 * SECOND);
        assertEquals(5, feed.oldest(), "held from there on");
        feed.findStalled(22 * SECOND);
        assertEquals(8 * Given.FRAME_BYTES, feed.grantBytes());
        feed.messages(P, 9, slices(9, 11));
        assertEquals(0, feed.grantBytes());
        fast.moveTo(13);
        feed.findStalled(23 * SECOND);
        feed.findStalled(33 * SECOND);
        feed.dropOld(50 * SECOND);
        assertTrue(feed.oldest() > 5, "it frees nothing");
    }

    private static Feed withBackpressure() {
        return begun(Given.settings(8, Overflow.BACKPRESSURE, ResumeAfterExpiry.HEAD));
    }

    @Test
    @DisplayName("backpressure, slowSubscriberMailbox: a full feed grants nothing, until its slowest reader goes on")
    void fullFeedGrantsNothing() {
        Feed feed = withBackpressure();
        FeedCursor slow = feed.attach(2, 0);
        FeedCursor fast = feed.attach(2, 0);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(P, 1, slices(1, 8));
        fast.moveTo(10);
        assertEquals(0, feed.grantBytes());
        assertTrue(feed.wantsRoom());
        slow.moveTo(6);
        assertTrue(feed.grantBytes() > 0);
        assertFalse(feed.wantsRoom());
        feed.messages(P, 9, slices(9, 10));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName("backpressure: what a reader that has just come is about to read stays")
    void keepsWhatANewReaderReads() {
        Feed feed = withBackpressure();
        feed.messages(P, 1, slices(1, 8));
        assertTrue(feed.grantBytes() > 0, "nobody reads");
        feed.attach(2, 0);
        feed.messages(P, 9, slices(9, 10));
        assertEquals(2, feed.oldest());
    }

    @Test
    @DisplayName("backpressure: a reader that frees nothing for too long is overtaken, alone")
    void stalledReaderIsOvertaken() {
        Feed feed = withBackpressure();
        FeedCursor frozen = feed.attach(2, 0);
        FeedCursor other = feed.attach(2, 0);
        feed.findStalled(0);
        feed.messages(P, 1, slices(1, 8));
        other.moveTo(10);
        // The topic was idle for long; only from now on there is somebody who waits.
        assertEquals(0, feed.grantBytes());
        feed.findStalled(100 * SECOND);
        feed.findStalled(105 * SECOND - 1);
        assertEquals(0, feed.grantBytes());
        feed.findStalled(105 * SECOND);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(P, 9, slices(9, 12));
        assertTrue(feed.oldest() > frozen.next());
        frozen.moveTo(feed.oldest());
        feed.findStalled(106 * SECOND);
        other.moveTo(14);
        feed.grantBytes();
        feed.messages(P, 13, slices(13, 20));
        assertEquals(0, feed.grantBytes(), "it goes on, and is waited for again");
    }

    // ------------------------------------------------------------------ a feed that is behind

    /** A feed of 8 that is behind and full, and its slow reader, which stands at its oldest entry. */
    private FeedCursor holdsBackA(Feed feed) {
        FeedCursor slow = feed.attach(2, 0);
        feed.behind(0);
        feed.messages(P, 1, slices(1, 8));
        assertEquals(0, feed.grantBytes());
        assertFalse(feed.lookAtHold(0));
        return slow;
    }

    @Test
    @DisplayName("ruleS6: a feed that is behind grants nothing and overwrites nothing that is unread")
    void behindItTakesNoMoreThanIsRead() {
        Feed feed = begun(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        feed.messages(P, 9, slices(9, 12)); // was under way
        assertEquals(2, feed.oldest());
        slow.moveTo(14);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(P, 13, slices(13, 13));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName(
            "ruleS6, G5: it waits for a second, and then no more for whoever has not read everything, until it has")
    void behindItWaitsForASecond() {
        Feed feed = begun(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        FeedCursor fast = feed.attach(10, 0);
        assertEquals(SECOND, feed.holdDueNs());
        assertFalse(feed.lookAtHold(SECOND - 1));
        assertTrue(feed.lookAtHold(SECOND));
        assertEquals(Given.ring(8).windowBytes(), feed.grantBytes());
        feed.messages(P, 9, slices(9, 12));
        assertEquals(6, feed.oldest());
        fast.idleAt(14);
        slow.moveTo(6);
        assertFalse(feed.lookAtHold(3 * SECOND));
        feed.behind(3 * SECOND);
        feed.messages(P, 13, slices(13, 13));
        assertEquals(7, feed.oldest(), "it moves, and is still not waited for");
        slow.idleAt(15);
        fast.idleAt(15);
        feed.messages(P, 14, slices(14, 22));
        assertEquals(15, feed.oldest(), "it had read everything");
    }

    @Test
    @DisplayName("ruleS6: while it goes on being behind, it waits for no second time")
    void behindItWaitsOnce() {
        Feed feed = begun(Given.ring(8));
        FeedCursor slow = holdsBackA(feed);
        assertTrue(feed.lookAtHold(SECOND));
        assertTrue(feed.grantBytes() > 0);
        slow.idleAt(10);
        feed.behind(SECOND + 1);
        feed.messages(P, 9, slices(9, 20));
        assertEquals(14, feed.oldest());
        assertFalse(feed.lookAtHold(2 * SECOND));
        assertFalse(feed.lookAtHold(2 * SECOND + 1), "it has been behind for the last time");
        feed.behind(2 * SECOND + 2);
        slow.idleAt(22);
        feed.messages(P, 21, slices(21, 29));
        assertEquals(22, feed.oldest());
    }

    @Test
    @DisplayName("ruleS6: a feed waits for nobody that it has overtaken, and for nobody while it is not behind")
    void behindItWaitsForNobodyThatIsToldAnyway() {
        Feed feed = begun(Given.ring(8));
        feed.attach(2, 0);
        feed.messages(P, 1, slices(1, 9));
        feed.behind(0);
        assertTrue(feed.grantBytes() > 0);
        feed.messages(P, 10, slices(10, 12));
        assertEquals(8, feed.size());
    }

    @Test
    @DisplayName("ruleS6: without a hold it never waits")
    void withoutAHold() {
        Feed feed = begun(Given.ring(8).with(draft -> draft.feedHoldNs = 0));
        feed.attach(2, 0);
        feed.behind(0);
        feed.messages(P, 1, slices(1, 9));
        assertEquals(3, feed.oldest());
        assertFalse(feed.lookAtHold(9 * SECOND));
        assertEquals(Long.MAX_VALUE, feed.holdDueNs());
    }

    @Test
    @DisplayName("a feed may be smaller than a log")
    void mayBeSmallerThanALog() {
        Feed feed = begun(Given.ring(8).with(draft -> draft.feedMessages = 2));
        feed.messages(P, 1, slices(1, 3));
        assertEquals(2, feed.size());
    }

    @Test
    @DisplayName("a feed counts what keeps messages that came together, until the last of them is gone")
    void countsEntries() {
        int entry = FeedEntry.Messages.OVERHEAD_BYTES;
        Feed feed = begun(Given.ring(8).with(draft -> draft.feedBytes = 3L * Given.FRAME_BYTES + 2L * entry));
        feed.messages(P, 1, slices(1, 3));
        feed.messages(P, 4, slices(4, 4));
        assertEquals(3, feed.size(), "two of the first entry, and that of the other");
        assertEquals(3L * Given.FRAME_BYTES + 2L * entry, feed.bytes());
        feed.messages(P, 5, slices(5, 5));
        assertEquals(2, feed.size(), "three entries would be too much");
        assertEquals(2L * (Given.FRAME_BYTES + entry), feed.bytes());
    }
}
