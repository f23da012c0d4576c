package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    private static FailedSchedule failure(long seed, Integer... faults) {
        return new FailedSchedule(seed, "G1: broken", new TreeSet<>(List.of(faults)), 12);
    }
}
