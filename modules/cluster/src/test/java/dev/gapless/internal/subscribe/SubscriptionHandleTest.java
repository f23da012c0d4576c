package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import java.time.Instant;
import java.util.List;
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

    @Test
    void failuresAndReloadsAreCountedInTheStatus() {
        SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
        Position position = new Position(new Epoch(1), 5);
        Event<String> message =
                new Delivery<>("t", "a", position, Instant.EPOCH, null, Map.of(), "hello", () -> handle.token());
        handle.stats().settled(message, SubscriptionStats.NO_TIME, false);
        handle.stats().settled(message, SubscriptionStats.NO_TIME, true);
        Event<String> expired = new CursorExpired<>("t", Instant.EPOCH, List.of(), handle.token());
        handle.stats().settled(expired, 0, true);
        handle.stats().settled(expired, 0, true);
        handle.stats().settled(expired, 0, false);
        SubscriptionStatus status = handle.stats().status(0);
        assertEquals(1, status.failures());
        assertEquals(3, status.reloads());
        assertEquals(2, status.reloadFailures());
    }
}
