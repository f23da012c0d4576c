package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.json.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is under way to clients is counted, and given back; whoever waits for room is woken in its turn. */
class UnsentTest {
    private final Unsent unsent = new Unsent(100_000, 8_192, Duration.ZERO, Budget.unbounded());

    private Unsent.Held take(int bytes) {
        Bytes frame = new Bytes();
        frame.write(new byte[bytes]);
        return unsent.take(frame);
    }

    @Test
    void whatIsUnderWayCountsUntilItIsTakenOnce() {
        Unsent.Held first = take(60_000);
        assertEquals(60_000, unsent.bytes());
        first.release();
        first.release();
        assertEquals(0, unsent.bytes());
    }

    @Test
    void aSmallFrameCountsNothingAndNeverWaits() {
        assertTrue(take(8_000).isSmall());
        assertEquals(0, unsent.bytes());
        assertTrue(unsent.isSmall(8_192));
        assertFalse(unsent.isSmall(8_193));
    }

    @Test
    void whoIsSlowLeavesHalfOfItToOthers() {
        take(50_000);
        assertTrue(unsent.hasRoom(false));
        assertFalse(unsent.hasRoom(true));
        take(50_000);
        assertFalse(unsent.hasRoom(false));
    }

    @Test
    void whoHasWaitedForTheLongestIsWokenFirstAndNobodyForNothing() {
        Unsent.Held all = take(100_000);
        List<Integer> woken = new ArrayList<>();
        List<Runnable> wakes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            wakes.add(() -> woken.add(number));
            unsent.await(false, wakes.get(i));
        }
        unsent.forget(wakes.get(1));
        unsent.wake();
        assertEquals(List.of(), woken, "there is no room");
        all.release();
        assertEquals(List.of(0, 2, 3), woken.subList(0, 3));
        unsent.wake();
        assertEquals(19, woken.size(), "nobody is forgotten, and nobody woken twice");
    }

    @Test
    void whoComesWhenThereIsRoomAgainIsWokenAtOnce() {
        List<Integer> woken = new ArrayList<>();
        unsent.await(false, () -> woken.add(1));
        assertEquals(List.of(1), woken);
    }
}
