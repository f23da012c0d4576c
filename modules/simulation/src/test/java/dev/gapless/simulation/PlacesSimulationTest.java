package dev.gapless.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gapless.core.node.ShardSettings;
import dev.gapless.simulation.schedule.ScheduleReport;
import dev.gapless.simulation.schedule.Simulator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Consumers that read each producer by itself keep the guarantees, too. Runs where {@link ShardSettings#isByPlaces}. */
class PlacesSimulationTest {
    private static final long SEEDS = 100;

    @Test
    @DisplayName("whatever goes wrong, nothing is missed in silence, as in SimulationTest")
    void guarantees() {
        assumeTrue(ShardSettings.isByPlaces());
        ScheduleReport report = new ScheduleReport(1);
        Simulator.runAll(1, SEEDS, null, Runtime.getRuntime().availableProcessors(), report);
        assertEquals(List.of(), report.failures());
        assertTrue(report.of("fault: crash") > 0, "faults took place");
    }
}
