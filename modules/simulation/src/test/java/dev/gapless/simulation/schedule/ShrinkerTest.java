package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShrinkerTest {
    private static final int ENOUGH = 1_000;

    @ParameterizedTest
    @CsvSource({"1,2", "1,40", "7,31", "20,21", "39,40"})
    void reducesAFailureOfTwoFaultsToTheseTwo(int one, int other) {
        Set<Integer> needed = Set.of(one, other);
        assertEquals(needed, Shrinker.fewest(numbers(40), ENOUGH, faults -> faults.containsAll(needed)));
    }

    @Test
    void leavesOutAllOfThemIfNoneIsNeeded() {
        assertEquals(Set.of(), Shrinker.fewest(numbers(11), ENOUGH, faults -> true));
    }

    @Test
    void keepsAllOfThemIfEachIsNeeded() {
        assertEquals(numbers(9), Shrinker.fewest(numbers(9), ENOUGH, faults -> faults.size() == 9));
    }

    @Test
    void triesAgainWhatCouldNotBeLeftOutBefore() {
        // 1 may go only after 3 has.
        assertEquals(
                Set.of(2),
                Shrinker.fewest(
                        numbers(3),
                        ENOUGH,
                        faults -> faults.contains(2) && (faults.contains(1) || !faults.contains(3))));
    }

    @Test
    void givesUpAfterTheMostAttempts() {
        AtomicInteger attempts = new AtomicInteger();
        SortedSet<Integer> left = Shrinker.fewest(numbers(100), 7, faults -> {
            attempts.incrementAndGet();
            return faults.containsAll(List.of(1, 100));
        });
        assertEquals(7, attempts.get());
        assertTrue(left.containsAll(List.of(1, 100)), String.valueOf(left));
    }

    private static SortedSet<Integer> numbers(int last) {
        return new TreeSet<>(IntStream.rangeClosed(1, last).boxed().toList());
    }
}
