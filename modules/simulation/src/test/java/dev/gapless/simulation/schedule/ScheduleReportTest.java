package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScheduleReportTest {
    private final ScheduleReport report = new ScheduleReport(2);

    @Test
    void saysWhatWasBrokenAndHowToSeeIt() {
        report.ran(new Simulator.Outcome(new Counts(), failure(9, 3, 7)));
        report.ran(new Simulator.Outcome(new Counts(), failure(4)));
        List<String> lines = report.lines();
        assertEquals(
                List.of(
                        "FAILED seed 4: G1: broken",
                        "  0 of its 12 faults suffice: none",
                        "  gapless simulate --seeds 4..4 --faults none --trace",
                        "FAILED seed 9: G1: broken",
                        "  2 of its 12 faults suffice: 3,7",
                        "  gapless simulate --seeds 9..9 --faults 3,7 --trace"),
                lines.subList(lines.size() - 6, lines.size()));
    }

    @Test
    void isFullWithTheMostFailures() {
        report.ran(new Simulator.Outcome(new Counts(), null));
        report.ran(new Simulator.Outcome(new Counts(), failure(1)));
        assertFalse(report.isFull());
        report.ran(new Simulator.Outcome(new Counts(), failure(2)));
        assertTrue(report.isFull());
        assertEquals(3, report.of("schedules"));
    }

    @Test
    void addsUpWhatSchedulesCountedGroupByGroup() {
        for (int i = 0; i < 2; i++) {
            Counts counts = new Counts();
            counts.add("fault: cut", 600);
            counts.add("fault: never", 0);
            counts.add("expired: OVERRUN");
            report.ran(new Simulator.Outcome(counts, null));
        }
        assertEquals(
                List.of("expired", "               2  OVERRUN", "fault", "           1,200  cut"),
                report.lines().subList(1, 5));
    }

    @Test
    void isBrokenIfAScheduleFailed() {
        report.ran(new Simulator.Outcome(new Counts(), null));
        assertNull(report.broken());
        report.ran(new Simulator.Outcome(new Counts(), failure(4)));
        assertEquals("1 of 2 schedules failed", report.broken());
    }

    @Test
    void isBrokenIfSomethingWasAnnouncedTooOftenForNothing() {
        announces(Needless.FEWEST_SCHEDULES, 10_000, false, Reason.PRODUCER_LOST, 25);
        assertNull(report.broken(), "at its bound");
        announces(1, 0, false, Reason.PRODUCER_LOST, 1);
        assertEquals(
                "201 schedules announced losses too often behind which nothing was missing, and applications reload for nothing:"
                        + " PRODUCER_LOST 5,001 times, at most 5,000",
                report.broken());
    }

    @Test
    void allowsLessWhereLogsAreStored() {
        announces(Needless.FEWEST_SCHEDULES, 10_000, true, Reason.PRODUCER_LOST, 9);
        assertNull(report.broken(), "at its bound");
        announces(1, 0, true, Reason.PRODUCER_LOST, 1);
        assertNotNull(report.broken());
    }

    @Test
    void allowsNoOverrunOfNothing() {
        announces(Needless.FEWEST_SCHEDULES, 5_000, false, Reason.OVERRUN, 1);
        assertNotNull(report.broken());
    }

    @Test
    void judgesNoShareOfFewSchedules() {
        announces(Needless.FEWEST_SCHEDULES - 1, 5_000, false, Reason.POSITION_UNKNOWN, 1_000);
        assertNull(report.broken());
        announces(1, 5_000, false, Reason.POSITION_UNKNOWN, 0);
        assertNotNull(report.broken());
    }

    private void announces(long schedules, long steps, boolean stored, Reason reason, long needless) {
        for (long i = 0; i < schedules; i++) {
            Counts counts = new Counts();
            counts.add("steps", steps);
            counts.add("steps of stored logs", stored ? steps : 0);
            counts.add("announced: nothing is missing, " + reason, needless);
            report.ran(new Simulator.Outcome(counts, null));
        }
    }

    private static FailedSchedule failure(long seed, Integer... faults) {
        return new FailedSchedule(seed, "G1: broken", new TreeSet<>(List.of(faults)), 12);
    }
}
