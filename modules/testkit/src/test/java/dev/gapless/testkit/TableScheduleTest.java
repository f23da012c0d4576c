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
        run(SCHEDULES, false);
    }

    @Test
    @DisplayName("the same of a source that says up to where it is, and that lags now and then")
    void isCompleteAndGoesNeverBackByATokenToo() {
        run(SCHEDULES / 2, true);
    }

    private static void run(int schedules, boolean positioned) {
        long gaps = 0;
        long failures = 0;
        long behind = 0;
        long duringReads = 0;
        long reached = 0;
        for (int seed = FIRST; seed < FIRST + schedules; seed++) {
            try (TableSchedule one = new TableSchedule(seed, positioned)) {
                one.run();
                gaps += one.gaps;
                failures += one.failures;
                behind += one.behind;
                duringReads += one.duringReads;
                reached += one.reached;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        System.out.println(schedules + " schedules: " + gaps + " gaps, " + failures + " reads that failed, " + behind
                + " times the source was behind, " + duringReads + " steps during reads, " + reached
                + " positions reached");
        assertTrue(gaps > schedules / 2);
        assertTrue(failures > schedules / 2);
        assertTrue(behind > schedules / 2 || !positioned);
        assertTrue(duringReads > schedules / 2);
        assertTrue(reached > schedules);
    }
}
