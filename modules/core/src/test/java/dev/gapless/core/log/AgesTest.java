package dev.gapless.core.log;

import static dev.gapless.core.Given.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Now;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AgesTest {
    private static final long NONE = Long.MIN_VALUE;

    @Test
    @DisplayName("ruleP12: an entry goes neither before its age nor much later")
    void age() {
        Ages ages = Ages.of(16 * SECOND);
        long begin = Long.MAX_VALUE - 10 * SECOND; // such clocks begin anywhere, and go over
        long due = begin;
        assertEquals(begin, ages.dueNs(false, begin));
        long[] goneAt = new long[31];
        for (int second = 0; second <= 60; second++) { // one entry each second, for 30 of them
            long now = begin + second * SECOND;
            assertEquals(due, ages.dueNs(false, now));
            long upTo = ages.tooOld(Math.min(second, 30), now);
            due = now + SECOND;
            for (int entry = 1; entry <= Math.min(upTo, 30); entry++) {
                goneAt[entry] = goneAt[entry] == 0 ? second : goneAt[entry];
            }
        }
        for (int entry = 1; entry <= 30; entry++) {
            assertTrue(goneAt[entry] >= entry + 16 && goneAt[entry] <= entry + 18, entry + " went at " + goneAt[entry]);
        }
    }

    @Test
    @DisplayName(
            "ruleP12: what a store had is as old as when it was published, and goes neither before its age nor much later")
    void restored() {
        Ages ages = Ages.of(16 * SECOND);
        Now opened = new Now(20_000, Long.MAX_VALUE - 10 * SECOND);
        ages.restored(1, 3_999, opened);
        ages.restored(2, 4_000, opened); // as old as may be
        for (int entry = 3; entry <= 150; entry++) { // ten a second
            ages.restored(entry, 5_000 + entry * 100L, opened);
        }
        long[] goneAtMs = new long[151];
        for (long ms = 20_000; ms <= 40_000; ms += 100) {
            long upTo = ages.tooOld(150, opened.ns() + (ms - 20_000) * (SECOND / 1_000));
            for (int entry = 1; entry <= upTo; entry++) {
                goneAtMs[entry] = goneAtMs[entry] == 0 ? ms : goneAtMs[entry];
            }
        }
        assertEquals(20_000, goneAtMs[1]);
        assertEquals(20_000, goneAtMs[2]);
        for (int entry = 3; entry <= 150; entry++) {
            long ageMs = goneAtMs[entry] - (5_000 + entry * 100L);
            assertTrue(ageMs >= 16_000 && ageMs <= 18_000, entry + " went at an age of " + ageMs);
        }
    }

    @Test
    @DisplayName("ruleP12: what a store had counts as new if the clock was set back")
    void restoredByAClockThatWasSetBack() {
        Ages ages = Ages.of(16 * SECOND);
        ages.restored(3, 30_000, new Now(20_000, 0));
        assertEquals(NONE, ages.tooOld(3, 15 * SECOND));
        assertEquals(3, ages.tooOld(3, 16 * SECOND));
    }

    @Test
    @DisplayName("ruleP12: between two looks it answers without looking, and an empty ring needs none")
    void looksNowAndThen() {
        Ages ages = Ages.of(16 * SECOND);
        assertEquals(NONE, ages.tooOld(3, 0));
        assertEquals(NONE, ages.tooOld(9, SECOND - 1)); // not marked, therefore
        assertEquals(3, ages.tooOld(9, 16 * SECOND));
        assertEquals(17 * SECOND, ages.dueNs(false, 16 * SECOND));
        assertEquals(Long.MAX_VALUE, ages.dueNs(true, 16 * SECOND));
    }

    @Test
    @DisplayName("ruleP12: what is held for a reader although it is too old goes as soon as it is released")
    void staysTooOld() {
        Ages ages = Ages.of(16 * SECOND);
        ages.tooOld(3, 0);
        assertEquals(3, ages.tooOld(3, 16 * SECOND));
        assertEquals(3, ages.tooOld(3, 16 * SECOND + 1));
    }

    @Test
    @DisplayName("rowO8: without an age nothing is too old")
    void withoutAnAgeNothingIsTooOld() {
        Ages ages = Ages.of(0);
        assertEquals(NONE, ages.tooOld(3, 0));
        assertEquals(NONE, ages.tooOld(3, Long.MAX_VALUE / 2));
        assertEquals(Long.MAX_VALUE, ages.dueNs(false, 0));
        ages.restored(3, 0, new Now(1_000, 0));
        assertEquals(NONE, ages.tooOld(3, Long.MAX_VALUE / 2));
    }
}
