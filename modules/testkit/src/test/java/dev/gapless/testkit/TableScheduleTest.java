package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code -Dtable.schedules=100000} runs more of them, {@code -Dtable.first=7} others. */
class TableScheduleTest {
    private static final int SCHEDULES = Integer.getInteger("table.schedules", 100);
    private static final int FIRST = Integer.getInteger("table.first", 1);

    @Test
    @DisplayName(
            "a table on its node, at random: what is seen is complete, no key goes back, and in the end it is what the source has")
    void isCompleteAndGoesNeverBack() {
        long gaps = 0;
        long failures = 0;
        long duringReads = 0;
        long reached = 0;
        for (int seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            try (TableSchedule one = new TableSchedule(seed)) {
                one.run();
                gaps += one.gaps;
                failures += one.failures;
                duringReads += one.duringReads;
                reached += one.reached;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        System.out.println(SCHEDULES + " schedules: " + gaps + " gaps, " + failures + " reads that failed, "
                + duringReads + " steps during reads, " + reached + " positions reached");
        assertTrue(gaps > SCHEDULES / 2);
        assertTrue(failures > SCHEDULES / 2);
        assertTrue(duringReads > SCHEDULES / 2);
        assertTrue(reached > SCHEDULES);
    }
}
