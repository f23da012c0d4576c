package dev.gapless.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WakeupTest {
    private final Wakeup wakeup = new Wakeup();

    @Test
    void oneIsUnderWayHoweverManyAskForIt() {
        assertTrue(wakeup.claim());
        assertFalse(wakeup.claim());
        assertFalse(wakeup.claim());
    }

    @Test
    void onceItHasArrivedTheNextOneIsSent() {
        assertTrue(wakeup.claim());
        wakeup.arrived();
        assertTrue(wakeup.claim());
        assertFalse(wakeup.claim());
    }

    @Test
    void eachHasANumberOfItsOwnWhileItIsUnderWay() {
        for (long number = 1; number <= 3; number++) {
            assertEquals(0, wakeup.number());
            assertTrue(wakeup.claim());
            assertEquals(number, wakeup.number());
            wakeup.arrived();
        }
    }
}
