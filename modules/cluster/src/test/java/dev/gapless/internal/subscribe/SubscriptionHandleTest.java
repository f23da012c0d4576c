package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.Lag;
import dev.gapless.NodeStatus.SubscriptionStatus;
import dev.gapless.Ready;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Position;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.time.Wakeup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
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

    /** Its token has no positions before. */
    @Test
    void nobodyIsToldThatItIsReadyBeforeItsReaderIsOpen() {
        SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
        List<Cue> place = new ArrayList<>();
        SubscriptionLink link = SubscriptionLink.of(handle, new Wakeup(), place::add, null);
        link.ready(Set.of("n2"));
        assertFalse(handle.ready().toCompletableFuture().isDone());
        assertEquals(List.of(new Cue.Positioned(new Ready(Set.of("n2")))), place, "behind what opens it");
    }

    /** Counts what it is told. */
    private static final class Counting implements SubscriptionHandle.Controls {
        int cancelled;
        int resumed;

        @Override
        public void cancelled() {
            cancelled++;
        }

        @Override
        public void resumed() {
            resumed++;
        }

        @Override
        public void takenOver(RuntimeException cause) {
            throw new AssertionError("it has no name", cause);
        }
    }

    @Test
    void whoCancelsBeforeThereIsAReaderIsHeardByTheOneThatComes() {
        SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
        handle.cancel();
        Counting reader = new Counting();
        handle.controlBy(reader);
        assertEquals(1, reader.cancelled);
    }

    @Test
    void theReaderIsToldThatItMayGoOn() {
        SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
        Counting reader = new Counting();
        handle.controlBy(reader);
        handle.pause();
        assertEquals(0, reader.resumed);
        handle.resume();
        assertEquals(1, reader.resumed);
    }

    @Test
    void whoWaitsForASubscriptionThatEndsBeforeItIsReadyIsToldSo() {
        SubscriptionHandle handle = new SubscriptionHandle("t", StartFrom.latest(), "c", Runnable::run, Clock.SYSTEM);
        IllegalStateException cause = new IllegalStateException("no");
        handle.ended(Ended.Reason.FAILED, handle.token(), cause);
        assertTrue(handle.ready().toCompletableFuture().isDone());
        CompletionException failure = assertThrows(
                CompletionException.class,
                () -> handle.ready().toCompletableFuture().join());
        assertSame(cause, failure.getCause().getCause());
        assertEquals(
                Ended.Reason.FAILED, handle.whenEnded().toCompletableFuture().join());
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
