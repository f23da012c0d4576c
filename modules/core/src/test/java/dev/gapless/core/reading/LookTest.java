package dev.gapless.core.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.End;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Part;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One look at a topic's producers. Slot 0 is node a, whose incarnation is 1, slot 1 is node b, whose incarnation is 2. */
class LookTest {
    private static final Generation A = Generation.begun(new Epoch(1), 1, false);
    private static final Generation B = Generation.begun(new Epoch(2), 2, false);
    private final TopicCache cache = new TopicCache(100, 1 << 20);
    private Producers producers = Producers.NONE;
    private Places places = Places.NONE;
    private Past past = Past.opened(0);

    private Look look() {
        return new Look(producers, places, past, cache);
    }

    private Look.@Nullable Turn first() {
        return Look.first(look().all().turns());
    }

    private void copied(int slot, Generation generation, long newest, long oldest) {
        Part part = new Part(generation.epoch(), generation.uid(), generation.before());
        String name = slot == 0 ? "a" : "b";
        producers = producers.with(
                slot,
                KnownProducer.named(name)
                        .asked()
                        .answered(List.of(part), false, new Given.Copied(newest, newest, oldest)));
    }

    private void push(Generation generation, long sequence) {
        cache.push(generation.epoch(), sequence, Given.slices(sequence, sequence), Given.NOTHING_NEEDED, 0);
    }

    private void at(int slot, Generation generation, long sequence) {
        places = places.with(slot, new ProducerPlace.At(generation.epoch(), sequence));
    }

    @Test
    @DisplayName("of several producers that message goes first which came first; then nothing is left")
    void inTheOrderOfArrival() {
        copied(0, A, 2, 1);
        copied(1, B, 1, 1);
        push(A, 1);
        push(B, 1);
        push(A, 2);
        StringBuilder given = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            Look.Turn.Give give = assertInstanceOf(Look.Turn.Give.class, first());
            given.append(give.slot() == 0 ? "a" : "b").append(give.sequence()).append(' ');
            at(give.slot(), give.generation(), give.sequence());
        }
        assertEquals("a1 b1 a2 ", given.toString());
        assertNull(first());
        assertTrue(look().all().losses().isEmpty());
        assertTrue(look().all().wants().isEmpty());
    }

    @Test
    @DisplayName("all that is lost is found at once, with where it leads and what is told")
    void losses() {
        copied(0, A, 9, 8);
        at(0, A, 2);
        producers = producers.with(
                1,
                KnownProducer.named("b")
                        .removed(B, new Generation.Removal(5, 0), null, false, true)
                        .givenUp());
        List<Loss> losses = look().all().losses();
        assertEquals(
                new Loss(
                        0,
                        new ProducerPlace.At(A.epoch(), 9),
                        -1,
                        List.of(new Gap("a", Reason.OVERRUN, A.epoch(), 3L, 7L, new Position(A.epoch(), 10)))),
                losses.get(0));
        assertEquals(
                new Loss(
                        1,
                        new ProducerPlace.At(B.epoch(), 0, ProducerPlace.Mark.END),
                        5,
                        List.of(new Gap("b", Reason.PRODUCER_LOST, B.epoch(), null, null, null))),
                losses.get(1));
        losses.forEach(loss -> places = places.with(loss.slot(), loss.to()));
        assertTrue(look().all().losses().isEmpty());
    }

    @Test
    @DisplayName("who has lost what comes next reads on at the newest: nothing is held back for it")
    void hasReadNothingOfWhatItLost() {
        copied(0, A, 9, 8);
        KnownProducer a = Objects.requireNonNull(producers.get(0));
        at(0, A, 7);
        assertEquals(7, look().readUpTo(0, a));
        at(0, A, 2);
        assertEquals(-1, look().readUpTo(0, a));
        push(A, 3);
        assertEquals(2, look().readUpTo(0, a), "it is here, whatever the log has");
        at(0, A, 9);
        assertEquals(9, look().readUpTo(0, a));
    }

    @Test
    @DisplayName(
            "nobody is asked for a position that was heard of in a generation that the log lacks: it is told what is missing")
    void statedWhereTheLogHasNothing() {
        copied(0, A, 5, 1);
        KnownProducer gone =
                Objects.requireNonNull(producers.get(0)).removed(A, new Generation.Removal(5, 0), null, false, true);
        Part part = new Part(B.epoch(), B.uid(), 0);
        producers = producers.with(0, gone.answered(List.of(part), false, new Given.Copied(2, 2, 1)));
        stated(A.epoch(), 4);
        Position next = new Position(B.epoch(), 1);
        assertEquals(List.of(new Gap("a", Reason.PRODUCER_RESTARTED, A.epoch(), 5L, null, next)), told());
        stated(A.epoch(), 6);
        assertEquals(
                List.of(new Gap("a", Reason.PRODUCER_RESTARTED, A.epoch(), null, null, next)),
                told(),
                "nobody can say how much it had");
        stated(new Epoch(77), 6);
        assertEquals(List.of(), look().all().losses());
        assertInstanceOf(Next.Find.class, look().all().wants().get(0).what());
    }

    @Test
    @DisplayName("the same if its producer is gone, whatever else of it was passed before")
    void statedWhereNobodyIsAnyMore() {
        copied(0, B, 5, 1);
        Generation earlier = new Generation(
                A.epoch(),
                1,
                -1,
                new End.Open(Reason.PRODUCER_RESTARTED),
                1,
                new Generation.Removal(3, 0),
                false,
                false);
        KnownProducer awaited = Objects.requireNonNull(producers.get(0))
                .with(earlier)
                .removed(B, new Generation.Removal(5, 0), null, false, true);
        producers = producers.with(0, awaited);
        stated(B.epoch(), 4);
        assertEquals(List.of(), look().all().losses(), "it may come back");
        producers = producers.with(0, awaited.givenUp());
        assertEquals(List.of(new Gap("a", Reason.PRODUCER_LOST, B.epoch(), 5L, null, null)), told());
        stated(B.epoch(), 6);
        assertEquals(
                List.of(new Gap("a", Reason.PRODUCER_LOST, B.epoch(), null, null, null)),
                told(),
                "nobody can say how much it had");
    }

    private void stated(Epoch epoch, long sequence) {
        places = places.with(0, new ProducerPlace.Stated(new Position(epoch, sequence), null));
    }

    private List<Gap> told() {
        return Loss.gaps(look().all().losses());
    }

    @Test
    @DisplayName("who left in good order is told behind the last message, once")
    void left() {
        producers = producers.with(
                0,
                KnownProducer.named("a")
                        .removed(A, new Generation.Removal(5, 0), new End.Stated(1, true), false, true));
        push(A, 1);
        assertInstanceOf(Look.Turn.Give.class, first());
        at(0, A, 1);
        assertInstanceOf(Look.Turn.Left.class, first());
        places = places.with(0, new ProducerPlace.At(A.epoch(), 1, ProducerPlace.Mark.END));
        assertNull(first());
    }

    @Test
    @DisplayName("what the log has is fetched, and a position that an application states is looked for")
    void wants() {
        copied(0, A, 9, 2);
        at(0, A, 4);
        copied(1, B, 9, 1);
        Position stated = new Position(B.epoch(), 3);
        places = places.with(1, new ProducerPlace.Stated(stated, null));
        assertNull(first());
        List<Want> wants = look().all().wants();
        assertEquals(5, assertInstanceOf(Next.Fetch.class, wants.get(0).what()).sequence());
        assertEquals(
                stated, assertInstanceOf(Next.Find.class, wants.get(1).what()).position());
        cache.fetched(A.epoch(), 5, Given.slices(5, 6), 0);
        assertEquals(5, assertInstanceOf(Look.Turn.Give.class, first()).sequence());
    }

    @Test
    @DisplayName("what was told as lost under an address is not given when its name is known")
    void toldByItsAddress() {
        Generation gone = new Generation(
                A.epoch(), 1, 1, new End.Stated(1, false), 1, new Generation.Removal(5, 0), false, false);
        push(A, 1);
        places = places.with(3, new ProducerPlace.At(A.epoch(), 0, ProducerPlace.Mark.END));
        producers = producers
                .with(3, KnownProducer.named("127.0.0.1:25520"))
                .named(1, "127.0.0.1:25520", 3, 0, KnownProducer.named("a").with(gone));
        assertNull(first());
        assertTrue(look().all().losses().isEmpty());
        ProducerPlace other = new ProducerPlace.At(B.epoch(), 0, ProducerPlace.Mark.END);
        for (ProducerPlace place : new ProducerPlace[] {null, new ProducerPlace.At(A.epoch(), 0), other}) {
            places = places.with(3, place);
            assertInstanceOf(Look.Turn.Give.class, first(), () -> "" + place);
        }
    }

    @Test
    @DisplayName("what was over before it began is passed: by removals here, and of a token by its time alone")
    void passed() {
        producers = producers.with(
                0,
                KnownProducer.named("a")
                        .removed(A, new Generation.Removal(5, 1_000), null, false, true)
                        .givenUp());
        assertEquals(1, look().all().losses().size());
        past = Past.opened(5);
        assertEquals(0, look().all().losses().size());
        past = Past.resumed(4, 1_100, 100);
        assertEquals(0, look().all().losses().size());
        past = Past.resumed(9, 1_099, 100);
        assertEquals(1, look().all().losses().size());
        past = past.told(0, 5);
        assertEquals(0, look().all().losses().size());
    }

    @Test
    @DisplayName("who stands in what a member has that has said no name waits until it says it")
    void namelessMember() {
        copied(0, A, 9, 1);
        at(0, B, 3);
        assertEquals(
                Reason.POSITION_UNKNOWN,
                look().all().losses().get(0).gaps().get(0).reason());
        KnownMember nameless = new KnownMember(B.uid(), B.epoch(), "127.0.0.1:2", null, -1, 0);
        producers = producers.withMembers(List.of(nameless), 0, Given.history());
        assertEquals(Look.All.NOTHING, look().all());
    }

    @Test
    @DisplayName("what was read of a member is not known that was there before the token, which does not list it")
    void unlistedMember() {
        copied(0, A, 9, 1);
        push(A, 1);
        KnownMember host = new KnownMember(A.uid(), A.epoch(), "127.0.0.1:1", "a", 0, 1_000);
        producers = producers.withMembers(List.of(host), 0, Given.history());
        for (Past reads : List.of(Past.opened(0), Past.resumed(0, 1_099, 100), Past.byHand(0, 1_100, 100))) {
            past = reads;
            assertInstanceOf(Look.Turn.Give.class, first(), () -> "" + reads);
        }
        past = Past.resumed(0, 1_100, 100);
        assertNull(first());
        Loss loss = look().all().losses().get(0);
        assertEquals(new ProducerPlace.At(A.epoch(), 9), loss.to());
        assertEquals(Reason.POSITION_UNKNOWN, loss.gaps().get(0).reason());
        at(0, A, 0);
        assertInstanceOf(Look.Turn.Give.class, first());
    }
}
