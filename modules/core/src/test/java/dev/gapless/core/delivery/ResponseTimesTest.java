package dev.gapless.core.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResponseTimesTest {
    private static final long MOST_NS = 10_000;

    private final ResponseTimes asking = new ResponseTimes(() -> 0, new SplittableRandom(1));

    @Test
    @DisplayName(
            "ruleC5: a member is waited for twice as long as it took; quicker answers change that little by little, a slower one at once")
    void waitsTwiceAsLongAsItTook() {
        assertEquals(0, asking.patienceNs(1, MOST_NS, 0));
        asking.answered(1, 800, 0);
        assertEquals(1_600, asking.patienceNs(1, MOST_NS, 0));
        asking.answered(1, 400, 0);
        assertEquals(1_500, asking.patienceNs(1, MOST_NS, 0));
        asking.answered(1, 900, 0);
        assertEquals(1_800, asking.patienceNs(1, MOST_NS, 0));
        assertEquals(0, asking.patienceNs(2, MOST_NS, 0), "another one answers by itself");
    }

    @Test
    @DisplayName("ruleC5: no longer than the longest backoff, which is also how long a measurement counts")
    void waitsNoLongerThanTheLongestBackoff() {
        asking.answered(1, 9_000, 0);
        assertEquals(MOST_NS, asking.patienceNs(1, MOST_NS, MOST_NS));
        assertEquals(0, asking.patienceNs(1, MOST_NS, MOST_NS + 1));
    }

    @Test
    void whoIsNoMemberIsForgotten() {
        asking.answered(1, 100, 0);
        asking.answered(2, 100, 0);
        asking.retain(Set.of(2L));
        assertEquals(0, asking.patienceNs(1, MOST_NS, 0));
        assertEquals(200, asking.patienceNs(2, MOST_NS, 0));
    }
}
