package dev.gapless.core.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is known of a producer, compared with the model of its rules. */
class KnownProducerTest {

    @Test
    @DisplayName("behind each place comes what the model says; and what is level at a glance is level")
    void next() throws IOException {
        int[] seen = {0};
        compare("next.txt", words -> {
            PlaceCases.Known known = PlaceCases.producer(words.get(0));
            Next next = known.producer()
                    .next(
                            PlaceCases.place(words.get(1)),
                            generation -> known.passed().contains(generation.epoch()),
                            generation -> known.told().contains(generation.epoch()),
                            (epoch, sequence) -> known.cached().contains(new Position(epoch, sequence)));
            if (known.producer().isLevel(PlaceCases.place(words.get(1)))) {
                assertEquals(Next.LEVEL, next, () -> "at a glance: " + String.join(" | ", words));
                seen[0]++;
            }
            return PlaceCases.written(next);
        });
        assertTrue(seen[0] >= 50, () -> "only " + seen[0] + " are level at a glance");
    }

    @Test
    @DisplayName("a loss leads to where the model says, and never in front of the place")
    void lead() throws IOException {
        compare("lead.txt", words -> {
            PlaceCases.Known known = PlaceCases.producer(words.get(0));
            return PlaceCases.written(
                    known.producer().lead(PlaceCases.place(words.get(1)), Reason.valueOf(words.get(2))));
        });
    }

    @Test
    @DisplayName("what a log states makes the generations that the model has")
    void heard() throws IOException {
        compare("heard.txt", words -> {
            PlaceCases.Known known = PlaceCases.producer(words.get(0));
            KnownProducer answered =
                    known.producer().answered(PlaceCases.parts(words.get(1)), false, PlaceCases.numbers(words.get(2)));
            return PlaceCases.written(answered.asked().generations());
        });
    }

    @Test
    @DisplayName("who leaves in good order states an end; nobody is waited for, unless the log may come back")
    void left() {
        KnownProducer p = copied(A, 5);
        KnownProducer gone = p.removed(A, REMOVED, new End.Stated(6, true), false, true);
        assertEquals(KnownProducer.Presence.GONE, gone.presence());
        assertEquals(List.of(new End.Stated(6, true)), ends(gone));
        assertEquals(6, gone.generations().get(0).heard());
        KnownProducer stored = p.removed(A, REMOVED, new End.Stated(6, true), true, true);
        assertEquals(KnownProducer.Presence.AWAITED, stored.presence());
        assertTrue(stored.isDurable());
    }

    @Test
    @DisplayName(
            "who is gone without a word is waited for; who is given up has an open end, and keeps what was heard of it")
    void lost() {
        KnownProducer gone = copied(A, 5).removed(A, REMOVED, null, false, true);
        assertEquals(KnownProducer.Presence.AWAITED, gone.presence());
        assertEquals(List.of(End.NONE), ends(gone));
        KnownProducer givenUp = gone.givenUp();
        assertEquals(KnownProducer.Presence.GONE, givenUp.presence());
        assertEquals(List.of(new End.Open(Reason.PRODUCER_LOST)), ends(givenUp));
        assertEquals(5, givenUp.generations().get(0).heard());
        assertEquals(REMOVED.event(), givenUp.lastEvent());
    }

    @Test
    @DisplayName("the removal of an earlier incarnation leaves the present one's copy alone")
    void late() {
        KnownProducer p = copied(B, 5).removed(A, REMOVED, null, false, false);
        assertEquals(KnownProducer.Presence.COPIED, p.presence());
        assertEquals(List.of(A.epoch(), B.epoch()), epochs(p));
    }

    @Test
    @DisplayName(
            "what a log states no more stays where it was, though the log counts from further on, or its store went back")
    void keepsOrder() {
        KnownProducer stored = stored(new Part(A.epoch(), 1, 0), new Part(B.epoch(), 2, 4), new Part(C.epoch(), 3, 6));
        KnownProducer forgot = answers(stored, new Part(B.epoch(), 2, 0), new Part(new Epoch('d'), 4, 2));
        assertEquals(List.of(A.epoch(), B.epoch(), C.epoch(), new Epoch('d')), epochs(forgot));
        KnownProducer wentBack = answers(stored, new Part(A.epoch(), 1, 0), new Part(new Epoch('d'), 4, 4));
        assertEquals(List.of(A.epoch(), B.epoch(), C.epoch(), new Epoch('d')), epochs(wentBack));
        KnownProducer other = answers(stored, new Part(new Epoch('x'), 9, 0), new Part(new Epoch('d'), 4, 4));
        assertEquals(
                List.of(A.epoch(), B.epoch(), new Epoch('x'), C.epoch(), new Epoch('d')),
                epochs(other),
                "another store: of c it is known that it was there later than all that ended before");
    }

    private static KnownProducer stored(Part... parts) {
        return answers(KnownProducer.named("p"), parts);
    }

    private static KnownProducer answers(KnownProducer producer, Part... parts) {
        return producer.asked().answered(List.of(parts), true, new Given.Copied(9, 9, 1));
    }

    @Test
    @DisplayName("who has read of what a store has lost altogether is told so, though it had read all of it")
    void storeWentBack() {
        Epoch d = new Epoch('d');
        KnownProducer stored = stored(new Part(A.epoch(), 1, 0), new Part(B.epoch(), 2, 4), new Part(C.epoch(), 3, 6));
        KnownProducer wentBack = answers(stored, new Part(A.epoch(), 1, 0), new Part(d, 4, 4));
        ProducerPlace.At end = new ProducerPlace.At(B.epoch(), 2);
        for (ProducerPlace.At place : List.of(end, end.marked(ProducerPlace.Mark.END))) {
            assertEquals(new Next.Lost(Reason.PRODUCER_LOST), next(wentBack, place));
        }
        KnownProducer forgot = answers(stored, new Part(C.epoch(), 3, 0), new Part(d, 4, 1));
        assertEquals(
                C.epoch(), ((Next.Fetch) next(forgot, end)).generation().epoch(), "it has forgotten what came first");
    }

    @Test
    @DisplayName(
            "who has read of what a log is without is told so, if the log has forgotten nothing, and has that from a store")
    void lostWithItsStore() {
        ProducerPlace.At end = new ProducerPlace.At(A.epoch(), 4, ProducerPlace.Mark.END);
        KnownProducer left = KnownProducer.named("p")
                .asked()
                .answered(List.of(new Part(A.epoch(), 1, 0)), true, new Given.Copied(4, 4, 1))
                .removed(A, REMOVED, new End.Stated(4, true), true, true);
        List<Part> anew = List.of(new Part(B.epoch(), 2, 0));
        Given.Copied all = new Given.Copied(0, 0, 1, 0, true);
        assertEquals(new Next.Lost(Reason.PRODUCER_LOST), next(left.asked().answered(anew, true, all), end));
        KnownProducer forgot = left.asked().answered(anew, true, new Given.Copied(0, 0, 1));
        assertEquals(Next.LEVEL, next(forgot, end), "that may be forgotten");
        KnownProducer less = answers(left, new Part(A.epoch(), 1, 0), new Part(B.epoch(), 2, 3));
        assertEquals(new Next.Lost(Reason.PRODUCER_LOST), next(less, end));

        KnownProducer inMemory = copied(A, 4).removed(A, REMOVED, new End.Stated(4, true), false, true);
        assertEquals(Next.LEVEL, next(inMemory.asked().answered(anew, true, all), end), "it was never stored");
    }

    private static Next next(KnownProducer producer, ProducerPlace place) {
        return producer.next(place, generation -> false, generation -> false, (epoch, sequence) -> false);
    }

    @Test
    @DisplayName("what was known under an address is ordered by its removal, once, and never behind what is copied")
    void named() {
        Generation later = C.withRemoval(new Generation.Removal(9, 1_000));
        Generation earlier = A.withRemoval(REMOVED);
        KnownProducer p = copied(B, 5).with(later).with(earlier).with(earlier);
        assertEquals(List.of(A.epoch(), C.epoch(), B.epoch()), epochs(p));
        assertEquals(List.of(A.epoch(), B.epoch()), epochs(p.without(C.epoch())));
    }

    @Test
    @DisplayName(
            "a part whose incarnation is a member here was not over before this node was up, and stays in front of the present one")
    void partOfMember() {
        KnownProducer p = stored(new Part(A.epoch(), 1, 0), new Part(B.epoch(), 2, 4), new Part(C.epoch(), 3, 6));
        assertEquals(Generation.Removal.BEFORE, p.generations().get(0).removed());
        KnownProducer there = p.ofMember(A.epoch()).ofMember(C.epoch());
        assertEquals(List.of(B.epoch(), A.epoch(), C.epoch()), epochs(there));
        assertNull(there.generations().get(1).removed());
        KnownProducer gone = there.removed(A, REMOVED, null, true, false);
        assertEquals(List.of(A.epoch(), B.epoch(), C.epoch()), epochs(gone), "as the log has them");
        assertEquals(REMOVED, gone.generations().get(0).removed());
        assertEquals(new End.Stated(4, false), gone.generations().get(0).end());
        assertEquals(
                REMOVED.event(), gone.generations().get(1).removed().event(), "it was removed later than that one");
    }

    @Test
    @DisplayName("parts are in the log's order, whatever was seen of them, and whenever that is said to have been")
    void partsInOrder() {
        KnownProducer remembered = KnownProducer.named("p")
                .with(A.withRemoval(new Generation.Removal(70, 900)))
                .with(B.withRemoval(new Generation.Removal(60, 800)));
        assertEquals(List.of(B.epoch(), A.epoch()), epochs(remembered));
        Generation unseen = Generation.begun(new Epoch('u'), 4, false);
        Generation present = Generation.begun(new Epoch('v'), 5, false);
        KnownProducer p = remembered
                .asked()
                .answered(
                        List.of(
                                new Part(A.epoch(), 1, 0),
                                new Part(B.epoch(), 2, 4),
                                new Part(unseen.epoch(), 4, 6),
                                new Part(present.epoch(), 5, 7)),
                        true,
                        new Given.Copied(9, 9, 1));
        assertEquals(List.of(A.epoch(), B.epoch(), unseen.epoch(), present.epoch()), epochs(p));
        assertEquals(
                new Generation.Removal(70, 900, false), p.generations().get(2).removed());
        KnownProducer seen = p.removed(unseen, new Generation.Removal(65, 850), null, true, false);
        assertEquals(List.of(A.epoch(), B.epoch(), unseen.epoch(), present.epoch()), epochs(seen));
        assertEquals(new Generation.Removal(65, 850), seen.generations().get(2).removed());
    }

    @Test
    @DisplayName("what a log says that it has lost amid others is lost, and what is behind that is fetched")
    void lostAmid() {
        LogCopy copy = new LogCopy() {
            @Override
            public long newest() {
                return 9;
            }

            @Override
            public long behind() {
                return 0;
            }

            @Override
            public long head() {
                return 9;
            }

            @Override
            public long oldest() {
                return 2;
            }

            @Override
            public boolean isComplete() {
                return true;
            }

            @Override
            public boolean isLost(long number) {
                return number == 5;
            }
        };
        KnownProducer p = KnownProducer.named("p").asked().answered(List.of(new Part(A.epoch(), 1, 0)), true, copy);
        assertEquals(new Next.Lost(Reason.OVERRUN), behind(p, 4));
        assertEquals(new Next.Fetch(p.generations().get(0), 6), behind(p, 5));
    }

    @Test
    @DisplayName("a subscription is behind a generation once it has been given and told all of it")
    void isBehind() {
        KnownProducer left = KnownProducer.named("p").removed(A, REMOVED, new End.Stated(5, true), false, true);
        Generation a = left.generations().get(0);
        assertFalse(left.isBehind(new ProducerPlace.At(A.epoch(), 4), none -> false, a));
        assertFalse(left.isBehind(new ProducerPlace.At(A.epoch(), 5), none -> false, a), "ProducerLeft comes yet");
        assertTrue(left.isBehind(new ProducerPlace.At(A.epoch(), 5, ProducerPlace.Mark.END), none -> false, a));
        assertTrue(left.isBehind(null, passed -> true, a));
        assertFalse(left.isBehind(null, none -> false, a));
        assertFalse(left.isBehind(ProducerPlace.UNKNOWN, passed -> true, a));
        KnownProducer nothing = KnownProducer.named("p").removed(A, REMOVED, new End.Stated(0, true), false, true);
        assertTrue(nothing.isBehind(
                new ProducerPlace.At(A.epoch(), 0),
                none -> false,
                nothing.generations().get(0)));
        KnownProducer lost =
                KnownProducer.named("p").removed(A, REMOVED, null, false, true).givenUp();
        assertFalse(lost.isBehind(
                new ProducerPlace.At(A.epoch(), 5),
                none -> false,
                lost.generations().get(0)));
        KnownProducer next =
                left.asked().answered(List.of(new Part(B.epoch(), 2, 0)), false, new Given.Copied(9, 9, 1));
        assertTrue(next.isBehind(new ProducerPlace.At(B.epoch(), 0), none -> false, a));
        assertFalse(next.isBehind(new ProducerPlace.At(C.epoch(), 3), none -> false, a), "nobody knows where that is");
    }

    private static Next behind(KnownProducer producer, long sequence) {
        return producer.next(
                new ProducerPlace.At(A.epoch(), sequence), none -> false, none -> false, (epoch, number) -> false);
    }

    @Test
    @DisplayName("somebody may be waited for who knows a place, unless a member can be asked")
    void waitedFor() {
        assertEquals(
                KnownProducer.Presence.AWAITED,
                KnownProducer.named("p").waitedFor().presence());
        assertEquals(KnownProducer.Presence.COPIED, copied(A, 5).waitedFor().presence());
        assertEquals(
                KnownProducer.Presence.ASKED, copied(A, 5).asked().waitedFor().presence());
    }

    private static final Generation A = Generation.begun(new Epoch('a'), 1, false);
    private static final Generation B = Generation.begun(new Epoch('b'), 2, false);
    private static final Generation C = Generation.begun(new Epoch('c'), 3, false);
    private static final Generation.Removal REMOVED = new Generation.Removal(4, 1_000);

    /** One whose log has that generation alone, with so many messages. */
    private static KnownProducer copied(Generation present, long head) {
        Part part = new Part(present.epoch(), present.uid(), present.before());
        return KnownProducer.named("p").asked().answered(List.of(part), false, new Given.Copied(head, head, 1));
    }

    private static List<End> ends(KnownProducer producer) {
        return producer.generations().stream().map(Generation::end).toList();
    }

    private static List<Epoch> epochs(KnownProducer producer) {
        return producer.generations().stream().map(Generation::epoch).toList();
    }

    private static void compare(String file, Function<List<String>, String> decide) throws IOException {
        List<List<String>> cases = PlaceCases.read(file);
        assertTrue(cases.size() >= 100, file);
        List<String> different = new ArrayList<>();
        for (List<String> words : cases) {
            String decided = decide.apply(words);
            if (!decided.equals(words.get(words.size() - 1))) {
                different.add(String.join(" | ", words) + ", and not " + decided);
            }
        }
        assertEquals(
                0, different.size(), () -> String.join("\n", different.subList(0, Math.min(20, different.size()))));
    }
}
