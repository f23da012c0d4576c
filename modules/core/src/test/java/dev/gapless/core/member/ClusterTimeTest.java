package dev.gapless.core.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.Now;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClusterTimeTest {
    private static final long DAY_MS = 24 * 60 * 60 * 1_000L;

    private final ClusterTime time = new ClusterTime(new Now(1_000, 5_000_000));

    private static Now at(long ms, long ns) {
        return new Now(ms, ns);
    }

    @Test
    @DisplayName(
            "ruleT2: after its start it goes on with the monotonic clock alone, whatever the clock on the wall is set to")
    void goesOnMonotonically() {
        assertEquals(1_000, time.ms(at(1_000, 5_000_000)));
        assertEquals(1_002, time.ms(at(999_999, 7_000_000)));
        assertEquals(1_003, time.ms(at(0, 8_999_999)));
    }

    @Test
    @DisplayName("ruleT2: the highest time of all members counts, and it never falls")
    void takesTheHighest() {
        assertTrue(time.heard(5_000, at(0, 5_000_000)));
        assertEquals(5_001, time.ms(at(0, 6_000_000)));
        assertTrue(time.heard(4_000, at(0, 6_000_000)));
        assertEquals(5_001, time.ms(at(0, 6_000_000)));
        assertEquals(at(5_000, 5_000_000), time.mark());
    }

    @Test
    @DisplayName("ruleT2: a member that is more than a day ahead is not believed")
    void doesNotBelieveTooMuch() {
        assertTrue(time.heard(1_000 + DAY_MS, at(0, 5_000_000)));
        assertFalse(time.heard(2_001 + 2 * DAY_MS, at(0, 5_000_000)));
        assertEquals(1_000 + DAY_MS, time.ms(at(0, 5_000_000)));
    }

    @Test
    @DisplayName("ruleT2: any thread reads it from the history, and gets the same")
    void readFromTheHistory() {
        HistoryView view = new HistoryView(1, Long.MIN_VALUE, false, false, List.of(), time.mark(), new LastPing(), 0);
        assertEquals(time.ms(at(0, 9_000_000)), view.timeMs(9_000_000));
        assertEquals(1_000, view.timeMs(4_000_000), "a thread that looked before does not see it fall");
    }
}
