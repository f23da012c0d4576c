package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code -Dnamed.schedules=100000} runs more of them, {@code -Dnamed.first=7} others. */
class NamedScheduleTest {
    private static final int SCHEDULES = Integer.getInteger("named.schedules", 100);
    private static final int FIRST = Integer.getInteger("named.first", 1);

    @Test
    @DisplayName(
            "ruleS7: a named subscription, at random: each life goes on where the one before was stored, and what was not handled is given or told")
    void nothingIsLeftOut() {
        int resumed = 0;
        int again = 0;
        int told = 0;
        int failures = 0;
        int takenOver = 0;
        for (int seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            try (NamedSchedule one = new NamedSchedule(seed)) {
                try {
                    one.run();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed + "\n" + one.happened(), e);
                }
                resumed += one.resumed;
                again += one.again;
                told += one.told;
                failures += one.failures;
                takenOver += one.takenOver;
            }
        }
        System.out.println(SCHEDULES + " schedules: resumed " + resumed + " times, given something again " + again
                + " times, told " + told + " times, " + failures + " failures of the store, taken over " + takenOver
                + " times");
        assertTrue(resumed > SCHEDULES);
        assertTrue(again > SCHEDULES / 4);
        assertTrue(told > SCHEDULES / 2);
        assertTrue(failures > SCHEDULES);
        assertTrue(takenOver > SCHEDULES / 2);
    }
}
