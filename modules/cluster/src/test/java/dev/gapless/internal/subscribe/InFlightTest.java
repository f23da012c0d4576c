package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.Event;
import dev.gapless.ProducerLeft;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.SubscriptionStats;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private final InFlight<String> inFlight = new InFlight<>();

    private static CursorToken token(long takenMs) {
        return new CursorToken("t", "c", takenMs, Map.of());
    }

    /** An event behind which a token of that time resumes. */
    private static Event<String> event(long number) {
        return new ProducerLeft<>("t", "a", new Position(new Epoch(1), number), token(number));
    }

    private void give(Event<String> event, long sinceNs, CursorToken inFront) {
        inFlight.add(event, sinceNs, () -> inFront);
    }

    @Test
    void eachEventIsHeldWithTheTimeAtWhichItWasGiven() {
        give(event(1), 40, token(0));
        give(event(2), 50, token(1));
        assertEquals(40, inFlight.sinceNs(1));
        assertEquals(50, inFlight.sinceNs(2));
        assertEquals(SubscriptionStats.NO_TIME, inFlight.sinceNs(3), "was never given");
    }

    @Test
    void theTokenResumesInFrontOfTheFirstThatIsNotDealtWith() {
        Event<String> third = event(3);
        give(event(1), 0, token(0));
        give(event(2), 0, token(1));
        give(third, 0, token(2));
        assertFalse(inFlight.done(2));
        assertEquals(token(0), inFlight.token());
        assertNull(inFlight.get(2), "was dealt with");
        assertFalse(inFlight.done(1));
        assertEquals(token(2), inFlight.token());
        assertSame(third, inFlight.first());
        assertTrue(inFlight.done(3));
        assertTrue(inFlight.isEmpty());
    }
}
