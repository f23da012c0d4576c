package dev.gapless.core.reading;

import static dev.gapless.core.Given.SECOND;
import static dev.gapless.core.reading.NamedSlots.EARLY_MS;
import static dev.gapless.core.reading.NamedSlots.NOW;
import static dev.gapless.core.reading.NamedSlots.NOW_MS;
import static dev.gapless.core.reading.NamedSlots.address;
import static dev.gapless.core.reading.NamedSlots.epoch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.CursorToken.Entry;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.Standpoint;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.Next;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.ProducerPlace.At;
import dev.gapless.core.place.ProducerPlace.Mark;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What a subscription is told, and where it stands then. Node a is a member, its incarnation is 5, and its log is copied up to message 9; that was
 * read up to message 5.
 */
class ReloadedPlacesTest {
    private static final Gap ANYTHING = Everything.GAP;

    private final NamedSlots slots = new NamedSlots();
    private final SharedTopic topic = new SharedTopic(new TopicCache(100, 1 << 20));
    private final int a = slots.member(5, "a", EARLY_MS);
    private PlacesSubscription subscription = subscription(new Opening.Latest(), draft -> {});

    ReloadedPlacesTest() {
        copied(9, 1);
    }

    private PlacesSubscription subscription(Opening opening, Consumer<TopicSettings.Draft> change) {
        return new PlacesSubscription(
                opening, Given.TOPIC, topic, Given.ring(100).with(change), 1, 1);
    }

    private void show() {
        topic.changed(slots.producers(), NOW_MS);
    }

    private void copied(long newest, long oldest) {
        slots.copied("a", newest, oldest, 5);
        show();
    }

    private void push(long first, long last) {
        topic.cache().push(epoch(5), first, Given.slices(first, last), (epoch, sequence) -> false, 0);
        show();
    }

    private void begin() {
        begin(a, at(5));
    }

    private void begin(int slot, @Nullable ProducerPlace place) {
        Places places = Places.NONE.with(slot, place);
        Past past = Past.opened(slots.producers().lastEvent());
        subscription.said(new Change.Begins(places, past));
    }

    private static At at(long sequence) {
        return new At(epoch(5), sequence);
    }

    private static String given(Step step) {
        return assertInstanceOf(Step.Messages.class, step).run().messages().stream()
                .map(message -> String.valueOf(message.position().sequence()))
                .collect(Collectors.joining(" "));
    }

    private static List<Gap> gaps(Step step) {
        return assertInstanceOf(Step.Missed.class, step).gaps();
    }

    private CursorToken token() {
        return subscription.token(Given.TOPIC, "c", NOW);
    }

    private static Entry entry(long sequence) {
        return new Entry("a", 5, epoch(5), sequence, false, false, false, 5);
    }

    /** What an application says that its source reflects. */
    private static CursorToken reflects(long uid, long sequence) {
        Entry entry = new Entry("a", 0, epoch(uid), sequence, false);
        return CursorToken.ofHand(Given.TOPIC, "c", 0, List.of(entry));
    }

    // ------------------------------------------------------------------ reloading

    @Test
    @DisplayName(
            "ruleS2: a failed reload is tried again with a growing wait, its token stands in front, and nothing is given")
    void failed() {
        copied(9, 9);
        begin();
        assertEquals(1, gaps(subscription.next(0)).size());
        assertTrue(subscription.isReloading());
        assertEquals(OptionalLong.of(SECOND / 10), subscription.reloadFailed());
        assertEquals(Step.RELOADING, subscription.next(1));
        assertEquals(OptionalLong.of(SECOND / 5), subscription.reloadFailed());
        assertEquals(List.of(entry(5)), token().entries());
        subscription.reloaded(null);
        assertFalse(subscription.isReloading());
        assertEquals(List.of(entry(9)), token().entries());
        assertThrows(IllegalStateException.class, subscription::reloadFailed);
    }

    @Test
    @DisplayName("rowO8, ruleS2: a reload, or a load, is tried so many times in a row, and for ever without a limit")
    void attempts() {
        subscription = subscription(new Opening.Latest(), draft -> draft.reloadAttempts = 2);
        copied(9, 9);
        begin();
        subscription.next(0);
        assertEquals(OptionalLong.of(SECOND / 10), subscription.reloadFailed());
        assertEquals(OptionalLong.empty(), subscription.reloadFailed());
        assertEquals(OptionalLong.of(SECOND / 10), subscription.loadFailed(1));
        assertEquals(OptionalLong.empty(), subscription.loadFailed(2));
        subscription = subscription(new Opening.Latest(), draft -> draft.reloadAttempts = 0);
        assertEquals(OptionalLong.of(2 * SECOND), subscription.loadFailed(1_000));
    }

    @Test
    @DisplayName(
            "rowO4, ruleS3: two reloads are apart; who is only told need not wait for an interval, nor for jitter if it says so")
    void pace() {
        Consumer<TopicSettings.Draft> slow = draft -> {
            draft.reloadIntervalNs = 10 * SECOND;
            draft.reloadJitterNs = SECOND;
        };
        assertEquals(11 * SECOND, secondReloadNs(subscription(new Opening.Latest(), slow)));
        assertEquals(
                SECOND, secondReloadNs(subscription(new Opening.Latest(), slow).telling()));
        assertEquals(0, secondReloadNs(subscription(new Opening.Latest(), slow).tellingAtOnce()));
    }

    private long secondReloadNs(PlacesSubscription one) {
        subscription = one;
        copied(9, 9);
        begin();
        Step first = subscription.next(0);
        long firstNs = first instanceof Step.Waiting waiting ? waiting.untilNs() : 0;
        assertEquals(firstNs > 0, subscription.isWaiting());
        assertFalse(subscription.hasNext());
        if (firstNs > 0) {
            subscription.next(firstNs);
        }
        subscription.reloaded(null);
        copied(20, 20);
        Step second = subscription.next(firstNs);
        copied(9, 1);
        return second instanceof Step.Waiting waiting ? waiting.untilNs() - firstNs : 0;
    }

    @Test
    @DisplayName("ruleS3: what is missed while a reload is under way needs another one")
    void another() {
        copied(9, 9);
        begin();
        gaps(subscription.next(0));
        copied(20, 20);
        subscription.reloaded(null);
        Gap next = gaps(subscription.next(0)).get(0);
        assertEquals(10L, next.firstMissing());
        assertEquals(11L, next.missed());
    }

    private Change named(long uid) {
        AddressSlot address = Objects.requireNonNull(slots.producers().byAddress(uid));
        return new Change.NamedNow(address, slots.producers().get(address.named()));
    }

    @Test
    @DisplayName(
            "what was told under an address whose name is said during the reload stays told there; else the name has the place")
    void namedMeanwhile() {
        slots.endedNameless(6, NOW_MS);
        show();
        subscription.said(new Change.Begins(Places.NONE, Past.opened(0)));
        assertEquals(address(6), gaps(subscription.next(0)).get(0).node());
        slots.nameIt(6, "b");
        show();
        subscription.said(named(6));
        assertEquals(Step.RELOADING, subscription.next(0));
        subscription.reloaded(null);
        assertEquals(Step.IDLE, subscription.next(0), "it was told");

        slots.unnamedMember(7, EARLY_MS);
        int other = slots.nameless(7, address(7));
        show();
        begin(other, null);
        subscription.said(new Change.AnythingMissed(List.of(other)));
        assertEquals(List.of(ANYTHING), gaps(subscription.next(0)));
        slots.nameIt(7, "c");
        slots.member(7, "c", EARLY_MS);
        slots.copied("c", 3, 1, 7);
        show();
        subscription.said(named(7));
        subscription.next(0);
        subscription.reloaded(null);
        assertEquals("c", gaps(subscription.next(0)).get(0).node(), "nobody knows what was read of it");
    }

    // ------------------------------------------------------------------ what the source reflects

    @Test
    @DisplayName("ruleS4: what the reload reflects is not given again, and leads never back")
    void reflects() {
        copied(9, 9);
        push(9, 9);
        begin();
        subscription.next(0);
        push(10, 14);
        copied(14, 9);
        subscription.reloaded(reflects(5, 12));
        assertEquals("13 14", given(subscription.next(0)));
        subscription.handled(2);
        subscription.loaded(reflects(5, 3));
        assertEquals(List.of(entry(14)), token().entries());
    }

    @Test
    @DisplayName("ruleS4: what a first load reflects is not given, also of a producer in which it has no place")
    void firstLoad() {
        push(1, 9);
        begin(a, null);
        subscription.loaded(reflects(5, 4));
        assertEquals("5 6 7 8 9", given(subscription.next(0)));
        subscription.handled(2);
        subscription.loaded(reflects(5, 8));
        assertEquals("9", given(subscription.next(0)));
    }

    @Test
    @DisplayName(
            "ruleS4: what is further than anybody here has heard is asked for; what never was is told once, and claimed in vain")
    void claims() {
        push(6, 9);
        begin();
        subscription.loaded(reflects(5, 12));
        ProducerPlace.Stated stated = new ProducerPlace.Stated(new Position(epoch(5), 12), at(5));
        assertEquals(Step.IDLE, subscription.next(0));
        assertEquals(List.of(new Want(a, new Next.Find(stated.position()))), subscription.wants());
        assertEquals(
                List.of(new Entry("a", 0, epoch(5), 12, false, false, false, 5)),
                token().entries(),
                "it is asked for where that is resumed, too");
        subscription.said(new Change.FoundAt(a, stated, at(5).marked(Mark.TOLD)));
        assertEquals(1, gaps(subscription.next(0)).size());
        subscription.reloaded(reflects(5, 12));
        assertEquals(Step.IDLE, subscription.next(0));
        assertEquals(List.of(), subscription.wants());
        assertEquals(List.of(entry(9)), token().entries());
        copied(12, 1);
        push(10, 12);
        subscription.loaded(reflects(5, 11));
        assertEquals("12", given(subscription.next(0)), "by now it was heard");
    }

    @Test
    @DisplayName("ruleS4: a position that the producer confirms is claimed again")
    void confirmed() {
        begin();
        subscription.loaded(reflects(5, 12));
        ProducerPlace.Stated stated = new ProducerPlace.Stated(new Position(epoch(5), 12), at(5));
        subscription.said(new Change.FoundAt(a, stated, at(12)));
        subscription.next(0);
        assertEquals(List.of(entry(12)), token().entries());
        subscription.loaded(reflects(5, 15));
        subscription.next(0);
        assertEquals(1, subscription.wants().size());
    }

    @Test
    @DisplayName("ruleS4: a stream that is over, or unknown, or behind one that is still to be told, does not go on")
    void reflectsNothing() {
        push(1, 9);
        begin();
        for (CursorToken none : List.of(
                reflects(77, 8),
                CursorToken.ofHand(Given.TOPIC, "c", 0, List.of(new Entry("a", 0, epoch(5), 8, true))),
                CursorToken.ofHand(Given.TOPIC, "c", 0, List.of(new Entry("x", 0, epoch(5), 8, false))))) {
            subscription.loaded(none);
            assertEquals(List.of(entry(5)), token().entries());
        }
        int b = slots.ended(6, "b", EARLY_MS, null);
        slots.member(7, "b", EARLY_MS);
        slots.copied("b", 9, 1, 7);
        show();
        begin(b, new At(epoch(6), 3));
        Entry ofB = new Entry("b", 0, epoch(7), 8, false);
        subscription.loaded(CursorToken.ofHand(Given.TOPIC, "c", 0, List.of(ofB)));
        assertEquals(epoch(6), gaps(subscription.next(0)).get(0).epoch(), "the loss of the earlier one is told");
    }

    @Test
    @DisplayName(
            "ruleS4: messages of an earlier stream that its log still has are given first, whatever the source reflects of the later one")
    void earlierFirst() {
        slots.member(7, "b", EARLY_MS);
        slots.copied("b", 9, 1, 6, 7);
        show();
        int b = slots.named("b");
        begin(b, new At(epoch(6), 3));
        Entry ofB = new Entry("b", 0, epoch(7), 8, false);
        subscription.loaded(CursorToken.ofHand(Given.TOPIC, "c", 0, List.of(ofB)));
        subscription.next(0);
        Next.Fetch wanted =
                assertInstanceOf(Next.Fetch.class, subscription.wants().get(1).what()); // the other one is of a
        assertEquals(epoch(6), wanted.generation().epoch());
        assertEquals(4, wanted.sequence());
    }

    // ------------------------------------------------------------------ anything may be missed

    @Test
    @DisplayName(
            "ruleM4: a token is not covered from the moment when it was said that anything may be missed until it was told")
    void anythingMayBeMissed() {
        begin();
        subscription.next(0);
        assertEquals(Given.HISTORY, token().historyId());
        Standpoint before = subscription.standpoint();
        subscription.said(new Change.AnythingMissed(List.of()));
        slots.remember(Given.HISTORY + 1, 0);
        show();
        assertEquals(HistoryId.UNKNOWN, token().historyId(), "the subscription has not looked yet");
        assertEquals(List.of(entry(5)), token().entries());
        assertEquals(List.of(ANYTHING), gaps(subscription.next(0)));
        assertEquals(HistoryId.UNKNOWN, token().historyId());
        subscription.reloaded(null);
        assertEquals(Given.HISTORY + 1, token().historyId());
        assertEquals(List.of(entry(5)), token().entries(), "its log has what comes there");
        assertEquals(
                Given.HISTORY, subscription.token(before, Given.TOPIC, "c", NOW).historyId());
    }

    @Test
    @DisplayName(
            "ruleM4: it leads each member's producer to its newest, one without a copy to unknown; what is over is passed, too")
    void everything() {
        int b = slots.ended(6, "b", NOW_MS, null);
        int c = slots.member(7, "c", EARLY_MS);
        int d = slots.member(8, "d", EARLY_MS);
        int e = slots.ended(9, "e", NOW_MS, null);
        slots.unnamedMember(10, EARLY_MS);
        int nameless = slots.nameless(10, address(10));
        Places places = Places.NONE.with(a, at(5)).with(b, new At(epoch(6), 1)).with(c, new At(epoch(7), 3));
        Look look = new Look(slots.producers(), places, Past.opened(0), topic.cache());
        Everything all = Everything.of(slots.producers(), look, List.of(nameless));
        assertEquals(
                List.of(
                        loss(a, at(5)),
                        loss(b, new At(epoch(6), 1, Mark.END)),
                        loss(c, new At(epoch(7), 3, Mark.TOLD)),
                        loss(d, ProducerPlace.UNKNOWN),
                        loss(e, new At(epoch(9), 0, Mark.END)),
                        loss(nameless, ProducerPlace.UNKNOWN)),
                all.losses());
        assertEquals(Past.opened(slots.producers().lastEvent()), all.past());
        copied(9, 8);
        look = new Look(slots.producers(), places, Past.opened(0), topic.cache());
        assertEquals(
                loss(a, at(9)),
                Everything.of(slots.producers(), look, List.of()).losses().get(0),
                "its log has overtaken that");
    }

    private Loss loss(int slot, ProducerPlace to) {
        return new Loss(slot, to, slots.producers().lastEvent(), List.of());
    }

    @Test
    @DisplayName("ruleM4: it leads no place back, nor one that its producer is asked about")
    void neverBack() {
        Places ahead = Places.NONE.with(a, at(12));
        Look look = new Look(slots.producers(), ahead, Past.opened(0), topic.cache());
        assertEquals(
                List.of(loss(a, at(12))),
                Everything.of(slots.producers(), look, List.of()).losses());
        At told = at(12).marked(Mark.TOLD);
        Look asked = new Look(slots.producers(), Places.NONE.with(a, told), Past.opened(0), topic.cache());
        assertEquals(
                List.of(loss(a, told)),
                Everything.of(slots.producers(), asked, List.of()).losses());
    }
}
