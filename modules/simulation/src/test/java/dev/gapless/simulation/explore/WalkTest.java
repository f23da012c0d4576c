package dev.gapless.simulation.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WalkTest {
    private static final int STATES = 400;
    private static final int FORKS_AT_FIRST = 3;
    private static final double FORKS = 0.15;

    static List<Configuration> configurations() {
        return Stream.concat(Configurations.ALL.stream(), Configurations.LARGE.stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    @DisplayName("A world that is put back, and read only where something happened, is like one that began anew")
    void isWhereItWouldBeHadItBegunAnew(Configuration configuration) {
        SplittableRandom random = new SplittableRandom(1);
        States states = new States();
        ExploredWorld world = ExploredWorld.first(configuration);
        states.add(StateReader.fingerprint(world), States.NONE, 0);
        Walk walk = new Walk(states, world);
        int at = 0;
        for (; at < states.size() && at < STATES; at++) {
            walk.goTo(at);
            int[] enabled = world.enabled().toArray();
            int first = enabled.length == 0 ? 0 : random.nextInt(enabled.length);
            for (int i = 0; i < enabled.length; i++) {
                int action = enabled[(first + i) % enabled.length];
                world.perform(action);
                StateFingerprint there = walk.fingerprint();
                ExploredWorld anew = anew(configuration, states, at);
                anew.perform(action);
                assertEquals(StateReader.fingerprint(anew), there, () -> "after " + anew.describe());
                if (i == 0 || at < FORKS_AT_FIRST || random.nextDouble() < FORKS) {
                    states.add(there, at, action);
                }
                walk.back();
            }
            assertEquals(StateReader.fingerprint(anew(configuration, states, at)), StateReader.fingerprint(world));
        }
        int last = at - 1;
        assertTrue(states.path(last).length > 5, () -> "got only to depth " + states.path(last).length);
    }

    private static ExploredWorld anew(Configuration configuration, States states, int number) {
        ExploredWorld world = ExploredWorld.first(configuration);
        for (int state : states.path(number)) {
            if (states.from(state) != States.NONE) {
                world.perform(states.action(state));
            }
        }
        return world;
    }
}
