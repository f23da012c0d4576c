package dev.gapless.core.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A subscription by its places. */
class PlacesSubscriptionTest extends OneProducer {
    private static final Position NEXT = new Position(A.epoch(), 10);

    private static final long JITTER_NS = 100;

    @Test
    @DisplayName("before it begins nothing is given; then what is there, in order, and what is not done with once more")
    void gives() {
        push(1, 3);
        copied(3, 1);
        assertEquals(Step.IDLE, subscription.next(0));
        begin(at(1));
        assertTrue(subscription.hasNext());
        assertEquals("2 3", given(subscription.next(0)));
        subscription.handled(1);
        assertEquals("3", given(subscription.next(0)));
        subscription.handled(1);
        assertEquals(Step.IDLE, subscription.next(0));
        assertFalse(subscription.hasNext());
        push(4, 4);
        copied(4, 1);
        assertTrue(subscription.hasNext());
        assertEquals("4", given(subscription.next(0)));
    }

    @Test
    @DisplayName("what is lost is told before anything is given, and the place moves when the reload has succeeded")
    void loses() {
        copied(9, 9);
        begin(at(2));
        Step.Missed missed = assertInstanceOf(Step.Missed.class, subscription.next(0));
        assertEquals(List.of(new Gap("a", Reason.OVERRUN, A.epoch(), 3L, 7L, NEXT)), missed.gaps());
        assertEquals(5_000, missed.timeMs());
        push(10, 10);
        copied(10, 9);
        assertEquals(Step.RELOADING, subscription.next(0));
        assertFalse(subscription.hasNext());
        subscription.reloaded(null);
        assertEquals("10", given(subscription.next(0)));
        assertThrows(IllegalStateException.class, () -> subscription.reloaded(null));
    }

    @Test
    @DisplayName("a reload waits for its time, and is forgotten if nothing is lost by then")
    void waits() {
        subscription = subscription(Given.ring(100).with(draft -> draft.reloadJitterNs = JITTER_NS));
        copied(9, 9);
        begin(at(2));
        assertEquals(new Step.Waiting(100), subscription.next(0));
        assertEquals(new Step.Waiting(100), subscription.next(99));
        assertInstanceOf(Step.Missed.class, subscription.next(100));
        subscription.reloaded(null);
        assertEquals(Step.IDLE, subscription.next(101));
        copied(20, 20);
        assertEquals(new Step.Waiting(302), subscription.next(202));
        topic.cache().fetched(A.epoch(), 10, Given.slices(10, 10), 0);
        assertEquals("10", given(subscription.next(203)));
    }

    @Test
    @DisplayName("that anything may be missed is told alone, and leads to what was the newest when it was told")
    void everything() {
        copied(9, 9);
        KnownMember host = new KnownMember(A.uid(), A.epoch(), "127.0.0.1:1", "a", 0, 0);
        topic.changed(topic.producers().withMembers(List.of(host), 7, Given.history()), 0);
        begin(at(2));
        Gap anything = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);
        subscription.said(new Change.AnythingMissed(List.of()));
        Step.Missed missed = assertInstanceOf(Step.Missed.class, subscription.next(0));
        assertEquals(List.of(anything), missed.gaps());
        push(10, 11);
        copied(11, 9);
        subscription.reloaded(null);
        assertEquals("10 11", given(subscription.next(0)));
    }

    @Test
    @DisplayName("who leaves in good order is told once, behind the last message")
    void leaves() {
        push(1, 1);
        KnownProducer gone =
                KnownProducer.named("a").removed(A, new Generation.Removal(1, 0), new End.Stated(1, true), false, true);
        topic.changed(topic.producers().with(0, gone), 0);
        begin(null);
        assertEquals("1", given(subscription.next(0)));
        subscription.handled(1);
        assertEquals(new Step.Left("a", new Position(A.epoch(), 1)), subscription.next(0));
        assertEquals(Step.IDLE, subscription.next(0));
    }

    @Test
    @DisplayName("it has missed nothing of a producer that has published nothing; where it is is not changed by that")
    void nothingThere() {
        copied(0, 1);
        begin(ProducerPlace.UNKNOWN);
        subscription.said(new Change.NothingThere(0, new ProducerPlace.At(A.epoch(), 0)));
        push(1, 2);
        copied(2, 1);
        assertEquals("1 2", given(subscription.next(0)));
        subscription.handled(2);
        subscription.said(new Change.NothingThere(0, new ProducerPlace.At(A.epoch(), 0)));
        assertEquals(Step.IDLE, subscription.next(0));
    }

    @Test
    @DisplayName("the first answer counts for a place that is awaited, and none for another one")
    void answers() {
        copied(9, 1);
        push(5, 9);
        begin(ProducerPlace.AWAITED);
        assertEquals(Step.IDLE, subscription.next(0));
        subscription.said(new Change.Answered(0, at(7), 1, 0));
        subscription.said(new Change.Answered(0, at(9), 1, 0));
        subscription.said(new Change.WentOn(0, ProducerPlace.UNKNOWN));
        assertEquals("8 9", given(subscription.next(0)));
    }

    @Test
    @DisplayName(
            "ruleT1: a token has the answer that made the subscription ready, although its reader has not looked yet")
    void tokenOfOneThatIsReady() {
        copied(9, 1);
        begin(ProducerPlace.AWAITED);
        assertEquals(Step.IDLE, subscription.next(0));
        subscription.said(new Change.Answered(0, at(7), 1, 0));
        CursorToken token = subscription.token("t", "c", new Now(0, 0));
        assertEquals(7, token.entries().get(0).sequence());
    }

    @Test
    @DisplayName("who was ready without an answer has missed nothing if that member has published nothing since")
    void answersLate() {
        PlaceStanding without = PlaceStanding.FIRST.at(0, new ProducerPlace.Unanswered(1, 100));
        Change quiet = new Change.Answered(0, at(7), 1, 99);
        assertEquals(at(7), quiet.appliedTo(without).places().get(0));
        for (Change other : List.of(new Change.Answered(0, at(7), 1, 100), new Change.Answered(0, at(7), 2, 99))) {
            assertEquals(
                    ProducerPlace.UNKNOWN, other.appliedTo(without).places().get(0));
        }
        Change nobody = new Change.NobodyAnswers(0, 9);
        assertEquals(without, nobody.appliedTo(without));
        PlaceStanding awaits = nobody.appliedTo(PlaceStanding.FIRST.at(0, ProducerPlace.AWAITED));
        assertNull(awaits.places().get(0));
        assertEquals(Map.of(0, 9L), awaits.past().told());
    }

    @Test
    @DisplayName("a stated position is looked for, and counts once it is found; messages that are not here are fetched")
    void wants() {
        copied(9, 1);
        Position position = new Position(A.epoch(), 3);
        ProducerPlace.Stated stated = new ProducerPlace.Stated(position, null);
        begin(stated);
        assertEquals(Step.IDLE, subscription.next(0));
        assertEquals(List.of(new Want(0, new Next.Find(position))), subscription.wants());
        subscription.said(new Change.FoundAt(0, stated, at(3)));
        subscription.said(new Change.FoundAt(0, new ProducerPlace.Stated(NEXT, null), ProducerPlace.UNKNOWN));
        assertEquals(Step.IDLE, subscription.next(0));
        assertEquals(
                4,
                assertInstanceOf(Next.Fetch.class, subscription.wants().get(0).what())
                        .sequence());
        topic.cache().fetched(A.epoch(), 4, Given.slices(4, 5), 0);
        topic.changed(topic.producers(), 0);
        assertEquals("4 5", given(subscription.next(0)));
        assertEquals(List.of(), subscription.wants());
    }

    @Test
    @DisplayName(
            "what is known under an address moves to the name; what was told there stays told, and a name has one place")
    void named() {
        ProducerPlace told = new ProducerPlace.At(A.epoch(), 0, ProducerPlace.Mark.END);
        PlaceStanding here = PlaceStanding.FIRST.at(5, told);
        Change named = new Change.NamedNow(new AddressSlot(1, "127.0.0.1:1", 5, 0), null);
        assertEquals(told, named.appliedTo(here).places().get(5));
        assertEquals(null, named.appliedTo(here).places().get(0));
        PlaceStanding awaited = named.appliedTo(PlaceStanding.FIRST.at(5, ProducerPlace.AWAITED));
        assertEquals(ProducerPlace.AWAITED, awaited.places().get(0));
        assertEquals(null, awaited.places().get(5));
        assertEquals(
                ProducerPlace.UNKNOWN,
                named.appliedTo(PlaceStanding.FIRST.at(5, at(3))).places().get(0));
        assertEquals(
                at(7),
                named.appliedTo(PlaceStanding.FIRST.at(5, at(3)).at(0, at(7)))
                        .places()
                        .get(0));
    }

    @Test
    @DisplayName("nobody knows what is missed if it ended before the place that its name has")
    void namedInFront() {
        Generation.Removal first = new Generation.Removal(1, 0);
        Generation b = Generation.begun(new Epoch(2), 2, false);
        KnownProducer gone = KnownProducer.named("a").removed(A, first, null, false, true);
        KnownProducer both = gone.removed(b, new Generation.Removal(2, 0), null, false, true);
        PlaceStanding here = PlaceStanding.FIRST.at(5, ProducerPlace.UNKNOWN);
        PlaceStanding inB = here.at(0, new ProducerPlace.At(b.epoch(), 3));
        Change.NamedNow itIsA = new Change.NamedNow(new AddressSlot(1, "127.0.0.1:1", 5, 0), both);
        assertEquals(ProducerPlace.UNKNOWN, itIsA.appliedTo(inB).places().get(0));
        assertEquals(at(3), itIsA.appliedTo(here.at(0, at(3))).places().get(0), "it reads on to its end");
        Change.NamedNow itIsB = new Change.NamedNow(new AddressSlot(2, "127.0.0.1:2", 5, 0), both);
        assertEquals(at(3), itIsB.appliedTo(here.at(0, at(3))).places().get(0), "it comes to it");
        PlaceStanding awaited = inB.at(5, ProducerPlace.AWAITED);
        assertEquals(inB.places().get(0), itIsA.appliedTo(awaited).places().get(0), "it has not begun there");
    }

    @Test
    @DisplayName("a place in what a member has that has just said its name is behind all that its name has passed")
    void namedBehind() {
        KnownProducer asked = KnownProducer.named("a")
                .removed(A, new Generation.Removal(1, 0), null, false, true)
                .asked();
        Epoch newest = new Epoch(2);
        Change.NamedNow itIsA = new Change.NamedNow(new AddressSlot(2, "127.0.0.1:2", 5, 0), asked);
        ProducerPlace.At read = new ProducerPlace.At(newest, 2);
        ProducerPlace.Stated stated = new ProducerPlace.Stated(new Position(newest, 2), null);
        ProducerPlace.At end = new ProducerPlace.At(A.epoch(), 3, ProducerPlace.Mark.END);
        PlaceStanding passed = PlaceStanding.FIRST.at(0, end);
        assertEquals(read, itIsA.appliedTo(passed.at(5, read)).places().get(0));
        assertEquals(
                new ProducerPlace.Stated(stated.position(), end),
                itIsA.appliedTo(passed.at(5, stated)).places().get(0));
        PlaceStanding readsOn = PlaceStanding.FIRST.at(0, at(3));
        assertEquals(
                at(3), itIsA.appliedTo(readsOn.at(5, read)).places().get(0), "what is missing of that comes first");
    }

    @Test
    @DisplayName(
            "who stands in a member that another one has succeeded is told what is missing of it, and is given all of the other's log")
    void succeeded() {
        KnownProducer later = KnownProducer.named("a")
                .answered(List.of(new Part(new Epoch(8), 8, 0)), false, new Given.Copied(9, 9, 1));
        Position first = new Position(new Epoch(8), 1);
        Change.Succeeded change = new Change.Succeeded(0, 5, 1, A.epoch(), later);
        PlaceStanding in = change.appliedTo(PlaceStanding.FIRST.at(0, at(3)));
        assertEquals(null, in.places().get(0));
        assertEquals(
                List.of(new Gap("a", Reason.PRODUCER_RESTARTED, A.epoch(), 4L, null, first)),
                in.places().beside().gaps());
        assertEquals(3, in.places().beside().entries().get(0).sequence());
        ProducerPlace.At passed = new ProducerPlace.At(A.epoch(), 3, ProducerPlace.Mark.END);
        assertEquals(
                passed, in.places().get(5), "nothing is told under its address, and a token says that it is passed");
        PlaceStanding told = change.appliedTo(
                PlaceStanding.FIRST.at(0, new ProducerPlace.At(A.epoch(), 3, ProducerPlace.Mark.TOLD)));
        assertEquals(
                List.of(new Gap("a", Reason.PRODUCER_RESTARTED, A.epoch(), null, null, first)),
                told.places().beside().gaps());
        PlaceStanding over =
                change.appliedTo(PlaceStanding.FIRST.at(0, new ProducerPlace.At(A.epoch(), 3, ProducerPlace.Mark.END)));
        assertEquals(List.of(), over.places().beside().gaps());
        PlaceStanding other = PlaceStanding.FIRST.at(0, new ProducerPlace.At(new Epoch(8), 3));
        assertEquals(other, change.appliedTo(other));
    }

    @Test
    @DisplayName("what comes beside the places during a reload is told after it")
    void besideDuringAReload() {
        Gap gap = new Gap("b", Reason.PRODUCER_LOST, new Epoch(7), 4L, null, null);
        CursorToken.Entry entry = new CursorToken.Entry("b", 7, new Epoch(7), 3, false);
        Places.Beside first = new Places.Beside(List.of(entry), List.of(gap));
        Places.Beside second = new Places.Beside(List.of(entry, entry), List.of(gap));
        Places both = Places.NONE.with(first).with(second);
        assertEquals(second, both.without(first).beside());
        assertEquals(List.of(), both.without(both.beside()).beside().gaps());
        PlaceStanding reloading =
                PlaceStanding.FIRST.at(both).doing(new ReadingPhase.Reloading(List.of(), null, first, 0));
        assertEquals(second, reloading.reloaded(topic.producers()).places().beside());
    }

    // ------------------------------------------------------------------ its token before it begins, and within a run

    private CursorToken token() {
        return subscription.token(Given.TOPIC, "c", Given.NOW);
    }

    private PlacesSubscription resuming(boolean leftOut) {
        CursorToken.Entry entry = new CursorToken.Entry("a", 1, A.epoch(), 2, false);
        CursorToken from = new CursorToken(Given.TOPIC, "c", 5, 6, List.of(entry), 7);
        Opening opening = new Opening.Resume(from, leftOut);
        return new PlacesSubscription(opening, Given.TOPIC, topic, Given.ring(100), 1, 1);
    }

    @Test
    @DisplayName("ruleT1: before it begins its token is the one that it resumes, or one that is not covered")
    void tokenBefore() {
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        assertEquals(List.of(), token().entries());
        subscription = resuming(false);
        Standpoint before = subscription.standpoint();
        assertEquals(
                List.of(A.epoch()),
                token().entries().stream().map(CursorToken.Entry::epoch).toList());
        assertEquals(7, token().filter());
        copied(9, 1);
        begin(at(3));
        assertEquals(3, token().entries().get(0).sequence(), "it counts before it is read");
        assertEquals(1, token().home());
        assertEquals(0, token().filter());
        assertEquals(
                2,
                subscription
                        .token(before.after(1), Given.TOPIC, "c", Given.NOW)
                        .entries()
                        .get(0)
                        .sequence());
    }

    @Test
    @DisplayName(
            "ruleT1: a token names the filter of its subscription, or that of before until it was told and has reloaded")
    void filters() {
        subscription = resuming(true);
        subscription.filteredBy(8);
        copied(9, 9);
        begin(at(2));
        assertEquals(7, token().filter());
        subscription.next(0);
        assertEquals(7, token().filter());
        subscription.reloaded(null);
        assertEquals(8, token().filter());
    }

    @Test
    @DisplayName("ruleT1: a token within a run is of the messages that were handled, also if it is made later")
    void tokenWithinARun() {
        push(1, 4);
        copied(4, 1);
        begin(at(0));
        Step.Messages step = assertInstanceOf(Step.Messages.class, subscription.next(0));
        subscription.handled(2);
        assertEquals(2, token().entries().get(0).sequence());
        Standpoint after = step.before().after(3);
        subscription.handled(4);
        subscription.next(0);
        assertEquals(4, token().entries().get(0).sequence());
        assertEquals(
                3,
                subscription
                        .token(after, Given.TOPIC, "c", Given.NOW)
                        .entries()
                        .get(0)
                        .sequence());
    }
}
