package dev.gapless.core.subscription;

import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which gaps are announced to a subscription, by where it stands and by what its feed says. */
class MissingTest {
    private static final Stream P = Stream.of(1, TOPIC, "p");
    private static final Stream Q = Stream.of(2, TOPIC, "q");
    private static final Stream P2 = Stream.of(3, TOPIC, "p");

    private static Frontier at(Place... places) {
        Frontier at = Frontier.EMPTY;
        for (Place place : places) {
            at = at.with(place);
        }
        return at;
    }

    private static Missing.Announced expired(Frontier at, long from, long to, Reason reason) {
        Missing missing = new Missing(at);
        missing.add(new FeedEntry.Expired(1, P, from, to, reason, 7));
        return missing.announced();
    }

    private static Missing.Announced ended(Frontier at, long upTo, End end, boolean promised) {
        Missing missing = new Missing(at);
        missing.add(new FeedEntry.Ended(1, P, upTo, end, promised));
        return missing.announced();
    }

    private static Missing.Announced ended(Frontier at, End end) {
        return ended(at, 2, end, true);
    }

    private static Gap gap(Reason reason, @Nullable Long first, @Nullable Long missed, @Nullable Position resumesAt) {
        return new Gap("p", reason, P.epoch(), first, missed, resumesAt);
    }

    private static void tells(@Nullable Gap gap, @Nullable Place upTo, Missing.Announced announced) {
        assertEquals(gap == null ? List.of() : List.of(gap), announced.gaps());
        assertEquals(upTo == null ? Map.of() : Map.of(P.epoch(), upTo), announced.upTo());
    }

    // ------------------------------------------------------------------ expiries

    @Test
    @DisplayName("stream23: a gap begins at the frontier, and is none if the frontier is behind it")
    void beginsAtItsPlace() {
        Gap gap = gap(Reason.OVERRUN, 551L, 150L, P.at(701));
        tells(gap, Place.at(P, 700), expired(at(Place.at(P, 550)), 399, 700, Reason.OVERRUN));
        tells(null, null, expired(at(Place.at(P, 750)), 399, 700, Reason.OVERRUN));
        tells(null, null, expired(at(Place.at(P, 700)), 399, 700, Reason.OVERRUN));
    }

    @Test
    @DisplayName("of a stream that the frontier does not list it begins at the first message")
    void beginsAtTheFirst() {
        tells(gap(Reason.OVERRUN, 1L, 7L, P.at(8)), Place.at(P, 7), expired(at(), 0, 7, Reason.OVERRUN));
    }

    @Test
    @DisplayName(
            "ruleC3: behind a place that its producer was asked for, and never had, it leads back, without numbers")
    void leadsBack() {
        Gap gap = gap(Reason.POSITION_UNKNOWN, null, null, P.at(501));
        tells(gap, Place.at(P, 500), expired(at(Place.at(P, 900)), 900, 500, Reason.POSITION_UNKNOWN));
        tells(null, null, expired(at(Place.at(P, 901)), 900, 500, Reason.POSITION_UNKNOWN));
    }

    @Test
    @DisplayName("ruleS3: what follows where a producer led back has no numbers, whatever the place was")
    void followsWhatLedBack() {
        Gap unknown = gap(Reason.POSITION_UNKNOWN, null, null, P.at(701));
        tells(unknown, Place.at(P, 700), ledBack(new FeedEntry.Expired(9, P, 500, 700, Reason.OVERRUN, 8)));
        Gap further = gap(Reason.POSITION_UNKNOWN, null, null, P.at(951));
        tells(further, Place.at(P, 950), ledBack(new FeedEntry.Expired(9, P, 500, 950, Reason.OVERRUN, 8)));
        Gap lost = gap(Reason.PRODUCER_LOST, null, null, null);
        tells(lost, Place.over(P, Place.AWAITED), ledBack(new FeedEntry.Ended(9, P, 500, End.lost(8), true)));
    }

    private static Missing.Announced ledBack(FeedEntry then) {
        Missing missing = new Missing(at(Place.at(P, 900)));
        missing.add(new FeedEntry.Expired(1, P, 900, 500, Reason.POSITION_UNKNOWN, 7));
        missing.add(then);
        return missing.announced();
    }

    @Test
    @DisplayName("ruleS3: so has what fell out of the feed, if a producer led back there")
    void overtakenWhereItLedBack() {
        Feed feed = new Feed(Given.ring(2));
        feed.expired(P, 900, 500, Reason.POSITION_UNKNOWN, 7);
        feed.messages(P, 501, slices(501, 504));
        tells(gap(Reason.POSITION_UNKNOWN, null, null, P.at(503)), Place.at(P, 502), overtaken(feed, 900, 1));
        tells(null, null, overtaken(feed, 900, 2));
        tells(null, null, overtaken(feed, 800, 1));
    }

    private static Missing.Announced overtaken(Feed feed, long place, long index) {
        Missing missing = new Missing(at(Place.at(P, place)));
        missing.addOvertaken(feed.overtaken(), index);
        return missing.announced();
    }

    @Test
    @DisplayName("ruleC6: who claims more than the producer ever had is told where that left")
    void leftBehindItsPlace() {
        Missing.Announced announced = ended(at(Place.at(P, 900)), End.exact(2, 1));
        assertEquals(List.of(), announced.gaps());
        assertEquals(List.of(new Step.Left("p", P.at(2))), announced.left());
    }

    @Test
    @DisplayName("of a place that is not known there are no numbers")
    void withoutAPlace() {
        Gap gap = gap(Reason.POSITION_UNKNOWN, null, null, P.at(8));
        tells(gap, Place.at(P, 7), expired(at(Place.at(P, Place.UNKNOWN)), Place.UNKNOWN, 7, Reason.OVERRUN));
        Gap ofThePast = gap(Reason.OVERRUN, 1L, 7L, P.at(8));
        tells(ofThePast, Place.at(P, 7), expired(at(Place.at(P, Place.AWAITED)), Place.AWAITED, 7, Reason.OVERRUN));
    }

    @Test
    @DisplayName("of several gaps of a stream the last one says how far all of them lead")
    void severalOfAStream() {
        Missing missing = new Missing(at(Place.at(P, 2)));
        missing.add(new FeedEntry.Expired(1, P, 2, 5, Reason.OVERRUN, 7));
        missing.add(new FeedEntry.Expired(9, P, 7, 9, Reason.OVERRUN, 8));
        Missing.Announced announced = missing.announced();
        tells(gap(Reason.OVERRUN, 3L, 7L, P.at(10)), Place.at(P, 9), announced);
        assertEquals(8, announced.timeMs());
    }

    @Test
    @DisplayName("G1: what should never be missing is told with its numbers all the same")
    void hole() {
        Missing missing = new Missing(at(Place.at(P, 2)));
        missing.addHole(P, 5);
        tells(gap(Reason.POSITION_UNKNOWN, 3L, 3L, P.at(6)), Place.at(P, 5), missing.announced());
    }

    // ------------------------------------------------------------------ ends

    @Test
    @DisplayName("stream14: an end that its producer said is told exactly, and leads nowhere")
    void exactEnd() {
        Missing.Announced announced = ended(at(Place.at(P, 480)), End.exact(500, 7));
        tells(gap(Reason.PRODUCER_LOST, 481L, 20L, null), Place.over(P, 500), announced);
        assertEquals(List.of(), announced.left());
        assertEquals(7, announced.timeMs());
    }

    @Test
    @DisplayName("ruleC6: to whom nothing is missing it left")
    void leftWithNothingMissing() {
        Missing.Announced announced = ended(at(Place.at(P, 500)), End.exact(500, 7));
        tells(null, Place.over(P, 500), announced);
        assertEquals(List.of(new Step.Left("p", P.at(500))), announced.left());
    }

    @Test
    @DisplayName(
            "ruleC6: where all of it was in a feed that has gone on, that is what is missing, and it left behind it")
    void completeEnd() {
        Missing.Announced announced = ended(at(Place.at(P, 480)), 500, End.exact(500, 7), true);
        tells(gap(Reason.OVERRUN, 481L, 20L, P.at(501)), Place.over(P, 500), announced);
        assertEquals(List.of(new Step.Left("p", P.at(500))), announced.left());
    }

    @Test
    @DisplayName("one that published nothing is over without a word; nobody is told to be further than its end")
    void nothingPublished() {
        Missing.Announced announced = ended(at(Place.at(P, 0)), End.exact(0, 7));
        tells(null, Place.over(P, 0), announced);
        assertEquals(List.of(), announced.left());
        tells(null, Place.over(P, 0), ended(at(Place.at(P, Place.AWAITED)), 0, End.exact(0, 7), false));
        tells(null, Place.over(P, 600), ended(at(Place.at(P, 600)), End.exact(500, 7)));
    }

    @Test
    @DisplayName("stream10, stream16: an open end has a first missing message, if anything was read, and no number")
    void openEnd() {
        tells(
                gap(Reason.PRODUCER_LOST, 481L, null, null),
                Place.over(P, 480),
                ended(at(Place.at(P, 480)), End.lost(7)));
        tells(gap(Reason.PRODUCER_LOST, null, null, null), Place.over(P, 0), ended(at(), End.lost(7)));
        tells(
                gap(Reason.PRODUCER_RESTARTED, 481L, null, P2.at(1)),
                Place.over(P, 480),
                ended(at(Place.at(P, 480)), End.restarted(P2.at(1), 7)));
    }

    @Test
    @DisplayName("of a member that never answered there is no first one; before anybody was ready nothing is missed")
    void openEndWithoutAPlace() {
        Frontier awaited = at(Place.at(P, Place.AWAITED));
        tells(
                gap(Reason.PRODUCER_LOST, null, null, null),
                Place.over(P, Place.AWAITED),
                ended(awaited, Place.AWAITED, End.lost(7), true));
        tells(null, Place.over(P, Place.AWAITED), ended(awaited, Place.AWAITED, End.lost(7), false));
        tells(
                gap(Reason.PRODUCER_LOST, null, null, null),
                Place.over(P, Place.AWAITED),
                ended(at(Place.at(P, Place.UNKNOWN)), Place.AWAITED, End.lost(7), false));
    }

    @Test
    @DisplayName("what is known of the end of one that never answered has no numbers either")
    void exactEndWithoutAPlace() {
        tells(
                gap(Reason.PRODUCER_LOST, null, null, null),
                Place.over(P, 500),
                ended(at(Place.at(P, Place.UNKNOWN)), End.exact(500, 7)));
    }

    @Test
    @DisplayName("stream20: what is over for the frontier is told no more")
    void over() {
        tells(null, null, ended(at(Place.over(P, 2)), End.exact(500, 7)));
        tells(null, null, expired(at(Place.over(P, 2)), 2, 500, Reason.OVERRUN));
    }

    @Test
    @DisplayName("the end of one that was no member here may be none: the frontier keeps where it goes on then")
    void strangersEnd() {
        Missing.Announced announced = ended(at(Place.at(P, 480)), End.lost(7).ofStranger());
        tells(gap(Reason.PRODUCER_LOST, 481L, null, null), Place.lost(P, 480), announced);
    }

    @Test
    @DisplayName("ruleS3: gaps come in the order of their nodes' names; those of two streams of a node are two")
    void inOrder() {
        Missing missing = new Missing(at(Place.at(P, 480)));
        missing.add(Q, End.lost(7));
        missing.add(P, End.restarted(P2.at(6), 7));
        missing.add(new FeedEntry.Expired(1, P2, 0, 5, Reason.OVERRUN, 7));
        List<Gap> gaps = missing.announced().gaps();
        assertEquals(List.of("p", "p", "q"), gaps.stream().map(Gap::node).toList());
        assertEquals(3, gaps.stream().map(Gap::epoch).distinct().count());
    }

    @Test
    @DisplayName("C7: where its node goes on is said only if something comes there, or its end is announced with it")
    void successorThatIsOver() {
        End restarted = End.restarted(P2.at(1), 7);
        Frontier passed = at(Place.at(P, 480), Place.over(P2, Place.AWAITED));
        tells(gap(Reason.PRODUCER_LOST, 481L, null, null), Place.over(P, 480), ended(passed, restarted));
        Missing missing = new Missing(at(Place.at(P, 480)));
        missing.add(P, restarted);
        missing.add(P2, End.lost(8));
        assertEquals(
                List.of(
                        gap(Reason.PRODUCER_RESTARTED, 481L, null, P2.at(1)),
                        new Gap("p", Reason.PRODUCER_LOST, P2.epoch(), null, null, null)),
                missing.announced().gaps());
    }

    // ------------------------------------------------------------------ what a feed says

    @Test
    @DisplayName("ruleS3: all notices that are in the feed are told together, but for ends to which nothing is missing")
    void fromAFeed() {
        Feed feed = new Feed(Given.ring(64));
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 3));
        feed.expired(P, 3, 5, Reason.OVERRUN, 1);
        feed.messages(P, 6, slices(6, 6));
        feed.began(Q, 0);
        feed.ended(Q, 0, End.lost(2), true);
        feed.ended(P, 6, End.exact(6, 3), true);
        Missing missing = new Missing(at(Place.at(P, 0), Place.at(Q, 0)));
        missing.addFrom(feed, 1);
        Missing.Announced announced = missing.announced();
        Gap ofQ = new Gap("q", Reason.PRODUCER_LOST, Q.epoch(), 1L, null, null);
        assertEquals(List.of(gap(Reason.OVERRUN, 1L, 5L, P.at(6)), ofQ), announced.gaps());
        assertEquals(Place.at(P, 5), announced.upTo().get(P.epoch()), "6 and the end are still to be read");
    }

    @Test
    @DisplayName(
            "ruleS3: what is missing of several streams of a log is told in one reload, unless something is to be read in between (seed 1000000147590)")
    void severalStreamsOfALog() {
        Feed feed = new Feed(Given.ring(10));
        feed.expired(P, 0, 3, Reason.OVERRUN, 1);
        feed.ended(P, 3, End.goneOn(3, 1), true);
        feed.expired(P2, 0, 2, Reason.OVERRUN, 2);
        Missing all = new Missing(at(Place.at(P, 0)));
        all.addFrom(feed, 1);
        Gap ofP2 = new Gap("p", Reason.OVERRUN, P2.epoch(), 1L, 2L, P2.at(3));
        assertEquals(
                List.of(gap(Reason.OVERRUN, 1L, 3L, P.at(4)), ofP2),
                all.announced().gaps());
        assertEquals(
                Map.of(P.epoch(), Place.over(P, 3), P2.epoch(), Place.at(P2, 2)),
                all.announced().upTo());

        Feed withTheLast = new Feed(Given.ring(10));
        withTheLast.expired(P, 0, 2, Reason.OVERRUN, 1);
        withTheLast.messages(P, 3, slices(3, 3));
        withTheLast.ended(P, 3, End.goneOn(3, 1), true);
        withTheLast.expired(P2, 0, 2, Reason.OVERRUN, 2);
        Missing some = new Missing(at(Place.at(P, 0)));
        some.addFrom(withTheLast, 1);
        assertEquals(
                List.of(gap(Reason.OVERRUN, 1L, 2L, P.at(3))), some.announced().gaps());
    }

    @Test
    @DisplayName(
            "ruleC11: who has more of a stream than its node's store is told so where the stream ends, also in one reload with the store's loss (seed 1000000000234)")
    void moreThanTheStore() {
        Gap lost = gap(Reason.PRODUCER_LOST, 6L, null, null);
        tells(lost, Place.over(P, 5), ended(at(Place.at(P, 5)), 3, End.goneOn(3, 0), true));
        tells(lost, Place.over(P, 5), ended(at(Place.at(P, 5)), 0, End.goneOn(0, 0), true));
        tells(null, Place.over(P, 5), ended(at(Place.at(P, 5)), 3, End.exact(3, 0), true));
        Feed feed = new Feed(Given.ring(10));
        feed.began(P, 3);
        feed.messages(P, 4, slices(4, 5));
        feed.expired(P, 5, 3, Reason.POSITION_UNKNOWN, 1);
        feed.ended(P, 3, End.goneOn(3, 1), true);
        Missing missing = new Missing(at(Place.at(P, 5)));
        missing.add(Objects.requireNonNull(feed.get(4)));
        missing.addFrom(feed, 5);
        assertEquals(
                List.of(gap(Reason.POSITION_UNKNOWN, null, null, P.at(4))),
                missing.announced().gaps());
    }

    @Test
    @DisplayName("ruleS3: who was overtaken is told up to the base of each stream, and ends that fell out")
    void overtaken() {
        Feed feed = new Feed(Given.ring(4));
        feed.began(P, 0);
        feed.began(Q, 5);
        feed.messages(P, 1, slices(1, 3));
        feed.ended(P, 3, End.exact(3, 1), true);
        feed.messages(Q, 6, slices(6, 10));
        Missing missing = new Missing(at(Place.at(P, 1), Place.at(Q, Place.AWAITED)));
        missing.addOvertaken(feed.overtaken(), 1);
        Missing.Announced announced = missing.announced();
        Gap ofQ = new Gap("q", Reason.OVERRUN, Q.epoch(), 6L, 1L, Q.at(7));
        assertEquals(List.of(gap(Reason.OVERRUN, 2L, 2L, P.at(4)), ofQ), announced.gaps());
        assertEquals(Map.of(P.epoch(), Place.over(P, 3), Q.epoch(), Place.at(Q, 6)), announced.upTo());
        assertEquals(List.of(new Step.Left("p", P.at(3))), announced.left());
    }

    @Test
    @DisplayName("ruleS3: of a stream that began in what fell out it missed what came behind that, if anything")
    void overtakenByABeginning() {
        Feed feed = new Feed(Given.ring(2));
        feed.began(Q, 5);
        feed.began(P, 0);
        feed.messages(P, 1, slices(1, 2));
        Missing missing = new Missing(at(Place.at(P, 0), Place.at(Q, Place.AWAITED)));
        missing.addOvertaken(feed.overtaken(), 1);
        Missing.Announced announced = missing.announced();
        assertEquals(List.of(), announced.gaps());
        assertEquals(Place.at(Q, 5), announced.upTo().get(Q.epoch()));
        assertNull(announced.upTo().get(P.epoch()));
    }

    @Test
    @DisplayName(
            "ruleF2: of one node all is told in its order: behind who left with a gap comes the next stream's, and no more of the first")
    void oneNodeInItsOrder() {
        Stream next = Stream.of(33, TOPIC, "p");
        Missing missing = new Missing(at(Place.at(P, 1)));
        missing.add(new FeedEntry.Ended(1, P, 2, End.exact(2, 7), true));
        missing.add(new FeedEntry.Expired(2, next, 0, 5, Reason.OVERRUN, 7));
        Missing.Announced announced = missing.announced();
        Gap behind = new Gap("p", Reason.OVERRUN, next.epoch(), 1L, 5L, next.at(6));
        assertEquals(List.of(gap(Reason.OVERRUN, 2L, 1L, null), behind), announced.gaps());
        assertEquals(List.of(), announced.early());
        assertEquals(List.of(), announced.left());
    }

    @Test
    @DisplayName("ruleC11: who has read what a store lost altogether is told so (seed 1000000157501)")
    void setBackToNothing() {
        Gap lost = gap(Reason.POSITION_UNKNOWN, null, null, P.at(1));
        tells(lost, Place.at(P, 0), expired(at(Place.at(P, 2)), 2, 0, Reason.POSITION_UNKNOWN));
    }

    @Test
    @DisplayName("ruleC7: a restart leads on behind what was read of the stream that it leads to (seed 7000010017491)")
    void leadsBehindWhatWasRead() {
        Frontier at = at(Place.at(P, 480), Place.at(P2, 5));
        Gap behind = gap(Reason.PRODUCER_RESTARTED, 481L, null, P2.at(6));
        tells(behind, Place.over(P, 480), ended(at, End.restarted(P2.at(1), 7)));
        Gap further = gap(Reason.PRODUCER_RESTARTED, 481L, null, P2.at(9));
        tells(further, Place.over(P, 480), ended(at, End.restarted(P2.at(9), 7)));
    }
}
