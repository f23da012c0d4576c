package dev.gapless.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gapless.simulation.schedule.Counts;
import dev.gapless.simulation.schedule.Failure;
import dev.gapless.simulation.schedule.Simulator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The guarantees hold whatever goes wrong. */
class SimulationTest {
    private static final int SEEDS = 2_000;

    @Test
    @DisplayName("G1 to G7 hold under every fault there is")
    void theGuaranteesHoldWhateverGoesWrong() {
        Counts all = new Counts();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Failure failure = Simulator.run(seed, all);
            assertNull(failure, () -> failure + "\nTo see it: gapless simulate " + failure.options());
        }
        all.all().forEach((what, count) -> System.out.println(what + " " + count));
    }
}
