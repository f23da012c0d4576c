package dev.gapless.core.subscription;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.LOG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GapsTest {
    private static final Epoch NEXT = new Epoch(8);

    private final Eras eras = new Eras();
    private final Era first = eras.of("p", LOG, 0);
    private final End end = eras.endOf(new At(first, 4), 1);
    private final Era second = eras.of("p", LogIdentity.fresh(NEXT, 0), 0);

    private static Gap gap(Reason reason, Epoch epoch, Long missing, Long missed, Position resumesAt) {
        return new Gap("p", reason, epoch, missing, missed, resumesAt);
    }

    @Test
    @DisplayName("within an epoch the numbers are exact")
    void withinAnEpoch() {
        assertEquals(
                List.of(gap(Reason.OVERRUN, EPOCH, 5L, 3L, new Position(EPOCH, 8))),
                Gaps.between(new At(first, 4), new At(first, 7), Reason.OVERRUN));
    }

    @Test
    @DisplayName("into a new epoch: how much of the old one is missing cannot be known, of the new one it can")
    void intoANewEpoch() {
        Position resumesAt = new Position(NEXT, 4);
        assertEquals(
                List.of(
                        gap(Reason.PRODUCER_RESTARTED, EPOCH, 5L, null, resumesAt),
                        gap(Reason.PRODUCER_RESTARTED, NEXT, 1L, 3L, resumesAt)),
                Gaps.between(new At(first, 4), new At(second, 3), Reason.PRODUCER_RESTARTED));
        assertEquals(
                1,
                Gaps.between(new At(first, 4), new At(second, 0), Reason.PRODUCER_RESTARTED)
                        .size());
    }

    @Test
    @DisplayName("an open end has a first missing message, and no number")
    void openEnd() {
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, EPOCH, 5L, null, null)),
                Gaps.between(new At(first, 4), end, Reason.PRODUCER_LOST));
    }

    @Test
    @DisplayName("behind an open end only the new epoch is missing")
    void behindAnOpenEnd() {
        assertEquals(
                List.of(gap(Reason.OVERRUN, NEXT, 1L, 3L, new Position(NEXT, 4))),
                Gaps.between(end, new At(second, 3), Reason.OVERRUN));
        assertEquals(List.of(), Gaps.between(end, new At(second, 0), Reason.OVERRUN));
    }

    @Test
    @DisplayName("G1: what was asked after a position before the end may hide lives since, too")
    void restartedBehindAnOpenEnd() {
        Position resumesAt = new Position(NEXT, 4);
        assertEquals(
                List.of(
                        gap(Reason.PRODUCER_RESTARTED, null, null, null, resumesAt),
                        gap(Reason.PRODUCER_RESTARTED, NEXT, 1L, 3L, resumesAt)),
                Gaps.between(end, new At(second, 3), Reason.PRODUCER_RESTARTED));
    }

    @Test
    @DisplayName(
            "ruleT1: whose end it had passed under its name, and which its token lists by its address, has an unknown position")
    void positionUnknownBehindAnOpenEnd() {
        Position resumesAt = new Position(NEXT, 1);
        assertEquals(
                List.of(gap(Reason.POSITION_UNKNOWN, NEXT, null, null, resumesAt)),
                Gaps.between(end, new At(second, 0), Reason.POSITION_UNKNOWN));
    }

    @Test
    @DisplayName("who had not begun misses the epoch from its first message, or an unknown number")
    void withoutAPosition() {
        Position resumesAt = new Position(EPOCH, 4);
        assertEquals(
                List.of(gap(Reason.OVERRUN, EPOCH, 1L, 3L, resumesAt)),
                Gaps.between(null, new At(first, 3), Reason.OVERRUN));
        assertEquals(
                List.of(gap(Reason.POSITION_UNKNOWN, EPOCH, null, null, resumesAt)),
                Gaps.between(null, new At(first, 3), Reason.POSITION_UNKNOWN));
    }

    @Test
    @DisplayName("a position that leads back misses nothing that has a number")
    void leadsBack() {
        assertEquals(
                List.of(gap(Reason.POSITION_UNKNOWN, EPOCH, null, null, new Position(EPOCH, 4))),
                Gaps.between(new At(first, 9), new At(first, 3), Reason.POSITION_UNKNOWN));
    }

    private static LogEnd logEnd(LogIdentity log, long head) {
        return new LogEnd(log, head);
    }

    @Test
    @DisplayName(
            "ruleC7, T2: what is missed up to an end that its node told when it left has numbers, and nothing follows")
    void exactEnd() {
        End exact = new Eras().endOfDeparted("p", 1, logEnd(LOG, 9));
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, EPOCH, 5L, 5L, null)),
                Gaps.between(new At(first, 4), exact, Reason.PRODUCER_LOST));
        assertEquals(List.of(), Gaps.between(new At(first, 9), exact, Reason.PRODUCER_LOST));
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, EPOCH, 1L, 9L, null)),
                Gaps.between(null, exact, Reason.PRODUCER_LOST),
                "nothing of it was given");
    }

    @Test
    @DisplayName("ruleC7, T2: in front of the end of a later life only that life's messages have numbers")
    void exactEndOfALaterLife() {
        End exact = eras.endOfDeparted("p", 2, logEnd(LogIdentity.fresh(NEXT, 0), 3));
        assertEquals(
                List.of(
                        gap(Reason.PRODUCER_LOST, EPOCH, 5L, null, null),
                        gap(Reason.PRODUCER_LOST, NEXT, 1L, 3L, null)),
                Gaps.between(new At(first, 4), exact, Reason.PRODUCER_LOST));
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, NEXT, 1L, 3L, null)),
                Gaps.between(end, exact, Reason.PRODUCER_LOST),
                "behind the end of the life before");
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, null, null, null, null)),
                Gaps.unnumbered(exact, Reason.PRODUCER_LOST),
                "where nobody knows which lives lie before it");
    }

    @Test
    @DisplayName("ruleT2: a life that is told of alone goes under the name of its node")
    void toldAlone() {
        Departure departure = new Departure(3, "p", 0, Map.of("t", logEnd(LOG, 9)));
        End exact = eras.endOfDeparted(departure.producer(), 3, logEnd(LOG, 9));
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, EPOCH, 1L, 9L, null)),
                Gaps.between(null, exact, Reason.PRODUCER_LOST));
        End open = eras.endOfUnheard(departure.producer(), 3);
        assertEquals(
                List.of(gap(Reason.PRODUCER_LOST, null, null, null, null)),
                Gaps.between(null, open, Reason.PRODUCER_LOST));
    }

    @Test
    @DisplayName("ruleT2: that nobody knows who came and went is a gap without a producer")
    void withoutAProducer() {
        End nobody = eras.endOfUnheard(Gap.NOBODY, 3);
        Gap gap = new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null);
        assertEquals(List.of(gap), Gaps.between(null, nobody, Reason.POSITION_UNKNOWN));
        assertEquals(List.of(gap), Gaps.unnumbered(nobody, Reason.POSITION_UNKNOWN));
    }
}
