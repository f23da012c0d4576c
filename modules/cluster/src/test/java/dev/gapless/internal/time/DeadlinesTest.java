package dev.gapless.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many deadlines and one timer. */
class DeadlinesTest {
    private static final long MS = 1_000_000;

    private final List<Long> timers = new ArrayList<>();
    private final Deadlines<Topic> deadlines = new Deadlines<>(timers::add);

    private static final class Topic extends Deadlines.Entry {}

    private final Topic one = new Topic();
    private final Topic other = new Topic();

    @Test
    void whoeverHasNoDeadlineNeedsNoTimer() {
        deadlines.set(one, Deadlines.NEVER, 0);

        assertEquals(List.of(), timers);
        assertEquals(List.of(), deadlines.due(Long.MAX_VALUE / 2));
    }

    @Test
    void theTimerIsSetForTheEarliestAlone() {
        deadlines.set(one, 50 * MS, 0);
        deadlines.set(other, 70 * MS, 10 * MS);
        assertEquals(List.of(50 * MS), timers);

        deadlines.set(other, 30 * MS, 10 * MS);
        assertEquals(List.of(50 * MS, 20 * MS), timers);
    }

    @Test
    void thoseThatAreDueComeInOrderAndOnce() {
        deadlines.set(one, 50 * MS, 0);
        deadlines.set(other, 30 * MS, 0);

        assertEquals(List.of(other), deadlines.due(49 * MS));
        assertEquals(List.of(one), deadlines.due(50 * MS));
        assertEquals(List.of(), deadlines.due(60 * MS));
    }

    @Test
    void whatRemainsIsTimedAgainOnceTheTimerHasRung() {
        deadlines.set(one, 50 * MS, 0);
        deadlines.set(other, 90 * MS, 0);

        assertEquals(List.of(one), deadlines.due(50 * MS));
        assertEquals(List.of(50 * MS, 40 * MS), timers);
    }

    @Test
    void aTimerThatRingsTooSoonIsSetAgain() {
        deadlines.set(one, 50 * MS, 0);

        assertEquals(List.of(), deadlines.due(49 * MS));
        assertEquals(List.of(50 * MS, MS), timers);
    }

    @Test
    void aDeadlineThatMovesAwayComesEarly() {
        deadlines.set(one, 50 * MS, 0);
        deadlines.set(one, 80 * MS, 0);

        assertEquals(List.of(one), deadlines.due(50 * MS));
        deadlines.set(one, 80 * MS, 50 * MS);
        assertEquals(List.of(one), deadlines.due(80 * MS));
    }

    @Test
    void whoHasGoneIsNotDue() {
        deadlines.set(one, 50 * MS, 0);
        deadlines.remove(one);

        assertEquals(List.of(), deadlines.due(50 * MS));
    }

    @Test
    void theClockMayGoRound() {
        long now = Long.MAX_VALUE - 5 * MS;
        deadlines.set(one, now + 10 * MS, now);
        deadlines.set(other, now + 2 * MS, now);

        assertEquals(List.of(other, one), deadlines.due(now + 10 * MS));
    }
}
