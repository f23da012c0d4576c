package dev.gapless.core.subscription;

import static dev.gapless.core.Given.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReloadPaceTest {
    private static ReloadPace pace(long intervalSeconds, long jitterSeconds, double share) {
        return new ReloadPace(
                TopicSettings.DEFAULTS.with(draft -> {
                    draft.reloadIntervalNs = intervalSeconds * SECOND;
                    draft.reloadJitterNs = jitterSeconds * SECOND;
                }),
                share);
    }

    @Test
    @DisplayName(
            "rowO4, S3: the first reload begins at once, the next one an interval later, whatever was waited in between")
    void interval() {
        ReloadPace pace = pace(10, 0, 1);
        long begin = Long.MAX_VALUE - SECOND; // such clocks begin anywhere, and go over
        assertTrue(pace.begin(begin));
        assertFalse(pace.begin(begin + 4 * SECOND));
        assertEquals(begin + 10 * SECOND, pace.untilNs());
        assertFalse(pace.begin(begin + 9 * SECOND));
        assertEquals(begin + 10 * SECOND, pace.untilNs());
        assertTrue(pace.isWaiting());
        assertTrue(pace.begin(begin + 10 * SECOND));
        assertFalse(pace.isWaiting());
        assertTrue(pace.begin(begin + 21 * SECOND));
    }

    @Test
    @DisplayName("rowO4, S3: each waits its share of the jitter, also before its first reload")
    void jitter() {
        ReloadPace half = pace(10, 4, 0.5);
        assertFalse(half.begin(0));
        assertEquals(2 * SECOND, half.untilNs());
        assertTrue(half.begin(2 * SECOND));
        assertFalse(half.begin(3 * SECOND));
        assertEquals(14 * SECOND, half.untilNs());
    }

    @Test
    @DisplayName("S3, backpressure: while others wait, a reload waits for a quarter of the time that they may, at most")
    void backpressure() {
        ReloadPace pace = new ReloadPace(
                TopicSettings.DEFAULTS.with(draft -> {
                    draft.overflow = Overflow.BACKPRESSURE;
                    draft.backpressureTimeoutNs = 8 * SECOND;
                    draft.reloadIntervalNs = 3 * SECOND;
                    draft.reloadJitterNs = SECOND;
                }),
                1);
        assertFalse(pace.begin(0));
        assertEquals(SECOND / 2, pace.untilNs());
        assertTrue(pace.begin(SECOND / 2));
        assertFalse(pace.begin(SECOND / 2));
        assertEquals(SECOND / 2 + 2 * SECOND, pace.untilNs());
    }

    @Test
    @DisplayName("rowO8: without an interval and jitter nothing waits")
    void off() {
        ReloadPace pace = pace(0, 0, 1);
        assertTrue(pace.begin(5));
        assertTrue(pace.begin(5));
    }

    @Test
    @DisplayName("S3: where nothing is missed after all, what is missed later waits for its own time")
    void forgets() {
        ReloadPace pace = pace(0, 4, 1);
        assertFalse(pace.begin(0));
        pace.forget();
        assertFalse(pace.isWaiting());
        assertFalse(pace.begin(3 * SECOND));
        assertEquals(7 * SECOND, pace.untilNs());
    }
}
