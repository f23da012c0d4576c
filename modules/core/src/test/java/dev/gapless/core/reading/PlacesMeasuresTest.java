package dev.gapless.core.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people see of a subscription, what its consumer asks it, and what clients are told. */
class PlacesMeasuresTest extends OneProducer {
    @Test
    @DisplayName("it presses until its consumer has looked at what it wants, and while the consumer waits for room")
    void presses() {
        copied(9, 1);
        begin(at(3));
        assertFalse(subscription.isPressed());
        subscription.next(0);
        assertTrue(subscription.isPressed());
        assertTrue(subscription.isCatchingUp());
        assertEquals(1, subscription.wants().size());
        assertFalse(subscription.isPressed());
        subscription.next(1);
        assertTrue(subscription.isPressed(), "it wants the same once more: what was fetched may be gone again");
        subscription.wants();
        assertFalse(subscription.isPressed());
        topic.press(true);
        assertTrue(subscription.isPressed());
        topic.press(false);
        topic.cache().fetched(A.epoch(), 4, Given.slices(4, 4), 0);
        subscription.next(2);
        assertFalse(subscription.isCatchingUp());
        subscription.handled(1);
        subscription.next(3);
        assertTrue(subscription.isPressed(), "it wants more");
    }

    @Test
    @DisplayName(
            "its lag is what the logs have or had behind its places; its age that of the oldest message in hand, or here")
    void lag() {
        assertEquals(0, subscription.lag());
        assertEquals(OptionalLong.empty(), subscription.behindSinceMs());
        push(1, 4);
        copied(4, 1);
        begin(at(1));
        assertEquals(3, subscription.lag());
        assertEquals(OptionalLong.of(1_002), subscription.behindSinceMs());
        subscription.next(0);
        subscription.handled(1);
        assertEquals(2, subscription.lag());
        assertEquals(OptionalLong.of(1_003), subscription.behindSinceMs());
        subscription.handled(3);
        assertEquals(0, subscription.lag());
        assertEquals(OptionalLong.empty(), subscription.behindSinceMs());
        copied(6, 1);
        subscription.next(0);
        assertEquals(2, subscription.lag());
        assertEquals(OptionalLong.of(5_000), subscription.behindSinceMs(), "since then it lacks something");
        copied(20, 20);
        assertEquals(16, subscription.lag(), "15 of them are lost");
    }

    @Test
    @DisplayName("a log keeps what comes where its loss leads, also before it has looked; that is room for nobody")
    void isWaitedForWhereItsLossLeads() {
        copied(20, 20);
        begin(at(1));
        assertEquals(20, subscription.howFar().waitedForFrom(0));
        assertEquals(-1, subscription.howFar().readUpTo(0));
        assertInstanceOf(Step.Missed.class, subscription.next(0));
        copied(21, 20);
        assertEquals(20, subscription.howFar().waitedForFrom(0));
    }

    @Test
    @DisplayName("what it was given and has not dealt with counts, whatever the log and the cache have lost of it")
    void lagOfWhatItHolds() {
        push(1, 2);
        copied(2, 1);
        begin(at(0));
        subscription.next(0);
        copied(9, 8);
        topic.cache().forget(A.epoch());
        assertEquals(9, subscription.lag());
        assertEquals(OptionalLong.of(1_001), subscription.behindSinceMs());
    }

    @Test
    @DisplayName("messages of a producer that is gone count as far as it said")
    void lagOfTheGone() {
        push(1, 2);
        KnownProducer gone =
                KnownProducer.named("a").removed(A, new Generation.Removal(1, 0), new End.Stated(2, true), false, true);
        topic.changed(topic.producers().with(0, gone), 0);
        begin(null);
        assertEquals(2, subscription.lag());
        subscription.next(0);
        subscription.handled(2);
        assertEquals(1, subscription.lag(), "that it left");
    }

    @Test
    @DisplayName("the key of the last message that is missed is known if that is here")
    void lastKey() {
        topic.cache().push(A.epoch(), 9, List.of(keyed(9)), (epoch, sequence) -> false, 0);
        copied(9, 9);
        begin(at(2));
        Gap gap =
                assertInstanceOf(Step.Missed.class, subscription.next(0)).gaps().get(0);
        assertEquals("XAU", subscription.lastKey(gap));
        assertNull(subscription.lastKey(new Gap("a", Reason.OVERRUN, A.epoch(), 1L, 8L, new Position(A.epoch(), 9))));
        assertNull(subscription.lastKey(new Gap("a", Reason.OVERRUN, A.epoch(), 1L, null, null)));
    }

    @Test
    @DisplayName("gaps count when subscriptions are told of them, of all subscriptions of the topic, by reason")
    void told() {
        copied(9, 9);
        begin(at(2));
        assertEquals(Map.of(), topic.told());
        assertInstanceOf(Step.Missed.class, subscription.next(0));
        assertEquals(Step.RELOADING, subscription.next(0));
        assertEquals(Map.of(Reason.OVERRUN, 1L), topic.told());
        subscription = subscription(Given.ring(100));
        begin(at(2));
        assertInstanceOf(Step.Missed.class, subscription.next(0));
        subscription.reloaded(null);
        subscription.said(new Change.AnythingMissed(List.of()));
        assertInstanceOf(Step.Missed.class, subscription.next(0));
        assertEquals(Map.of(Reason.OVERRUN, 2L, Reason.POSITION_UNKNOWN, 1L), topic.told());
    }

    private static Slice keyed(long sequence) {
        Content content = new Content("XAU", false, Map.of(), new Format(1, ""), new byte[] {1});
        Segment segment = Segment.of(sequence, 1_000, content, 1 << 20);
        segment.append(content, 1_000);
        return segment.slice(sequence, 1);
    }

    @Test
    @DisplayName("G1: no message is counted as a hole that follows the place, nor the first of another generation")
    void violations() {
        push(1, 4);
        copied(4, 1);
        begin(at(1));
        given(subscription.next(0));
        begin(null);
        given(subscription.next(0));
        assertEquals(0, subscription.violations());
    }

    @Test
    @DisplayName(
            "ruleT1: clients that keep positions alone are told what is over for the subscription, those first that ended last")
    void listed() {
        KnownProducer gone = KnownProducer.named("b")
                .removed(gone(6), new Generation.Removal(1, 50), new End.Stated(4, true), false, true)
                .removed(gone(7), new Generation.Removal(2, 60), null, false, true)
                .removed(gone(8), new Generation.Removal(3, 70), new End.Stated(0, true), false, true)
                .removed(gone(9), new Generation.Removal(4, 80), new End.Stated(5, true), false, true);
        topic.changed(topic.producers().with(1, gone), 0);
        Places places = Places.NONE.with(1, new ProducerPlace.At(new Epoch(9), 2));
        CursorToken.Entry goesOn = new CursorToken.Entry("x", 3, new Epoch(3), 2, false);
        CursorToken.Entry over = new CursorToken.Entry("x", 4, new Epoch(4), 2, true);
        CursorToken taken = new CursorToken(Given.TOPIC, "c", 5, 6, List.of(goesOn, over), 7);
        assertEquals(List.of(goesOn), subscription.listed(taken), "it has not begun");
        subscription.said(new Change.Begins(places, Past.opened(0)));
        CursorToken.Entry seventh = new CursorToken.Entry("b", 7, new Epoch(7), CursorToken.Entry.UNKNOWN, true);
        CursorToken.Entry sixth = new CursorToken.Entry("b", 6, new Epoch(6), 4, true);
        assertEquals(List.of(goesOn, over, seventh, sixth), subscription.listed(taken));
        subscription.said(new Change.AnythingMissed(List.of()));
        assertEquals(List.of(goesOn), subscription.listed(taken), "what the list lacks is told");
    }

    private static Generation gone(long uid) {
        return Generation.begun(new Epoch(uid), uid, false);
    }

    @Test
    @DisplayName("it knows streams of members, of the history, and of logs, each of its node alone")
    void knows() {
        KnownMember member = new KnownMember(5, Epoch.of(5, Given.TOPIC), "127.0.0.1:5", "b", 1, 0);
        Departure departure = new Departure(6, "d", 0, null);
        copied(9, 1);
        topic.changed(topic.producers().withMembers(List.of(member), 0, Given.history(departure)), 0);
        assertTrue(subscription.knows(A.epoch(), "a"));
        assertTrue(subscription.knows(Epoch.of(5, Given.TOPIC), "b"));
        assertTrue(subscription.knows(Epoch.of(6, Given.TOPIC), "d"));
        assertFalse(subscription.knows(A.epoch(), "b"));
        assertFalse(subscription.knows(Epoch.of(5, Given.TOPIC), "a"));
        assertFalse(subscription.knows(Epoch.of(6, Given.TOPIC), "a"));
        assertFalse(subscription.knows(new Epoch(99), "a"));
        assertFalse(subscription.knows(A.epoch(), null));
    }
}
