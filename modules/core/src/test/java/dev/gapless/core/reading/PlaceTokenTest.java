package dev.gapless.core.reading;

import static dev.gapless.core.reading.NamedSlots.EARLY_MS;
import static dev.gapless.core.reading.NamedSlots.MARGIN_MS;
import static dev.gapless.core.reading.NamedSlots.NOW;
import static dev.gapless.core.reading.NamedSlots.NOW_MS;
import static dev.gapless.core.reading.NamedSlots.address;
import static dev.gapless.core.reading.NamedSlots.epoch;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.ProducerPlace.At;
import dev.gapless.core.place.ProducerPlace.Mark;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a token says of a subscription. Node a is a member, its incarnation is 5, and its log is copied up to message 9. */
class PlaceTokenTest {
    /** A token lists what ended later than this. */
    private static final long LATELY_MS = NOW_MS - 2 * MARGIN_MS;

    private final NamedSlots slots = new NamedSlots();
    private final TopicCache cache = new TopicCache(100, 1 << 20);
    private final int a = slots.member(5, "a", EARLY_MS);
    private Places places = Places.NONE;
    private Past past = Past.opened(0);
    private boolean mayMiss;

    PlaceTokenTest() {
        slots.copied("a", 9, 1, 5);
    }

    private CursorToken token() {
        PlaceStandpoint at = new PlaceStandpoint(places, PlacePath.NONE, 0, past, slots.producers(), mayMiss);
        CursorToken token = new PlaceToken(at, cache, Given.TOPIC).taken("c", 3, NOW);
        assertEquals(token, CursorToken.parse(token.toString()));
        return token;
    }

    private void at(int slot, ProducerPlace place) {
        places = places.with(slot, place);
    }

    private static Entry entry(String node, long uid, long sequence, long host) {
        return new Entry(node, uid, epoch(uid), sequence, false, false, false, host);
    }

    private static Entry over(String node, long uid, long sequence) {
        return new Entry(node, uid, epoch(uid), sequence, true, false, false, 0);
    }

    private static Entry nameless(long uid, long sequence, boolean over) {
        return new Entry(address(uid), uid, epoch(uid), sequence, over, false, true, 0);
    }

    static Stream<Arguments> kindsOfPlaces() {
        Epoch a = epoch(5);
        Epoch other = new Epoch(99);
        Entry unknown = entry("a", 5, Entry.UNKNOWN, 5);
        return Stream.of(
                Arguments.of(new At(a, 7), entry("a", 5, 7, 5)),
                Arguments.of(new At(a, 7, Mark.END), new Entry("a", 5, a, 7, true, false, false, 5)),
                Arguments.of(new At(a, 7, Mark.TOLD), new Entry("a", 5, a, 7, false, true, false, 5)),
                Arguments.of(new At(other, 7, Mark.TOLD), new Entry("a", 0, other, 7, false, true, false, 5)),
                Arguments.of(
                        new ProducerPlace.Stated(new Position(a, 20), new At(a, 3)),
                        new Entry("a", 0, a, 20, false, false, false, 5)),
                Arguments.of(ProducerPlace.AWAITED, unknown),
                Arguments.of(ProducerPlace.UNKNOWN, unknown),
                Arguments.of(new ProducerPlace.Unanswered(5, 0), unknown),
                Arguments.of(
                        ProducerPlace.TOLD_UNSEEN,
                        new Entry("a", 0, Entry.NO_STREAM, Entry.UNKNOWN, false, true, false, 5)));
    }

    @ParameterizedTest
    @MethodSource("kindsOfPlaces")
    @DisplayName("ruleT1: each kind of place is an entry, which names the member that has the name")
    void kinds(ProducerPlace place, Entry expected) {
        at(a, place);
        CursorToken token = token();
        assertEquals(List.of(expected), token.entries());
        assertEquals(NOW_MS, token.timeMs());
        assertEquals(Given.HISTORY, token.historyId());
        assertEquals(3, token.filter());
    }

    @Test
    @DisplayName("ruleT1: within a run it is behind the messages that were handled")
    void withinARun() {
        PlacePath path =
                new PlacePath(List.of(new PlacePath.Leg(a, epoch(5), 4, 2), new PlacePath.Leg(a, epoch(5), 6, 3)));
        PlaceStandpoint at =
                new PlaceStandpoint(places.with(a, new At(epoch(5), 3)), path, 1, past, slots.producers(), false);
        assertEquals(new At(epoch(5), 4), at.places().get(a));
        PlaceStandpoint later = (PlaceStandpoint) at.after(2);
        assertEquals(new At(epoch(5), 6), later.places().get(a));
        PlaceStandpoint none = new PlaceStandpoint(places, path, 0, past, slots.producers(), false);
        assertEquals(null, none.places().get(a));
    }

    // ------------------------------------------------------------------ members

    @Test
    @DisplayName("ruleT1: a member in which nothing was read is listed in front of its first message")
    void nothingRead() {
        assertEquals(List.of(entry("a", 5, 0, 5)), token().entries());
        assertEquals(NOW_MS, token().timeMs());
    }

    @Test
    @DisplayName("ruleT1: or the token's time is in front of its start: it has not answered, or it came just now")
    void holdsBackForMembers() {
        slots.member(6, "b", NOW_MS - 7_000);
        at(a, new At(epoch(5), 7));
        assertEquals(List.of(entry("a", 5, 7, 5)), token().entries());
        assertEquals(NOW_MS - 7_001, token().timeMs());
        slots.copied("b", 0, 1, 6);
        assertEquals(NOW_MS - 7_001, token().timeMs(), "what ended before it came may not be known yet");
        slots.member(6, "b", NOW_MS - MARGIN_MS);
        slots.copied("b", 0, 1, 6);
        assertEquals(NOW_MS, token().timeMs());
        assertEquals(List.of(entry("a", 5, 7, 5), entry("b", 6, 0, 6)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: of a member that the resumed token should have listed nothing is known")
    void unlistedMember() {
        past = Past.resumed(0, EARLY_MS + MARGIN_MS, MARGIN_MS);
        assertEquals(List.of(entry("a", 5, Entry.UNKNOWN, 5)), token().entries());
        assertEquals(EARLY_MS - 1, token().timeMs());
        past = Past.resumed(0, EARLY_MS + MARGIN_MS - 1, MARGIN_MS);
        assertEquals(List.of(entry("a", 5, 0, 5)), token().entries(), "it came later");
        past = Past.byHand(0, EARLY_MS + MARGIN_MS, MARGIN_MS);
        assertEquals(List.of(entry("a", 5, 0, 5)), token().entries(), "an application does not know all members");
    }

    @Test
    @DisplayName("ruleT1: a member that has said no name is listed by its address, whether it has a slot or not")
    void namelessMember() {
        slots.unnamedMember(6, NOW_MS - 7_000);
        at(a, new At(epoch(5), 7));
        List<Entry> expected = List.of(nameless(6, Entry.UNKNOWN, false), entry("a", 5, 7, 5));
        assertEquals(expected, token().entries());
        assertEquals(NOW_MS - 7_001, token().timeMs());
        at(slots.nameless(6, address(6)), ProducerPlace.AWAITED);
        assertEquals(expected, token().entries());
        assertEquals(NOW_MS, token().timeMs());
    }

    // ------------------------------------------------------------------ what ended

    @Test
    @DisplayName("ruleT1: an end that is not passed holds its time back, also behind a place in an earlier generation")
    void holdsBackForEnds() {
        int b = slots.gone(6, "b", NOW_MS - 9_000);
        assertEquals(NOW_MS - 9_001, token().timeMs());
        at(b, new At(epoch(6), 3));
        assertEquals(NOW_MS, token().timeMs(), "the place is listed");
        slots.gone(7, "b", NOW_MS - 8_000);
        assertEquals(NOW_MS - 8_001, token().timeMs());
        at(b, ProducerPlace.UNKNOWN);
        assertEquals(NOW_MS - 9_001, token().timeMs());
        past = Past.opened(slots.producers().lastEvent());
        assertEquals(NOW_MS, token().timeMs(), "they were over before it began");
    }

    @Test
    @DisplayName("ruleT1: an end that was told under an address does not hold it back")
    void toldByItsAddress() {
        int nameless = slots.endedNameless(6, NOW_MS - 9_000);
        at(nameless, new At(epoch(6), 0, Mark.END));
        slots.nameIt(6, "b");
        assertEquals(NOW_MS, token().timeMs());
        assertEquals(List.of(nameless(6, 0, true), entry("a", 5, 0, 5)), token().entries());
        at(nameless, null);
        assertEquals(NOW_MS - 9_001, token().timeMs());
    }

    @Test
    @DisplayName("ruleT1: what was told under an address is listed until it is two margins old")
    void forgetsAddresses() {
        int nameless = slots.endedNameless(6, LATELY_MS - 1);
        at(nameless, new At(epoch(6), 0, Mark.END));
        assertEquals(List.of(entry("a", 5, 0, 5)), token().entries(), "as long as it has no name");
        slots.nameIt(6, "b");
        assertEquals(List.of(entry("a", 5, 0, 5)), token().entries());
    }

    @Test
    @DisplayName("ruleT1: what ended two margins before its time is left out, if all of it is passed")
    void leavesOut() {
        int b = slots.ended(6, "b", LATELY_MS, 3L);
        at(b, new At(epoch(6), 3, Mark.END));
        List<Entry> listed = List.of(entry("a", 5, 0, 5), over("b", 6, 3));
        assertEquals(listed, token().entries());
        int c = slots.ended(7, "c", LATELY_MS - 1, 3L);
        at(c, new At(epoch(7), 3, Mark.END));
        assertEquals(listed, token().entries());
        at(c, new At(epoch(7), 3)); // that it left is still to be told
        assertEquals(3, token().entries().size());
    }

    @Test
    @DisplayName("ruleT1: what was passed without a place is listed as over as long as it ended lately")
    void passedWithoutAPlace() {
        past = Past.opened(9);
        slots.ended(6, "b", LATELY_MS - 1, 3L);
        slots.ended(7, "c", LATELY_MS, 3L);
        slots.ended(8, "c", LATELY_MS, null);
        Set<Entry> listed = Set.of(entry("a", 5, 0, 5), over("c", 8, 0), over("c", 7, Entry.UNKNOWN));
        assertEquals(listed, Set.copyOf(token().entries()));
    }

    @Test
    @DisplayName(
            "ruleT1: it keeps positions beside a place until they are told: no earlier stream of that producer is said to be over")
    void beside() {
        slots.ended(6, "b", NOW_MS, 3L);
        slots.member(7, "b", EARLY_MS);
        slots.copied("b", 9, 1, 7);
        int b = slots.named("b");
        at(b, new At(epoch(7), 2));
        Entry b6 = new Entry("b", 0, epoch(6), 1, false);
        places = places.with(
                new Places.Beside(List.of(b6), List.of(new Gap("b", Reason.PRODUCER_LOST, epoch(6), 2L, 2L, null))));
        assertEquals(Set.of(b6, entry("b", 7, 2, 7)), ofNode("b"));
        places = places.without(places.beside());
        assertEquals(Set.of(over("b", 6, Entry.UNKNOWN), entry("b", 7, 2, 7)), ofNode("b"));
    }

    private Set<Entry> ofNode(String node) {
        return token().entries().stream()
                .filter(entry -> entry.node().equals(node))
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName(
            "ruleT1: earlier streams of a producer that is listed are said to be over, if they ended lately and may have had something")
    void earlierStreams() {
        slots.gone(6, "b", LATELY_MS - 1);
        slots.gone(7, "b", LATELY_MS);
        slots.gone(8, "b", LATELY_MS + 1);
        slots.member(9, "b", EARLY_MS);
        slots.copied("b", 3, 1, 6, 7, 9);
        int b = slots.named("b");
        at(b, new At(epoch(9), 2));
        Entry a5 = entry("a", 5, 0, 5);
        Entry b7 = over("b", 7, Entry.UNKNOWN);
        Entry b8 = over("b", 8, Entry.UNKNOWN);
        assertEquals(Set.of(a5, entry("b", 9, 2, 9), b7, b8), Set.copyOf(token().entries()));
        at(b, new At(epoch(7), 2));
        Entry b6 = over("b", 6, Entry.UNKNOWN);
        assertEquals(Set.of(a5, entry("b", 7, 2, 9), b6), Set.copyOf(token().entries()), "its time is earlier");
    }

    @Test
    @DisplayName(
            "ruleT1: beside a place that was told as lost in a generation that nobody here knows, those are listed that were passed before")
    void passedBesideAToldPlace() {
        slots.ended(6, "b", LATELY_MS, 3L);
        slots.ended(7, "b", LATELY_MS, 0L);
        int b = slots.ended(8, "b", NOW_MS, 3L);
        past = Past.resumed(0, LATELY_MS, 0).listing(Set.of(epoch(8)), Set.of());
        at(b, new At(epoch(9), 2, Mark.TOLD));
        Entry told = new Entry("b", 0, epoch(9), 2, false, true, false, 0);
        assertEquals(Set.of(told, over("b", 6, Entry.UNKNOWN), over("b", 8, Entry.UNKNOWN)), ofNode("b"));
        at(b, new At(epoch(9), 2));
        Entry readsOn = new Entry("b", 0, epoch(9), 2, false);
        assertEquals(Set.of(readsOn), ofNode("b"), "it reads on: they may be behind it");
    }

    // ------------------------------------------------------------------ whether it counts

    @Test
    @DisplayName("ruleT1: its time is not later than the last word of another member")
    void lastPing() {
        slots.lastPing.heard(NOW_MS - 500);
        at(a, new At(epoch(5), 7));
        assertEquals(NOW_MS - 500, token().timeMs());
    }

    @Test
    @DisplayName("ruleT1: it is not covered if anything may be missed, or what ended since its time was forgotten")
    void notCovered() {
        at(a, new At(epoch(5), 7));
        mayMiss = true;
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        assertEquals(List.of(entry("a", 5, 7, 5)), token().entries());
        mayMiss = false;
        slots.remember(Given.HISTORY, NOW_MS);
        assertEquals(Given.HISTORY, token().historyId());
        slots.remember(Given.HISTORY, NOW_MS + 1);
        assertEquals(HistoryId.UNKNOWN, token().historyId());
    }

    @Test
    @DisplayName("ruleT1: with more producers that ended than it may name it is not covered")
    void tooMany() {
        for (int i = 1; i <= Limits.MAX_TOKEN_ENDED; i++) {
            at(slots.ended(100 + i, "n" + i, NOW_MS, 3L), new At(epoch(100 + i), 3, Mark.END));
        }
        assertEquals(Given.HISTORY, token().historyId());
        assertEquals(Limits.MAX_TOKEN_ENDED + 1, token().entries().size());
        at(slots.ended(99, "n", NOW_MS, 3L), new At(epoch(99), 3, Mark.END));
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        assertEquals(Limits.MAX_TOKEN_ENDED + 1, token().entries().size());
    }
}
