package dev.gapless.gateway.internal.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final long SECOND_NS = 1_000_000_000;

    private static long taken(Allowance of, String address, int times, long nowNs) {
        return IntStream.range(0, times).filter(i -> of.take(address, 1, nowNs)).count();
    }

    @Test
    void anAddressHasSoMuchAtOnceAndAsMuchAgainInEachWindow() {
        Allowance ten = new Allowance(10, Duration.ofSeconds(100));
        assertEquals(10, taken(ten, "a", 100, 0));
        assertEquals(10, taken(ten, "b", 100, 0));
        assertEquals(0, taken(ten, "a", 100, 9 * SECOND_NS));
        assertEquals(1, taken(ten, "a", 100, 11 * SECOND_NS)); // one in ten seconds
        assertEquals(10, taken(ten, "a", 100, 1_000 * SECOND_NS)); // and no more than that, however long it was away
    }

    @Test
    void zeroIsNoLimit() {
        assertEquals(100_000, taken(new Allowance(0, Duration.ofSeconds(1)), "a", 100_000, 0));
    }

    @Test
    void anAddressForEachRequestHelpsNobody() {
        Allowance two = new Allowance(2, Duration.ofSeconds(100));
        long all = IntStream.range(0, 50_000)
                .filter(i -> two.take("made up " + i, 1, 0))
                .count();
        assertEquals(10_000 + 2, all); // the others share what one has
        assertTrue(two.take("made up 1", 1, 0));
        assertFalse(two.take("made up 1", 1, 0));
        assertTrue(two.take("new", 1, 200 * SECOND_NS)); // those who have all of theirs again are forgotten
        assertEquals(1, taken(two, "new", 10, 200 * SECOND_NS));
    }

    @Test
    void moreThanThereIsAtOnceTakesFromWhatComes() {
        Allowance ten = new Allowance(10, Duration.ofSeconds(10));
        assertTrue(ten.take("a", 25, 0));
        assertFalse(ten.take("a", 1, 15 * SECOND_NS));
        assertTrue(ten.take("a", 1, 17 * SECOND_NS));
    }
}
