package dev.gapless.node.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    private static final Position POSITION = new Position(new Epoch(-7), 42);

    @Test
    void everyReportIsReadAsItWasWritten() {
        List<DemoReport> reports = List.of(
                new DemoReport.Listening("127.0.0.1:2551"),
                new DemoReport.Up(),
                new DemoReport.Subscribed(),
                new DemoReport.Serving("http://127.0.0.1:25581"),
                new DemoReport.Publishing(1, 2, -3),
                new DemoReport.Stopped(1, 2),
                new DemoReport.Got("n1", POSITION, 1, 2, -3),
                new DemoReport.Expired(List.of(
                        new Gap("n1", Reason.OVERRUN, POSITION.epoch(), 5L, 6L, POSITION),
                        new Gap(null, Reason.POSITION_UNKNOWN, null, null, null, null))),
                new DemoReport.Left("n1"),
                new DemoReport.Broken("this and that"));
        for (DemoReport report : reports) {
            assertEquals(report, DemoReport.parse(report.line()));
        }
    }

    @Test
    void whatElseAProcessPrintsIsNoReport() {
        assertNull(DemoReport.parse("OpenJDK 64-Bit Server VM warning: …"));
        assertNull(DemoReport.parse(""));
    }
}
