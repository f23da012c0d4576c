package dev.gapless.core.consumer;

import static dev.gapless.core.Given.FRAME_BYTES;
import static dev.gapless.core.Given.TOPIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.consumer.OneTopic.Reader;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.wire.Deregister;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who reads where (rule S5), with the schedules of which it must hold that nothing is told that a ring can still give. */
class PlacementTest {
    private static final int MOST = 8;
    private static final Stream P = OneTopic.stream(1, "p");

    /** A ring of 20,000 messages, a feed of 64. */
    private static final TopicSettings LARGE_RING = Given.ring(20_000).with(draft -> {
        draft.feedMessages = 64;
        draft.batchBytes = 16 * FRAME_BYTES;
        draft.windowBytes = 64L * FRAME_BYTES;
    });

    /** A ring of 64, a feed of 16, and publishers that wait. */
    private static final TopicSettings BACKPRESSURE = Given.ring(64).with(draft -> {
        draft.overflow = Overflow.BACKPRESSURE;
        draft.maxPendingPublishes = 1_000;
        draft.feedMessages = 16;
        draft.batchBytes = 4 * FRAME_BYTES;
        draft.windowBytes = 8L * FRAME_BYTES;
    });

    private OneTopic topic = new OneTopic(LARGE_RING);

    /** The producer has published so many; the shared reader begins behind them, and one subscription reads there. */
    private Reader published(int messages) {
        topic.member(1, "p");
        topic.publish(1, messages);
        topic.up();
        Reader reader = topic.latest(1);
        topic.run();
        return reader;
    }

    private static Gap gap(Stream stream, Reason reason, Long first, Long missed, Long resumesAt) {
        return new Gap(
                stream.node(), reason, stream.epoch(), first, missed, resumesAt == null ? null : stream.at(resumesAt));
    }

    // ------------------------------------------------------------------ the shared reader, and others

    @Test
    @DisplayName("ruleS5: where the shared feed has all that a token lacks, nothing is asked for")
    void sharedFeed() {
        published(5);
        topic.publish(1, 3).run();
        topic.sent.clear();
        Reader resumed = topic.resumeAt(2, P, 6);
        assertEquals(0, topic.consumer.catchUps());
        topic.run();
        assertEquals(0, topic.registers());
        assertFalse(resumed.state.isCatchingUp());
        resumed.hasAll(P, 7, 8);
    }

    @Test
    @DisplayName(
            "ruleS5: else it has a reader from its place on, and moves to the shared feed without gap or repetition")
    void readerOfItsOwn() {
        Reader other = published(500);
        Reader resumed = topic.resumeAt(2, P, 2);
        assertEquals(1, topic.consumer.catchUps());
        assertEquals(new Start.After(P.at(2)), topic.register(1, 1).start());
        assertTrue(resumed.state.isCatchingUp());
        topic.publish(1, 20).run();
        resumed.hasAll(P, 3, 520);
        other.hasAll(P, 501, 520);
        assertFalse(resumed.state.isCatchingUp());
        assertEquals(0, topic.consumer.catchUps());
        assertTrue(topic.sent.stream().anyMatch(sent -> sent instanceof Deregister && sent.reader() == 1));
        topic.publish(1, 5).run();
        resumed.hasAll(P, 3, 525);
    }

    @Test
    @DisplayName("ruleS5: those that come within a moment share a reader, which begins at the least of their places")
    void shareAReader() {
        published(500);
        Reader first = topic.resumeAt(2, P, 400).stands();
        List<Reader> waiting = new ArrayList<>();
        for (long id = 3; id < 100; id++) {
            waiting.add(topic.resumeAt(id, P, 3 * id));
        }
        assertEquals(1, topic.consumer.catchUps(), "they wait for others");
        topic.after(5);
        assertEquals(new Start.After(P.at(9)), topic.register(2, 1).start());
        assertEquals(2, topic.mostReaders());
        for (Reader one : waiting) {
            one.hasAll(P, 3 * one.id + 1, 500);
        }
        assertEquals(1, topic.consumer.catchUps());
        first.goesOn();
        topic.run();
        first.hasAll(P, 401, 500);
        assertEquals(0, topic.consumer.catchUps());
    }

    @Test
    @DisplayName("ruleS5: one that begins further on reads with one that is further back, and skips what it has")
    void joinsAReader() {
        published(500);
        Reader first = topic.resumeAt(2, P, 100).stands();
        topic.deliver();
        Reader second = topic.resumeAt(3, P, 110);
        topic.run();
        assertEquals(1, topic.consumer.catchUps());
        assertTrue(second.given(P).size() > 10);
        first.goesOn();
        topic.run();
        first.hasAll(P, 101, 500);
        second.hasAll(P, 111, 500);
        assertEquals(1, topic.mostReaders());
    }

    @Test
    @DisplayName("ruleS5: those share a reader of which each has read nothing of another stream")
    void shareAReaderFromTheBeginning() {
        topic.member(1, "p");
        topic.member(2, "q");
        topic.publish(1, 500).publish(2, 500);
        topic.up();
        topic.latest(1);
        topic.run();
        Stream q = OneTopic.stream(2, "q");
        topic.resume(2, topic.token(OneTopic.at(P, 400), OneTopic.at(q, 400))).stands();
        Reader some = topic.resume(3, topic.token(OneTopic.at(P, 5), OneTopic.at(q, 0)));
        Reader others = topic.resume(4, topic.token(OneTopic.at(P, 0), OneTopic.at(q, 5)));
        topic.after(5);
        assertEquals(2, topic.mostReaders());
        some.hasAll(P, 6, 500);
        some.hasAll(q, 1, 500);
        others.hasAll(P, 1, 500);
        others.hasAll(q, 6, 500);
    }

    @Test
    @DisplayName(
            "stream24: of those that share a reader only who lacks what the ring has lost is told, and only of that")
    void oneThatWasAwayForTooLong() {
        topic = new OneTopic(LARGE_RING.with(draft -> draft.bufferMessages = 400));
        published(500);
        Reader first = topic.resumeAt(2, P, 400).stands();
        Reader away = topic.resumeAt(3, P, 5);
        Reader other = topic.resumeAt(4, P, 200);
        topic.after(5);
        first.goesOn();
        topic.run();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 6L, 95L, 101L)), away.gaps);
        assertEquals(400, away.given(P).size());
        other.hasAll(P, 201, 500);
        first.hasAll(P, 401, 500);
    }

    @Test
    @DisplayName(
            "ruleS5: where the ring has lost its place it goes on where the shared feed is complete, and is told once")
    void oneGapUpToWhereTheSharedFeedIsComplete() {
        topic = new OneTopic(Given.ring(64).with(draft -> draft.feedMessages = 16));
        published(1);
        topic.publish(1, 39).run(); // of these the shared feed has the last ones yet
        Reader shared = topic.latest(2);
        topic.publish(1, 100).run();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 41L, 100L, 141L)), shared.gaps);
        topic.publish(1, 5).run();
        Reader late = topic.resumeAt(3, P, 10);
        topic.run();
        assertEquals(List.of(gap(P, Reason.OVERRUN, 11L, 130L, 141L)), late.gaps);
        assertEquals(List.of(141L, 142L, 143L, 144L, 145L), late.given(P));
    }

    @Test
    @DisplayName(
            "G5: with backpressure publishers wait no longer for one that stands still in a reader of its own than for others")
    void standsStillWithBackpressure() {
        topic = new OneTopic(BACKPRESSURE);
        Reader other = published(60);
        topic.resumeAt(2, P, 2).stands();
        topic.publish(1, 200);
        topic.after(8_000);
        assertEquals(260, topic.head(1));
        other.hasAll(P, 61, 260);
    }

    @Test
    @DisplayName(
            "ruleS4: with backpressure its reader asks whether a producer has what a reload says; what the feed has comes from nowhere else")
    void asksBeforeItLeavesItsReader() {
        topic = new OneTopic(BACKPRESSURE);
        published(64);
        Stream q = topic.member(9, "q");
        Reader one = topic.resume(2, topic.token(OneTopic.at(P, 30), OneTopic.at(q, 0)))
                .stands();
        topic.after(10);
        topic.unreachable(9);
        topic.publish(1, 100).publish(9, 5).run();
        assertTrue(topic.head(1) < 164, "publishers wait for it");
        topic.reachable(9);
        one.goesOn().state.loaded(topic.token(OneTopic.at(q, 5))); // of which its reader has not heard
        topic.after(1_000);
        one.hasAll(P, 31, 164);
        assertEquals(1, topic.mostReaders());
    }

    @Test
    @DisplayName("ruleS4: if the producer does not have it, with backpressure, too, it is told so")
    void leavesItsReaderWithBackpressure() {
        topic = new OneTopic(Given.ring(64).with(draft -> draft.overflow = Overflow.BACKPRESSURE));
        Reader one = published(5);
        one.state.loaded(topic.token(OneTopic.at(P, 9)));
        topic.after(1_000);
        assertEquals(List.of(gap(P, Reason.POSITION_UNKNOWN, null, null, 6L)), one.gaps);
        topic.publish(1, 1).run();
        assertEquals(List.of(6L), one.given(P));
    }

    @Test
    @DisplayName("ruleS5: a reader ends when the last of its subscriptions is closed")
    void closed() {
        published(500);
        Reader first = topic.resumeAt(2, P, 100).stands();
        Reader second = topic.resumeAt(3, P, 110).stands();
        topic.deliver();
        topic.close(first);
        assertEquals(1, topic.consumer.catchUps());
        topic.close(second);
        assertEquals(0, topic.consumer.catchUps());
        topic.run();
        assertEquals(
                1,
                topic.sent.stream()
                        .filter(sent -> sent instanceof Deregister && sent.reader() == 1)
                        .count());
    }

    @Test
    @DisplayName("ruleS6: whoever is closed while it waits leaves no reader behind")
    void closedWhileItWaits() {
        published(500);
        Reader first = topic.resumeAt(2, P, 400).stands();
        Reader waits = topic.resumeAt(3, P, 10);
        topic.close(waits);
        topic.close(first);
        topic.after(100);
        assertEquals(1, topic.mostReaders());
        assertEquals(0, topic.consumer.catchUps());
    }

    @Test
    @DisplayName(
            "ruleS6: those that the shared feed has overtaken are told nothing: one reader gives them what they lack")
    void overtaken() {
        List<Reader> all = new ArrayList<>();
        all.add(published(0).stands());
        for (long id = 2; id <= 50; id++) {
            all.add(topic.latest(id).stands());
        }
        topic.publish(1, 30).run();
        topic.after(3_000);
        topic.publish(1, 470).after(3_000);
        all.forEach(Reader::goesOn);
        topic.after(1_000);
        for (Reader one : all) {
            one.hasAll(P, 1, 500);
            assertFalse(one.state.isCatchingUp());
        }
        assertEquals(1, topic.mostReaders());
        assertEquals(0, topic.consumer.catchUps());
    }

    // ------------------------------------------------------------------ places that are not what they seem

    @Test
    @DisplayName("stream21: a place beyond the head is asked for, and told, although the shared feed has the stream")
    void beyondTheHead() {
        published(10);
        topic.publish(1, 5).run();
        Reader resumed = topic.resume(2, new CursorToken(TOPIC, "c", 0, Map.of("p", P.at(900))));
        topic.run();
        topic.publish(1, 5).after(100);
        assertEquals(List.of(gap(P, Reason.POSITION_UNKNOWN, null, null, 16L)), resumed.gaps);
        assertEquals(List.of(16L, 17L, 18L, 19L, 20L), resumed.given(P));
        assertEquals(1, resumed.reloads);
    }

    private static long resumesAt(Reader reader) {
        return reader.gaps.get(0).resumesAt().sequence();
    }

    private static long last(List<Long> sequences) {
        return sequences.get(sequences.size() - 1);
    }

    @Test
    @DisplayName("stream22: a place that is not known is told once, and the stream goes on in the shared feed")
    void notKnown() {
        published(300);
        topic.publish(1, 5).run();
        Reader resumed = topic.resumeAt(2, P, CursorToken.Entry.UNKNOWN);
        topic.after(100);
        assertEquals(1, resumed.gaps.size());
        assertEquals(gap(P, Reason.POSITION_UNKNOWN, null, null, resumesAt(resumed)), resumed.gaps.get(0));
        topic.publish(1, 5).run();
        List<Long> given = resumed.given(P);
        assertEquals(resumesAt(resumed), given.get(0));
        assertEquals(310, last(given));
        assertEquals(310 - given.get(0) + 1, given.size());
        assertFalse(resumed.state.isCatchingUp());
    }

    @Test
    @DisplayName("stream23: behind a gap of the shared feed nobody is placed who lacks part of it, if the ring has it")
    void gapInTheSharedFeed() {
        topic = new OneTopic(Given.ring(64));
        Reader first = published(0);
        topic.publish(1, 5).run();
        topic.unreachable(1);
        topic.publish(1, 100).run();
        topic.reachable(1);
        topic.after(5_000);
        assertEquals(1, first.gaps.size());
        long to = first.gaps.get(0).firstMissing() + first.gaps.get(0).missed() - 1;
        Reader has = topic.resumeAt(2, P, to);
        topic.run();
        has.hasAll(P, to + 1, 105);
        Reader lacks = topic.resumeAt(3, P, 50);
        topic.after(100);
        lacks.hasAll(P, 51, 105);
        assertFalse(lacks.state.isCatchingUp());
    }

    // ------------------------------------------------------------------ many at once

    @Test
    @DisplayName("stream24: of thousands that come back at as many places nobody is told anything the ring still holds")
    void gatewayRestarts() {
        int messages = 3_000;
        Reader live = published(messages);
        List<Long> places = new ArrayList<>();
        for (long place = 0; place < messages; place += 5) {
            places.add(place);
        }
        Collections.shuffle(places, new Random(1));
        List<Reader> all = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            all.add(topic.resumeAt(10 + i, P, places.get(i)).stands());
            if (i % 50 == 0) {
                topic.publish(1, 1).after(50);
            }
        }
        assertTrue(topic.mostReaders() > 1, "one would not show anything");
        all.forEach(Reader::goesOn);
        topic.after(10_000);
        long head = messages + (long) places.size() / 50;
        live.hasAll(P, messages + 1, head);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).hasAll(P, places.get(i) + 1, head);
        }
        assertTrue(topic.mostReaders() <= MOST, topic.mostReaders() + " readers");
        assertEquals(0, topic.consumer.catchUps());
    }

    @Test
    @DisplayName(
            "stream24: ten thousand that wait behind readers that stand still are neither told nor given a reader each")
    void tenThousandWait() {
        published(10_000);
        for (long id = 2; id <= 9; id++) {
            topic.resumeAt(id, P, 10_000 - 100 * id).stands();
            topic.after(10);
        }
        assertEquals(MOST, topic.consumer.catchUps());
        List<Reader> all = new ArrayList<>();
        for (long id = 10; id < 10_010; id++) {
            all.add(topic.resumeAt(id, P, id % 1_000).stands());
        }
        topic.after(500);
        assertEquals(MOST, topic.mostReaders());
        assertTrue(topic.sent.size() < 1_000, topic.sent.size() + " messages");
        for (Reader one : all) {
            assertTrue(one.state.asks() || one.state.hasNext());
            assertEquals(List.of(), one.gaps);
        }
    }

    @Test
    @DisplayName(
            "stream25: where all readers stand still one makes room for those that wait, and is told nothing either")
    void standsStill() {
        published(2_000);
        List<Reader> still = new ArrayList<>();
        for (long id = 2; id <= 9; id++) {
            still.add(topic.resumeAt(id, P, 2_000 - 100 * id).stands());
            topic.after(10);
        }
        assertEquals(MOST, topic.consumer.catchUps());
        List<Reader> waiting = new ArrayList<>();
        for (long id = 10; id < 110; id++) {
            waiting.add(topic.resumeAt(id, P, id));
        }
        topic.after(500);
        assertEquals(List.of(), waiting.get(0).given(P), "they wait");
        topic.after(2_500);
        for (Reader one : waiting) {
            one.hasAll(P, one.id + 1, 2_000);
        }
        still.forEach(Reader::goesOn);
        topic.after(2_000);
        for (Reader one : still) {
            one.hasAll(P, 2_000 - 100 * one.id + 1, 2_000);
        }
        assertEquals(MOST, topic.mostReaders());
        assertEquals(0, topic.consumer.catchUps());
    }

    @Test
    @DisplayName("ruleS6, G5: of those that share a reader one that stands still is overtaken alone, and goes on later")
    void standsStillAmongOthers() {
        published(2_000);
        Reader still = topic.resumeAt(2, P, 100).stands();
        Reader reads = topic.resumeAt(3, P, 100);
        topic.run();
        assertTrue(reads.given(P).size() < 1_900, "it is held up");
        topic.after(4_000);
        reads.hasAll(P, 101, 2_000);
        still.goesOn();
        topic.after(1_000);
        still.hasAll(P, 101, 2_000);
    }
}
