package dev.gapless.simulation.explore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("thorough")
@Tag("day2")
class StateReaderTest {
    private static final int WALKS = 60;
    private static final int STEPS = 25;

    static List<Configuration> configurations() {
        return Configurations.ALL;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    @DisplayName("Of two ways to a state it makes no difference which was taken")
    void statesThatLookAlikeBehaveAlike(Configuration configuration) {
        SplittableRandom random = new SplittableRandom(1);
        Map<StateFingerprint, int[]> ways = new HashMap<>();
        int compared = 0;
        for (int walk = 0; walk < WALKS; walk++) {
            List<Integer> way = new ArrayList<>();
            ExploredWorld world = make(configuration, new int[0]);
            for (int step = 0; step < STEPS; step++) {
                int[] enabled = world.enabled().toArray();
                if (enabled.length == 0) {
                    break;
                }
                int action = enabled[random.nextInt(enabled.length)];
                world.perform(action);
                way.add(action);
                int[] here = way.stream().mapToInt(Integer::intValue).toArray();
                int[] other = ways.putIfAbsent(StateReader.fingerprint(world), here);
                if (other != null && !List.of(other).equals(List.of(here))) {
                    compare(configuration, here, other);
                    compared++;
                }
            }
        }
        assertTrue(compared > WALKS / 2, () -> "nothing was compared");
    }

    private static void compare(Configuration configuration, int[] one, int[] other) {
        int[] enabled = make(configuration, one).enabled().toArray();
        assertArrayEquals(enabled, make(configuration, other).enabled().toArray());
        for (int action : enabled) {
            assertEquals(after(configuration, one, action), after(configuration, other, action));
        }
    }

    private static StateFingerprint after(Configuration configuration, int[] way, int action) {
        ExploredWorld world = make(configuration, way);
        world.perform(action);
        return StateReader.fingerprint(world);
    }

    private static ExploredWorld make(Configuration configuration, int[] way) {
        ExploredWorld world = ExploredWorld.first(configuration);
        for (int action : way) {
            world.perform(action);
        }
        return world;
    }
}
