package dev.gapless.core.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ErasTest {
    /** More than are remembered. */
    private static final int LIVES = 20;

    private final Eras eras = new Eras();

    private Era of(long life) {
        return eras.of("p", LogIdentity.fresh(new Epoch(life), 0));
    }

    @Test
    @DisplayName(
            "ruleF2, G1: of a node with many lives the newest are remembered: each goes on where it was, and ends where it did")
    void remembersTheNewestLives() {
        for (long life = 1; life <= LIVES; life++) {
            Era era = of(life);
            assertEquals(era, of(life), "the catch-up readers come to the same one: life " + life);
            At last = new At(era, 5);
            End end = eras.endOf(last, life);
            assertTrue(end.isBeyond(last), "the end of life " + life);
            assertEquals(end, eras.endOf(last, life));
            assertEquals(
                    end.number(), eras.endOfUnheard("p", life).number(), "also for who never heard of life " + life);
            assertEquals(life, era.number());
        }
    }

    @Test
    @DisplayName("ruleF2: of lives that never answered the newest are remembered, too")
    void remembersTheNewestSilentLives() {
        for (long life = 1; life <= LIVES; life++) {
            End end = eras.endOfUnheard("p", life);
            assertEquals(life, end.number());
            assertEquals(end, eras.endOfUnheard("p", life), "another reader is told of the same one");
        }
    }

    @Test
    @DisplayName("ruleF2: what nobody has answered for is lower than everything else, and has no number")
    void unplacedIsLowest() {
        Unplaced unplaced = new Unplaced("p", new Position(new Epoch(1), 99));
        Era era = of(1);
        assertTrue(new At(era, 0).isBeyond(unplaced));
        assertTrue(eras.endOf(new At(era, 0), 1).isBeyond(unplaced));
        assertEquals(new At(era, 99), unplaced.resolvedBy(new At(era, 3)), "placed by an answer in its epoch");
        assertEquals(unplaced, unplaced.resolvedBy(new At(of(2), 3)));
        assertThrows(IllegalArgumentException.class, () -> new Era("p", 0, new Epoch(1), 1));
    }

    @Test
    @DisplayName(
            "ruleF2, G2: a position behind an end goes on where its producer answers in the same epoch, and never back")
    void goesOnBehindAnEnd() {
        Era era = of(1);
        End lost = eras.endOfUnanswered("p", new Position(new Epoch(2), 7));
        Era back = of(2);
        assertEquals(new At(back, 7), lost.resolvedBy(new At(back, 0)));
        assertEquals(lost, lost.resolvedBy(new At(era, 0)), "another epoch");
        End end = eras.endOf(new At(back, 7), 2);
        assertEquals(end, end.resolvedBy(new At(back, 0)), "the end of that very stretch");
        assertEquals(new At(back, 7), new At(back, 7).resolvedBy(new At(of(3), 0)));
    }
}
