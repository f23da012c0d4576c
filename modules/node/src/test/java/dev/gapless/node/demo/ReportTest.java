package dev.gapless.node.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Position POSITION = new Position(new Epoch(-7), 42);

    @Test
    void everyReportIsReadAsItWasWritten() {
        List<Report> reports = List.of(
                new Report.Listening("127.0.0.1:2551"),
                new Report.Up(),
                new Report.Subscribed(),
                new Report.Serving("http://127.0.0.1:25581"),
                new Report.Publishing(1, 2, -3),
                new Report.Stopped(1, 2),
                new Report.Got("n1", POSITION, 1, 2, -3),
                new Report.Expired(List.of(
                        new Gap("n1", Reason.OVERRUN, POSITION.epoch(), 5L, 6L, POSITION),
                        new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null))),
                new Report.Left("n1"),
                new Report.Broken("this and that"));
        for (Report report : reports) {
            assertEquals(report, Report.parse(report.line()));
        }
    }

    @Test
    void whatElseAProcessPrintsIsNoReport() {
        assertNull(Report.parse("OpenJDK 64-Bit Server VM warning: …"));
        assertNull(Report.parse(""));
    }
}
