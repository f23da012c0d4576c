package dev.gapless.simulation.named;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.simulation.explore.NamedExplorer;
import dev.gapless.simulation.named.NamedAction.Kind;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code -Dnames.schedules=1000000} runs more schedules, {@code -Dnames.first=7} others. */
class NamedSimulationTest {
    private static final int SCHEDULES = Integer.getInteger("names.schedules", 100);
    private static final int MOST_STATES = Integer.getInteger("names.states", 1_000_000);
    private static final int FIRST = Integer.getInteger("names.first", 1);

    @Test
    @DisplayName(
            "ruleS7: subscriptions of one name, at random: none begins ahead of what was handled, or in front of what was stored")
    void whoeverOpensANameGoesOnWhereItWas() {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        for (int seed = FIRST; seed < FIRST + SCHEDULES; seed++) {
            int its = seed;
            assertNull(NamedSchedule.judge(seed, counts), () -> "seed " + its);
        }
        System.out.println(SCHEDULES + " schedules of names: " + counts);
        for (Kind kind : Kind.values()) {
            assertTrue(counts.getOrDefault(kind, 0L) > SCHEDULES / 10, () -> kind + ": " + counts);
        }
    }

    @Test
    @DisplayName("ruleS7: every state of two subscriptions of one name keeps the laws, and nobody waits for ever")
    void everyStateKeepsTheLaws() {
        explored(NamedBudget.of(2).and(Kind.HANDLE, 1), 2_000);
    }

    @Test
    @Tag("thorough")
    @Tag("day1")
    @DisplayName(
            "ruleS7: every state of up to three subscriptions of one name keeps the laws, and nobody waits for ever")
    void everyStateOfMoreKeepsTheLaws() {
        explored(
                NamedBudget.of(1)
                        .and(Kind.HANDLE, 2)
                        .and(Kind.END, 1)
                        .and(Kind.FAIL, 1)
                        .and(Kind.LOSE, 1)
                        .and(Kind.TIME_OUT, 1)
                        .and(Kind.WRITE_LATE, 1),
                40_000);
        explored(
                NamedBudget.of(2)
                        .and(Kind.HANDLE, 1)
                        .and(Kind.END, 1)
                        .and(Kind.FAIL, 1)
                        .and(Kind.WRITE_LATE, 1),
                90_000);
        explored(NamedBudget.of(2).and(Kind.HANDLE, 1).and(Kind.CRASH, 1).and(Kind.TIME_OUT, 1), 150_000);
        explored(NamedBudget.of(3).and(Kind.HANDLE, 1), 250_000);
    }

    private static void explored(NamedBudget budget, int fewest) {
        NamedExplorer.Found found = NamedExplorer.explore(budget, MOST_STATES);
        System.out.println("names: " + found.states() + " states");
        assertNull(found.broken());
        assertTrue(found.isWhole(), "there are more states than were visited");
        assertTrue(found.states() > fewest, () -> "only " + found.states());
    }
}
