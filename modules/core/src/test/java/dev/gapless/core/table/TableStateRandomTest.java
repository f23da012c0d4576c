package dev.gapless.core.table;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A table, its source and its writers, at random. {@code -Dtable.schedules=100000} runs more of them. */
class TableStateRandomTest {
    private static final int SCHEDULES = Integer.getInteger("table.schedules", 3_000);

    @Test
    @DisplayName("what is seen is complete, no key goes back, and in the end it is what the source has")
    void isCompleteAndGoesNeverBack() {
        int missed = 0;
        int failed = 0;
        int meanwhile = 0;
        for (int seed = 1; seed <= SCHEDULES; seed++) {
            TableSchedule one = new TableSchedule(seed);
            try {
                one.run();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            missed += one.gaps;
            failed += one.failures;
            meanwhile += one.readsWithMessages;
        }
        assertTrue(missed > SCHEDULES);
        assertTrue(failed > SCHEDULES);
        assertTrue(meanwhile > SCHEDULES);
    }
}
