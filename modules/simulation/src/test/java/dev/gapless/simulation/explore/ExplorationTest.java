package dev.gapless.simulation.explore;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code -Dexploration.share=0/3} takes each third case from the first on. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("thorough")
class ExplorationTest {
    private static final int MOST_STATES = Integer.getInteger("gapless.exploration.states", 20_000_000);

    static List<Configuration> configurations() {
        List<Configuration> all = new ArrayList<>(Configurations.ALL);
        if (Boolean.getBoolean("gapless.exploration.large")) {
            all.addAll(Configurations.LARGE);
        }
        String[] share = System.getProperty("exploration.share", "0/1").split("/", 2);
        int every = Integer.parseInt(share[1]);
        int first = Integer.parseInt(share[0]);
        return IntStream.range(0, all.size())
                .filter(i -> i % every == first)
                .mapToObj(all::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    @DisplayName("Every reachable state keeps the guarantees, and every one of them can become level by itself")
    void everyStateKeepsTheGuaranteesAndCanBecomeLevel(Configuration configuration) {
        Exploration found = Explorer.explore(configuration, MOST_STATES);
        System.out.println(found);
        assertNull(found.broken(), found::toString);
        assertTrue(found.isWhole(), () -> "there are more states than were visited: " + found);
        assertFalse(found.isThin(), () -> "expected more states, or further ones: " + found);
    }
}
