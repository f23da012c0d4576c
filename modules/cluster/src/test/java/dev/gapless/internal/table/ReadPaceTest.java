package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** When a table reads its source again. */
class ReadPaceTest {
    private static final long INTERVAL = 1_000;
    private static final long JITTER = 100;
    private static final long MOST = 5_000;

    private static ReadPace of(double share) {
        return new ReadPace(INTERVAL, JITTER, 3, MOST, share);
    }

    @Test
    void theFirstReadWaitsForNothing() {
        assertEquals(0, of(1).waitNs(7));
    }

    @Test
    void fromOneBeginningToTheNextTheIntervalPassesAndAShareOfTheJitter() {
        ReadPace pace = of(0.5);
        pace.begins(10);
        assertEquals(INTERVAL + JITTER / 2, pace.waitNs(10));
        assertEquals(1 + JITTER / 2, pace.waitNs(10 + INTERVAL - 1));
        assertEquals(JITTER / 2, pace.waitNs(10 + 5 * INTERVAL));
    }

    @Test
    void withoutASpreadOnlyTheJitterCounts() {
        ReadPace pace = new ReadPace(INTERVAL, JITTER, 0, MOST, 1);
        pace.begins(0);
        pace.took(1_000_000);
        assertEquals(JITTER, pace.waitNs(INTERVAL));
    }

    @Test
    void theJitterGrowsWithWhatTheLastReadTookUpToABound() {
        ReadPace none = of(0);
        ReadPace half = of(0.5);
        ReadPace all = of(1);
        for (ReadPace pace : new ReadPace[] {none, half, all}) {
            pace.begins(0);
            pace.took(1_000);
        }
        long later = INTERVAL;
        assertEquals(0, none.waitNs(later));
        assertEquals((JITTER + 3_000) / 2, half.waitNs(later));
        assertEquals(JITTER + 3_000, all.waitNs(later));
        all.took(1_000_000);
        assertEquals(JITTER + MOST, all.waitNs(later));
        all.took(1);
        assertEquals(JITTER + 3, all.waitNs(later), "it is small again");
    }
}
