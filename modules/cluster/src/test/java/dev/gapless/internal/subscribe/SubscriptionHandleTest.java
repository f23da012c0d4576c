package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.Lag;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubscriptionHandleTest {
    @Test
    void whatIsNotOpenYetIsOpeningAndStandsWhereItStarts() {
        CursorToken start = new CursorToken("t", "c", 0, Map.of("a", new Position(new Epoch(1), 5)));
        SubscriptionHandle handle =
                new SubscriptionHandle("t", StartFrom.token(start), "c", Runnable::run, Clock.SYSTEM);
        assertEquals(SubscriptionStats.State.OPENING, handle.reading());
        assertEquals("opening", handle.stats().status(0).state());
        assertEquals(start, handle.token());
        assertEquals(Lag.NONE, handle.lag());
        assertEquals(0, handle.violations());
        assertFalse(handle.hasEnded());
    }
}
