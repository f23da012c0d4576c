package dev.gapless.core.delivery;

import static dev.gapless.core.Given.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
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

    private static void begins(ReloadPace pace, long nowNs) {
        assertTrue(pace.mayBeginNs(nowNs, false) - nowNs <= 0, "it may");
        pace.begins(nowNs);
    }

    @Test
    @DisplayName("rowO4, S3: the first reload begins at once, the next one an interval after the first began")
    void interval() {
        ReloadPace pace = pace(10, 0, 1);
        long begin = Long.MAX_VALUE - SECOND; // such clocks begin anywhere, and go over
        begins(pace, begin);
        assertEquals(begin + 10 * SECOND, pace.mayBeginNs(begin + 4 * SECOND, false));
        assertEquals(begin + 10 * SECOND, pace.mayBeginNs(begin + 9 * SECOND, false), "whatever was waited in between");
        begins(pace, begin + 10 * SECOND);
        begins(pace, begin + 21 * SECOND);
    }

    @Test
    @DisplayName("rowO4, S3: every reload is an interval behind the one before, and not only the second")
    void intervalAfterEachReload() {
        ReloadPace pace = pace(10, 0, 1);
        for (long at = 0; at <= 50 * SECOND; at += 10 * SECOND) {
            begins(pace, at);
            assertEquals(at + 10 * SECOND, pace.mayBeginNs(at + SECOND, false));
        }
    }

    @Test
    @DisplayName("rowO4, S3: each waits its share of the jitter, also before its first reload")
    void jitter() {
        ReloadPace half = pace(10, 4, 0.5);
        assertEquals(2 * SECOND, half.mayBeginNs(0, false));
        half.begins(2 * SECOND);
        assertEquals(14 * SECOND, half.mayBeginNs(3 * SECOND, false));
    }

    @Test
    @DisplayName("rowO4, S3: a reload that is due stays due while its subscription changes its feed, until it reads on")
    void staysDue() {
        ReloadPace pace = pace(10, 4, 1);
        assertEquals(4 * SECOND, pace.mayBeginNs(0, false));
        assertEquals(4 * SECOND, pace.mayBeginNs(3 * SECOND, false));
        assertEquals(9 * SECOND, pace.mayBeginNs(5 * SECOND, false), "all that are late must not begin at one moment");
        begins(pace, 10 * SECOND);
        assertEquals(24 * SECOND, pace.mayBeginNs(11 * SECOND, false));
        pace.readsOn();
        assertEquals(34 * SECOND, pace.mayBeginNs(30 * SECOND, false));
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
        assertEquals(SECOND / 2, pace.mayBeginNs(0, false));
        pace.begins(SECOND / 2);
        assertEquals(SECOND / 2 + 2 * SECOND, pace.mayBeginNs(SECOND / 2, false));
    }

    @Test
    @DisplayName("S3: who is only told has no interval; what concerns it alone it is told at once")
    void toTell() {
        ReloadPace pace = pace(10, 4, 0.5).toTell();
        assertEquals(2 * SECOND, pace.mayBeginNs(0, false));
        pace.begins(2 * SECOND);
        assertEquals(5 * SECOND, pace.mayBeginNs(3 * SECOND, false));
        assertEquals(3 * SECOND, pace.mayBeginNs(3 * SECOND, true));
        assertEquals(14 * SECOND, begun(pace(10, 4, 0.5)).mayBeginNs(3 * SECOND, true), "but for who reloads");
    }

    private static ReloadPace begun(ReloadPace pace) {
        pace.begins(2 * SECOND);
        return pace;
    }

    @Test
    @DisplayName("rowO8: without an interval and jitter nothing waits")
    void off() {
        ReloadPace pace = pace(0, 0, 1);
        begins(pace, 5);
        begins(pace, 5);
    }
}
