package dev.gapless.core.reading;

import static dev.gapless.core.reading.NamedSlots.EARLY_MS;
import static dev.gapless.core.reading.NamedSlots.MARGIN_MS;
import static dev.gapless.core.reading.NamedSlots.NOW;
import static dev.gapless.core.reading.NamedSlots.NOW_MS;
import static dev.gapless.core.reading.NamedSlots.address;
import static dev.gapless.core.reading.NamedSlots.epoch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.place.Generation;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.ProducerPlace.At;
import dev.gapless.core.place.ProducerPlace.Mark;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where a subscription begins that resumes a token. Node a is a member, its incarnation is 5, and its log is copied up to message 9. The token was
 * taken on that node.
 */
class ResumedPlacesTest {
    private static final long TAKEN_MS = NOW_MS - 1_000;
    private static final long HOME = 5;

    private final NamedSlots slots = new NamedSlots();
    private final int a = slots.member(5, "a", EARLY_MS);
    private long takenMs = TAKEN_MS;
    private long home = HOME;
    private boolean leftOut;

    ResumedPlacesTest() {
        slots.copied("a", 9, 1, 5);
    }

    private ResumedPlaces resumed(CursorToken token) {
        return ResumedPlaces.of(new Opening.Resume(token, leftOut), slots, NOW);
    }

    private ResumedPlaces resumed(Entry... entries) {
        return resumed(new CursorToken(Given.TOPIC, "c", takenMs, Given.HISTORY, List.of(entries), 0).takenBy(home));
    }

    private ResumedPlaces byHand(Entry... entries) {
        return resumed(CursorToken.ofHand(Given.TOPIC, "c", takenMs, List.of(entries)));
    }

    private static Entry entry(String node, long uid, long sequence, long host) {
        return new Entry(node, uid, epoch(uid), sequence, false, false, false, host);
    }

    private static Entry over(String node, long uid) {
        return over(node, uid, 3);
    }

    private static Entry over(String node, long uid, long sequence) {
        return new Entry(node, uid, epoch(uid), sequence, true);
    }

    private static @Nullable ProducerPlace place(ResumedPlaces resumed, int slot) {
        return resumed.begins().places().get(slot);
    }

    private @Nullable ProducerPlace place(ResumedPlaces resumed, String node) {
        return place(resumed, slots.named(node));
    }

    private static boolean isCovered(ResumedPlaces resumed) {
        return resumed.begins().anything() == null;
    }

    // ------------------------------------------------------------------ what an entry says

    static Stream<Arguments> entries() {
        Epoch a = epoch(5);
        Entry unseen = new Entry("a", 0, Entry.NO_STREAM, Entry.UNKNOWN, false, true, false, 5);
        return Stream.of(
                Arguments.of(entry("a", 5, 7, 5), new At(a, 7)),
                Arguments.of(new Entry("a", 5, a, 7, false, true, false, 5), new At(a, 7, Mark.TOLD)),
                Arguments.of(entry("a", 5, Entry.UNKNOWN, 5), ProducerPlace.UNKNOWN),
                Arguments.of(unseen, ProducerPlace.TOLD_UNSEEN));
    }

    @ParameterizedTest
    @MethodSource("entries")
    @DisplayName("ruleT2: an entry is a place, and a producer that is not listed has none")
    void places(Entry entry, ProducerPlace expected) {
        slots.ended(6, "b", EARLY_MS, 3L);
        ResumedPlaces resumed = resumed(entry);
        assertEquals(expected, place(resumed, a));
        assertNull(place(resumed, "b"));
        assertEquals(
                Past.resumed(slots.producers().lastEvent(), TAKEN_MS, MARGIN_MS)
                        .listing(Set.of(), expected instanceof At at ? Set.of(at.epoch()) : Set.of()),
                resumed.begins().past());
        assertEquals(Set.of(), resumed.waitsFor());
    }

    @Test
    @DisplayName(
            "ruleT2: of several streams of a node that nobody here knows the place is in the one that was not only passed")
    void passedStreams() {
        Entry passed = over("b", 6, Entry.UNKNOWN);
        Entry last = over("b", 7, 3);
        At end = new At(epoch(7), 3, Mark.END);
        assertEquals(end, place(resumed(passed, last), "b"));
        assertEquals(end, place(resumed(last, passed), "b"));
        Entry goesOn = entry("b", 7, 3, 7);
        assertEquals(new At(epoch(7), 3), place(resumed(passed, goesOn), "b"));
        assertEquals(new At(epoch(7), 3), place(resumed(goesOn, passed), "b"));
    }

    @Test
    @DisplayName("ruleT2: nothing is missed of a member that has published nothing, though nobody knows where that was")
    void unknownInAnEmptyLog() {
        slots.copied("a", 0, 1, 5);
        assertEquals(new At(epoch(5), 0), place(resumed(entry("a", 5, Entry.UNKNOWN, 5)), a));
        slots.member(6, "b", EARLY_MS);
        Entry b = entry("b", 6, Entry.UNKNOWN, 6);
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(b), "b"), "it has not answered");
        slots.gone(7, "b", NOW_MS);
        slots.copied("b", 0, 1, 6);
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(b), "b"), "there was another one");
    }

    @Test
    @DisplayName("ruleT2: that a stream is over counts if it is over here, and its token's node is to be trusted")
    void over() {
        slots.ended(6, "b", TAKEN_MS, null);
        At end = new At(epoch(6), 3, Mark.END);
        At told = new At(epoch(6), 3, Mark.TOLD);
        assertEquals(end, place(resumed(over("b", 6)), "b"));
        home = 8;
        assertEquals(told, place(resumed(over("b", 6)), "b"), "the node went without a word, or was never here");
        slots.remember(Given.HISTORY, 0, new Departure(8, "d", NOW_MS, null));
        assertEquals(told, place(resumed(over("b", 6)), "b"));
        slots.remember(Given.HISTORY, 0, new Departure(8, "d", NOW_MS, Map.of()));
        assertEquals(end, place(resumed(over("b", 6)), "b"), "it left in good order");
        slots.remember(Given.HISTORY, 0);
        slots.ended(8, "d", NOW_MS, 4L);
        assertEquals(end, place(resumed(over("b", 6)), "b"));
        home = 0;
        assertEquals(told, place(resumed(over("b", 6)), "b"));
    }

    @Test
    @DisplayName(
            "ruleT2: what is over elsewhere and goes on here was told as lost; so was nothing that nobody here knows")
    void overElsewhere() {
        assertEquals(new At(epoch(5), 3, Mark.TOLD), place(resumed(over("a", 5)), a));
        assertEquals(new At(epoch(7), 3, Mark.END), place(resumed(over("b", 7)), "b"));
        slots.member(7, "b", EARLY_MS);
        assertEquals(new At(epoch(7), 3, Mark.TOLD), place(resumed(over("b", 7)), "b"));
    }

    @Test
    @DisplayName("ruleT1: of two streams of a node the later one counts, or the one that goes on")
    void twoStreams() {
        slots.ended(6, "b", EARLY_MS, 3L);
        slots.ended(7, "b", EARLY_MS, 3L);
        At later = new At(epoch(7), 2);
        assertEquals(later, place(resumed(entry("b", 6, 1, 0), entry("b", 7, 2, 0)), "b"));
        assertEquals(later, place(resumed(entry("b", 7, 2, 0), entry("b", 6, 1, 0)), "b"));
        assertEquals(later, place(resumed(entry("b", 7, 2, 0), over("b", 6)), "b"));
        assertEquals(later, place(resumed(entry("b", 7, 2, 0), entry("b", 6, Entry.UNKNOWN, 0)), "b"));
        assertEquals(new At(epoch(7), 3, Mark.END), place(resumed(over("b", 7), entry("b", 6, 1, 0)), "b"));
        assertEquals(
                new At(epoch(8), 1),
                place(resumed(entry("b", 7, 2, 0), entry("b", 8, 1, 0)), "b"),
                "that may come yet");
        assertEquals(new At(epoch(5), 2), place(resumed(entry("a", 5, 2, 0), entry("a", 8, 1, 0)), a));
    }

    @Test
    @DisplayName(
            "ruleT2: what comes behind the other positions of a node, in front of the one that counts, is told first")
    void beside() {
        slots.copied("a", 9, 1, 3, 4, 5);
        assertTold(List.of(), entry("a", 5, 2, 0), new Entry("a", 4, epoch(4), 100, false), over("a", 3));
        assertTold(List.of(), entry("a", 5, 2, 0));
        Gap lost = new Gap("a", Reason.PRODUCER_LOST, epoch(8), 2L, null, null);
        assertTold(List.of(lost), entry("a", 5, 2, 0), entry("a", 8, 1, 0));
        assertTold(List.of(), entry("a", 5, 2, 0), over("a", 8));
        Gap behind = new Gap("a", Reason.OVERRUN, epoch(3), 8L, 93L, new Position(epoch(3), 101));
        Gap between = new Gap("a", Reason.OVERRUN, epoch(4), 1L, 100L, new Position(epoch(4), 101));
        assertTold(List.of(behind, between), entry("a", 5, 2, 0), entry("a", 3, 7, 0));
        assertTold(List.of(), entry("a", 5, 2, 0), over("a", 3));
        assertTold(List.of(behind), entry("a", 5, 2, 0), entry("a", 3, 7, 0), over("a", 4));
        Gap unknown = new Gap("c", Reason.PRODUCER_LOST, epoch(7), 2L, null, null);
        assertTold(List.of(unknown), entry("c", 6, 1, 0), entry("c", 7, 1, 0));
    }

    private void assertTold(List<Gap> gaps, Entry... entries) {
        ResumedPlaces resumed = byHand(entries);
        assertEquals(gaps, resumed.begins().places().beside().gaps());
        assertEquals(
                gaps.isEmpty() ? 0 : entries.length - 1,
                resumed.begins().places().beside().entries().size());
        assertEquals(Stream.of(entries).filter(entry -> !entry.over()).count() > 1, resumed.statesSeveral());
    }

    // ------------------------------------------------------------------ whether it counts

    @Test
    @DisplayName("ruleT2: a token of another history, from before the horizon, or of a time to come is not covered")
    void coverage() {
        assertEquals(true, isCovered(resumed(entry("a", 5, 7, 5))));
        takenMs = NOW_MS + MARGIN_MS;
        assertEquals(true, isCovered(resumed(entry("a", 5, 7, 5))));
        takenMs = NOW_MS + MARGIN_MS + 1;
        assertEquals(false, isCovered(resumed(entry("a", 5, 7, 5))));
        takenMs = TAKEN_MS;
        slots.remember(Given.HISTORY, TAKEN_MS + 1);
        assertEquals(false, isCovered(resumed(entry("a", 5, 7, 5))));
        slots.remember(Given.HISTORY + 1, 0);
        assertEquals(false, isCovered(resumed(entry("a", 5, 7, 5))));
    }

    @Test
    @DisplayName(
            "ruleT2: nor is one that names as a member who ended a margin before it was taken, or whom nobody remembers")
    void hosts() {
        Entry ofB = entry("b", 6, 1, 6);
        assertEquals(false, isCovered(resumed(ofB)), "nobody remembers it");
        slots.remember(Given.HISTORY, 0, new Departure(6, "b", TAKEN_MS - MARGIN_MS, Map.of()));
        assertEquals(true, isCovered(resumed(ofB)));
        slots.remember(Given.HISTORY, 0, new Departure(6, "b", TAKEN_MS - MARGIN_MS - 1, Map.of()));
        assertEquals(false, isCovered(resumed(ofB)));
        slots.ended(6, "b", TAKEN_MS - MARGIN_MS, 3L);
        assertEquals(true, isCovered(resumed(ofB)));
        assertEquals(true, isCovered(resumed(entry("b", 9, 1, 0))), "no member had the name");
        slots.member(9, "b", NOW_MS);
        assertEquals(true, isCovered(resumed(entry("b", 6, 1, 9))));
    }

    @Test
    @DisplayName("ruleT2: a member that this node saw only on its way out will be removed here, and so counts as there")
    void hostsThatAreDown() {
        Entry ofB = entry("b", 6, 1, 6);
        CursorToken token = new CursorToken(Given.TOPIC, "c", takenMs, Given.HISTORY, List.of(ofB), 0);
        assertEquals(false, ResumedPlaces.knowsHosts(token, slots.producers()));
        slots.newcomer(6);
        assertEquals(true, ResumedPlaces.knowsHosts(token, slots.producers()));
        assertEquals(true, isCovered(resumed(ofB)));
        At told = new At(epoch(6), 3, Mark.TOLD);
        assertEquals(told, place(resumed(over("b", 6)), "b"), "it is not over");
    }

    @Test
    @DisplayName(
            "ruleT1: nor is one whose subscription left out messages that this one wants, also if it was made by hand")
    void leftOut() {
        leftOut = true;
        assertEquals(false, isCovered(resumed(entry("a", 5, 7, 5))));
        ResumedPlaces byHand = byHand(new Entry("a", 0, epoch(5), 20, false));
        assertEquals(false, isCovered(byHand));
        assertEquals(new At(epoch(5), 20), place(byHand, a), "it does not go back");
    }

    @Test
    @DisplayName("ruleT2: where anything may be missed its places stay until that is told, but none of the past counts")
    void notCovered() {
        slots.unnamedMember(7, EARLY_MS);
        slots.ended(6, "b", EARLY_MS, null);
        slots.remember(Given.HISTORY + 1, 0);
        Entry nameless = new Entry(address(8), 8, epoch(8), 2, true, false, true, 0);
        ResumedPlaces resumed =
                resumed(entry("a", 5, 7, 5), over("b", 6), entry("c", 9, Entry.UNKNOWN, 0), over("d", 10), nameless);
        Change.Begins begins = resumed.begins();
        assertEquals(
                List.of(slots.nameless(7, address(7))),
                anything(begins.anything()).namelessMembers());
        assertEquals(Past.opened(slots.producers().lastEvent()), begins.past());
        assertEquals(new At(epoch(5), 7), place(resumed, a));
        assertNull(place(resumed, "b"), "it is over, and told with all the rest");
        assertNull(place(resumed, "c"));
        assertNull(place(resumed, "d"));
        assertNull(place(resumed, slots.nameless(8, address(8))));
        assertEquals(Set.of(), resumed.waitsFor());
    }

    private static Change.AnythingMissed anything(Change.@Nullable AnythingMissed anything) {
        assertNotNull(anything);
        return anything;
    }

    // ------------------------------------------------------------------ made by hand

    @Test
    @DisplayName(
            "ruleT2: a position that is made by hand is asked for, unless the producer's log is known to have been there")
    void madeByHand() {
        slots.ended(6, "b", EARLY_MS, 9L);
        ResumedPlaces resumed = byHand(
                new Entry("a", 0, epoch(5), 9, false),
                new Entry("b", 0, epoch(6), 9, false),
                new Entry("c", 0, epoch(7), Entry.UNKNOWN, false));
        assertEquals(new At(epoch(5), 9), place(resumed, a));
        assertEquals(stated(6, 9), place(resumed, "b"), "there is no copy");
        assertEquals(ProducerPlace.UNKNOWN, place(resumed, "c"));
        assertEquals(stated(5, 10), place(byHand(new Entry("a", 0, epoch(5), 10, false)), a));
        assertEquals(stated(8, 1), place(byHand(new Entry("a", 0, epoch(8), 1, false)), a));
        assertEquals(stated(5, 10), place(byHand(new Entry("x", 0, epoch(5), 10, false)), a), "whatever its name");
        int d = slots.member(9, "d", EARLY_MS);
        assertEquals(stated(9, 10), place(byHand(new Entry("x", 0, epoch(9), 10, false)), d));
        assertEquals(true, isCovered(resumed));
        assertEquals(
                Past.byHand(slots.producers().lastEvent(), TAKEN_MS, MARGIN_MS),
                resumed.begins().past());
        slots.remember(Given.HISTORY, NOW_MS);
        assertEquals(true, isCovered(byHand()));
    }

    private static ProducerPlace stated(long uid, long sequence) {
        return new ProducerPlace.Stated(new Position(epoch(uid), sequence), null);
    }

    @Test
    @DisplayName("ruleT2: that a stream is over counts in one that is made by hand if it is over here, too")
    void overByHand() {
        slots.ended(6, "b", EARLY_MS, 3L);
        assertEquals(new At(epoch(6), 0, Mark.END), place(byHand(overByHand("b", 6)), "b"));
        assertEquals(new At(epoch(5), 0, Mark.TOLD), place(byHand(overByHand("a", 5)), a));
        assertEquals(new At(epoch(7), 0, Mark.TOLD), place(byHand(overByHand("c", 7)), "c"));
        assertEquals(new At(epoch(5), 4), place(byHand(new Entry("a", 0, epoch(5), 4, true)), a), "it goes on");
    }

    private static Entry overByHand(String node, long uid) {
        return new Entry(node, 0, epoch(uid), Entry.UNKNOWN, true);
    }

    @Test
    @DisplayName("ruleT2: what it calls by its address stays there")
    void addressByHand() {
        int nameless = slots.endedNameless(6, EARLY_MS);
        ResumedPlaces resumed = byHand(overByHand(address(6), 6));
        assertEquals(new At(epoch(6), 0, Mark.END), place(resumed, nameless));
    }

    // ------------------------------------------------------------------ names

    @Test
    @DisplayName("ruleT2: a token names incarnations: those of its streams, and the members that had the names")
    void names() {
        slots.member(6, "b", EARLY_MS);
        Entry nameless = new Entry(address(8), 8, epoch(8), Entry.UNKNOWN, false, false, true, 0);
        resumed(
                entry("b", 7, 1, 6),
                nameless,
                new Entry("a", 0, Entry.NO_STREAM, Entry.UNKNOWN, false, true, false, 0));
        assertEquals(List.of("6 b", "7 b"), slots.namedByToken);
    }

    @Test
    @DisplayName("ruleT2: what was told under an address stays told there, else its name has the place")
    void nameless() {
        slots.endedNameless(6, EARLY_MS);
        int b = slots.named("b");
        Entry told = new Entry(address(6), 6, epoch(6), 0, true, false, true, 0);
        Entry unknown = new Entry(address(6), 6, epoch(6), Entry.UNKNOWN, false, false, true, 0);
        int nameless = slots.nameless(6, address(6));
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(unknown), nameless), "it has no name yet");
        slots.nameIt(6, "b");
        assertEquals(new At(epoch(6), 0, Mark.END), place(resumed(told), nameless));
        assertNull(place(resumed(told), b));
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(unknown), b));
        assertNull(place(resumed(unknown), nameless));
        home = 0;
        At notTrusted = new At(epoch(6), 0, Mark.TOLD);
        assertEquals(notTrusted, place(resumed(told), b), "who says so is not to be trusted");
        home = HOME;
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(entry("b", 9, 4, 0), unknown), b), "6 may be in front of 9");
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(unknown, entry("b", 9, 4, 0)), b));
        slots.ended(5, "b", EARLY_MS, null);
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(unknown, entry("b", 5, 4, 0)), b), "6 is in front of 5");
        slots.member(9, "b", EARLY_MS);
        slots.copied("b", 9, 1, 9);
        Entry later = new Entry(address(9), 9, epoch(9), Entry.UNKNOWN, false, false, true, 0);
        slots.nameIt(9, "b");
        assertEquals(new At(epoch(5), 4), place(resumed(later, entry("b", 5, 4, 0)), b), "it comes to it");
    }

    @Test
    @DisplayName("ruleT2: what it says is passed is passed here, whatever the time is")
    void passed() {
        int b = slots.ended(6, "b", NOW_MS, 3L);
        Generation six = generation(b, 6);
        Past past = resumed(over("b", 6, Entry.UNKNOWN), entry("b", 7, 2, 0))
                .begins()
                .past();
        assertEquals(true, past.passes(six));
        assertEquals(false, resumed(entry("b", 7, 2, 0)).begins().past().passes(six), "it ended later");
        assertEquals(
                true,
                resumed(over("b", 6, 3), entry("b", 7, 2, 0)).begins().past().passes(six),
                "also if it says how much that was");
        slots.ended(8, "b", NOW_MS, 3L);
        assertEquals(false, past.passes(generation(b, 8)));
    }

    @Test
    @DisplayName("ruleT2: what is only said to be passed is no place under an address, in front of one under the name")
    void passedUnderAnAddress() {
        int nameless = slots.endedNameless(6, NOW_MS);
        ResumedPlaces resumed = resumed(over("b", 6, Entry.UNKNOWN), entry("b", 7, 2, 0));
        assertNull(place(resumed, nameless));
        assertEquals(new At(epoch(7), 2), place(resumed, "b"));
        assertEquals(true, resumed.begins().past().passes(generation(nameless, 6)));
        Entry told = new Entry(address(6), 6, epoch(6), 0, true, false, true, 0);
        home = 0;
        assertEquals(
                new At(epoch(6), 0, Mark.TOLD), place(resumed(told), nameless), "who says so is not to be trusted");
        assertEquals(
                new At(epoch(6), 0, Mark.END),
                place(resumed(told, over("b", 6, Entry.UNKNOWN), entry("b", 7, 2, 0)), nameless),
                "it passed all of it by its name");
    }

    @Test
    @DisplayName(
            "ruleT2: a position that an application stated belongs to whose stream it is, whatever its name was where the token was taken")
    void statedElsewhere() {
        slots.member(8, "b", EARLY_MS);
        slots.copied("b", 9, 1, 8);
        Entry stated = new Entry(address(8), 0, epoch(8), 4, false);
        assertEquals(new At(epoch(8), 4), place(resumed(stated), "b"));
        assertEquals(new At(epoch(8), 4), place(byHand(stated), "b"));
    }

    @Test
    @DisplayName(
            "ruleT2: of two positions in streams that nobody knows nobody can say which is behind: the one is told, and whatever comes")
    void statedTwiceUnknown() {
        Entry one = new Entry("b", 0, epoch(7), 2, false);
        Entry other = new Entry("b", 0, epoch(8), 6, false);
        ResumedPlaces resumed = byHand(one, other);
        assertEquals(ProducerPlace.UNKNOWN, place(resumed, "b"));
        assertEquals(Set.of(slots.named("b")), resumed.waitsFor(), "somebody may know");
        assertEquals(1, resumed.begins().places().beside().gaps().size());
        assertEquals(stated(8, 6), place(byHand(overByHand("b", 7), other), "b"));
        slots.ended(7, "b", EARLY_MS, null);
        assertEquals(ProducerPlace.UNKNOWN, place(byHand(one, other), "b"), "8 may be in front of it");
    }

    private Generation generation(int slot, long uid) {
        KnownProducer producer = slots.producers().get(slot);
        return Objects.requireNonNull(producer == null ? null : producer.generation(epoch(uid)));
    }

    @Test
    @DisplayName(
            "ruleT2: where it stands under a name, and what it was told to the end under an address, is not told once more")
    void named() {
        int nameless = slots.endedNameless(6, NOW_MS);
        Entry told = new Entry(address(6), 6, epoch(6), 0, true, false, true, 0);
        Past past = resumed(entry("b", 8, 1, 0), told).begins().past();
        assertEquals(Set.of(epoch(8)), past.named());
        assertEquals(Set.of(epoch(6)), past.listed());
        int of8 = slots.endedNameless(8, NOW_MS);
        assertEquals(true, past.passes(slots.producers(), of8, generation(of8, 8)));
        int c = slots.ended(8, "c", NOW_MS, null);
        assertEquals(false, past.passes(slots.producers(), c, generation(c, 8)), "it stands there");
        assertEquals(true, past.passes(slots.producers(), nameless, generation(nameless, 6)));
        home = 0;
        assertEquals(Set.of(), resumed(told).begins().past().listed(), "who says so is not to be trusted");
    }

    @Test
    @DisplayName("ruleT2: a place under an address goes on under the name if all in front of it is passed there")
    void namedAhead() {
        slots.ended(6, "b", EARLY_MS, 3L);
        int nameless = slots.nameless(7, address(7));
        slots.member(7, "b", EARLY_MS);
        slots.copied("b", 9, 1, 7);
        slots.nameIt(7, "b");
        Entry at = new Entry(address(7), 7, epoch(7), 4, false, false, true, 0);
        ResumedPlaces resumed = resumed(at);
        assertEquals(new At(epoch(7), 4), place(resumed, "b"));
        assertNull(place(resumed, nameless));
        assertEquals(new At(epoch(7), 4), place(resumed(at, over("b", 6)), "b"));
        assertEquals(new At(epoch(7), 6), place(resumed(at, entry("b", 7, 6, 7)), "b"), "the later one");
        assertEquals(new At(epoch(6), 1), place(resumed(at, entry("b", 6, 1, 0)), "b"), "6 is not read to its end");
        slots.ended(8, "b", NOW_MS, 3L);
        assertEquals(ProducerPlace.UNKNOWN, place(resumed(at), "b"), "8 may be in front of it");
    }

    // ------------------------------------------------------------------ who is waited for

    @Test
    @DisplayName(
            "ruleT2: a producer without a member is waited for if its place is of a generation that nobody here knows")
    void waits() {
        int b = slots.ended(6, "b", TAKEN_MS, null);
        assertEquals(Set.of(), resumed(entry("b", 6, 1, 0)).waitsFor());
        assertEquals(Set.of(b), resumed(entry("b", 7, 1, 0)).waitsFor());
        assertEquals(Set.of(b), byHand(new Entry("b", 0, epoch(7), 1, false)).waitsFor());
        assertEquals(Set.of(), resumed(entry("b", 7, Entry.UNKNOWN, 0)).waitsFor());
        assertEquals(
                Set.of(slots.named("c")),
                resumed(entry("c", 8, Entry.UNKNOWN, 0)).waitsFor());
        assertEquals(Set.of(), resumed(entry("a", 8, 1, 0)).waitsFor());
        Entry nameless = new Entry(address(9), 9, epoch(9), 0, true, false, true, 0);
        assertEquals(Set.of(), resumed(nameless).waitsFor());
    }
}
