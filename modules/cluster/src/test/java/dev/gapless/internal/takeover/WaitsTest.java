package dev.gapless.internal.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WaitsTest {
    private static final long SECOND = 1_000_000_000;
    /** Clocks that measure begin anywhere. */
    private static final long BEGAN = Long.MAX_VALUE - 5 * SECOND;

    private final Waits waits = new Waits(Duration.ofSeconds(20));

    private List<String> due(Set<String> awaited, int older, long seconds) {
        return waits.due(awaited, older, at(seconds));
    }

    private static long at(long seconds) {
        return BEGAN + seconds * SECOND;
    }

    @Test
    @DisplayName("a node is taken over once it was waited for long enough without a break, the first one first")
    void afterAWhile() {
        assertEquals(List.of(), due(Set.of("b"), 0, 0));
        assertEquals(List.of(), due(Set.of("a", "b"), 0, 10));
        assertEquals(List.of(), due(Set.of("a", "b"), 0, 19));
        assertEquals(List.of("b"), due(Set.of("a", "b"), 0, 20));
        assertEquals(List.of("b", "a"), due(Set.of("a", "b"), 0, 30));
        assertEquals(List.of("a"), due(Set.of("a"), 0, 31));
        assertEquals(List.of("a"), due(Set.of("a", "b"), 0, 32), "the other one had come back");
    }

    @Test
    @DisplayName("each older member has its turn before")
    void inTurn() {
        assertEquals(List.of(), due(Set.of("a"), 2, 0));
        assertEquals(List.of(), due(Set.of("a"), 2, 39));
        assertEquals(List.of("a"), due(Set.of("a"), 1, 39), "one of them has gone");
        assertEquals(List.of("a"), due(Set.of("a"), 2, 40));
    }

    @Test
    @DisplayName("who was tried in vain is waited for anew")
    void tried() {
        due(Set.of("a"), 0, 0);
        assertEquals(List.of("a"), due(Set.of("a"), 0, 20));
        waits.tried("a", at(20));
        assertEquals(List.of(), due(Set.of("a"), 0, 39));
        assertEquals(List.of("a"), due(Set.of("a"), 0, 40));
    }
}
