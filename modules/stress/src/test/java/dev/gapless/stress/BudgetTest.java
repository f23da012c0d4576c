package dev.gapless.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    private static final int TESTS = 25;

    @ParameterizedTest
    @ValueSource(strings = {"60s", "2m", "5m", "10m", "1h"})
    void allTestsTogetherFitIntoIt(String text) {
        Duration total = Budget.parse(text);
        for (int variants = 1; variants <= 4; variants++) {
            for (int cpus = 2; cpus <= 8; cpus += 2) {
                Budget budget = Budget.of(total, TESTS, variants, cpus);
                Duration planned = budget.cost(TESTS * variants, cpus);
                assertTrue(planned.compareTo(total) <= 0 || budget.iterationMs() == 20, budget + " takes " + planned);
            }
        }
    }

    @Test
    void whoHasTimeRunsEachPairOfCompilers() {
        assertFalse(Budget.of(Budget.parse("60s"), TESTS, 2, 2).split());
        assertTrue(Budget.of(Budget.parse("1h"), TESTS, 2, 2).split());
    }

    @Test
    void isWrittenWithItsUnit() {
        assertEquals(Duration.ofSeconds(90), Budget.parse("90s"));
        assertEquals(Duration.ofMinutes(10), Budget.parse("10m"));
        assertEquals(Duration.ofHours(2), Budget.parse("2h"));
    }
}
