package dev.gapless.core.subscription;

import static dev.gapless.core.Given.EPOCH;
import static dev.gapless.core.Given.LOG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Era;
import dev.gapless.core.feed.Eras;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GapsTest {
    private static final Epoch NEXT = new Epoch(8);

    private final Eras eras = new Eras();
    private final Era first = eras.of("p", LOG);
    private final End end = eras.endOf(new At(first, 4), 1);
    private final Era second = eras.of("p", LogIdentity.fresh(NEXT, 0));

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
                List.of(gap(Reason.REGISTERED_LATE, EPOCH, null, null, resumesAt)),
                Gaps.between(null, new At(first, 3), Reason.REGISTERED_LATE));
    }

    @Test
    @DisplayName("a position that leads back misses nothing that has a number")
    void leadsBack() {
        assertEquals(
                List.of(gap(Reason.POSITION_UNKNOWN, EPOCH, null, null, new Position(EPOCH, 4))),
                Gaps.between(new At(first, 9), new At(first, 3), Reason.POSITION_UNKNOWN));
    }
}
