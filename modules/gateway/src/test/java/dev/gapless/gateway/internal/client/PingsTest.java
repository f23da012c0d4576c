package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PingsTest {
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Pings pings = new Pings(INTERVAL);

    private static long laterNs() {
        return System.nanoTime() + 2 * INTERVAL.toNanos();
    }

    private void ping(boolean isRead) {
        assertFalse(pings.becomesDue(System.nanoTime()), "too early");
        assertTrue(pings.becomesDue(laterNs()));
        assertFalse(pings.becomesDue(laterNs()), "it is due already");
        assertTrue(pings.take(isRead));
        assertFalse(pings.take(isRead), "it is sent once");
    }

    @Test
    void whoAnswersNoneOfThreeIsGivenUpOnceItHadTheTimeToAnswer() {
        ping(true);
        ping(true);
        assertFalse(pings.isGivenUp(laterNs()));
        ping(true);
        assertFalse(pings.isGivenUp(System.nanoTime()));
        assertTrue(pings.isGivenUp(laterNs()));
    }

    @Test
    void whoAnswersOneOfThreeStays() {
        ping(true);
        ping(true);
        pings.heard();
        ping(true);
        assertFalse(pings.isGivenUp(laterNs()));
    }

    @Test
    void aPingWhoseAnswerIsNotReadSaysNothing() {
        for (int i = 0; i < 5; i++) {
            ping(false);
        }
        assertFalse(pings.isGivenUp(laterNs()));
    }
}
