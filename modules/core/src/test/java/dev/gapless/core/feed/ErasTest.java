package dev.gapless.core.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogEnd;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ErasTest {
    /** More than are remembered. */
    private static final int LIVES = 20;

    private final Eras eras = new Eras();

    private Era of(long life) {
        return eras.of("p", LogIdentity.fresh(new Epoch(life), 0), life);
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
        assertThrows(IllegalArgumentException.class, () -> new Era("p", -1, new Epoch(1), 1, 1));
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

    private static LogEnd logEnd(long epoch, long head) {
        return new LogEnd(LogIdentity.fresh(new Epoch(epoch), 0), head);
    }

    @Test
    @DisplayName(
            "ruleC7, T2: where a log ended, as its node said, lies behind all of it, the same for all readers of a process")
    void endsOfThoseThatDeparted() {
        Era era = of(1);
        End end = eras.endOfDeparted("p", 1, logEnd(1, 9));
        assertTrue(end.exact());
        assertEquals(new Position(new Epoch(1), 9), end.position());
        assertEquals(era.number(), end.number());
        assertTrue(end.isBeyond(new At(era, 9)));
        assertEquals(end, eras.endOfDeparted("p", 1, logEnd(1, 9)));
        assertEquals(end.number(), eras.endOfUnheard("p", 1).number(), "also for who has no farewell of it");
        assertTrue(of(2).number() > end.number());
    }

    @Test
    @DisplayName(
            "ruleC7, T2: a life that one reader took for lost without an answer ends where its farewell says to another")
    void endsOfThoseThatNeverAnswered() {
        End open = eras.endOfUnheard("p", 1);
        End exact = eras.endOfDeparted("p", 1, logEnd(1, 9));
        assertEquals(open.number(), exact.number());
        assertEquals(exact.number(), of(1).number(), "what comes of it late lies in front of that end");
    }

    @Test
    @DisplayName("ruleT2: a life that is over is placed where it is known, or where nothing else of its node is")
    void placedWhereItIsKnown() {
        End end = eras.endBefore("p", 1, logEnd(1, 9), Set.of());
        assertEquals(1, end.number());
        assertEquals(end, eras.endBefore("p", 1, logEnd(1, 9), Set.of()));
        eras.endOfUnheard("q", 5);
        assertNull(eras.endBefore("q", 1, logEnd(1, 9), Set.of(5L)), "nobody knows which of the two came first");
    }

    @Test
    @DisplayName("ruleT2: a life that is over is placed before the one that is present, though that answered first")
    void placedBeforeWhoIsPresent() {
        Era present = of(2);
        assertNull(eras.endBefore("p", 1, logEnd(1, 9), Set.of()), "the other one may have been before it");
        End end = eras.endBefore("p", 1, logEnd(1, 9), Set.of(2L));
        assertTrue(end.exact());
        assertTrue(new At(present, 0).isBeyond(end));
        assertTrue(end.isRightBefore(present));
        assertEquals(end, eras.endBefore("p", 1, logEnd(1, 9), Set.of(2L)), "the same for all readers");
        assertNull(eras.endBefore("p", 3, logEnd(3, 9), Set.of(2L)), "before or after that one");
        assertEquals(present, of(2));
        assertEquals(present.number() + 1, of(4).number());
    }

    @Test
    @DisplayName("ruleT2, F3: what is placed before a name that was forgotten is beyond all that there was under it")
    void placedBeyondTheForgotten() {
        Era forgotten = of(1);
        eras.retain(Set.of());
        of(3);
        End end = eras.endBefore("p", 2, logEnd(2, 9), Set.of(3L));
        assertTrue(end.number() > forgotten.number());
    }

    @Test
    @DisplayName("ruleT2: the open end of a life is known if it answered, and ended, in this process")
    void endsOfThoseThatAnswered() {
        assertNull(eras.endOfAnswered("p", 1));
        End end = eras.endOf(new At(of(1), 5), 1);
        assertEquals(end.number(), eras.endOfAnswered("p", 1).number());
        eras.endOfUnheard("p", 2);
        assertNull(eras.endOfAnswered("p", 2), "it never answered");
    }
}
