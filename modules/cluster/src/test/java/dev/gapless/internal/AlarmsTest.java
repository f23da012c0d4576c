package dev.gapless.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many deadlines and one timer. */
class AlarmsTest {
    private static final long MS = 1_000_000;

    private final List<Long> timers = new ArrayList<>();
    private final Alarms<Topic> alarms = new Alarms<>(timers::add);

    private static final class Topic extends Alarms.Sleeper {}

    private final Topic one = new Topic();
    private final Topic other = new Topic();

    @Test
    void whoeverHasNoDeadlineNeedsNoTimer() {
        alarms.set(one, Alarms.NEVER, 0);

        assertEquals(List.of(), timers);
        assertEquals(List.of(), alarms.due(Long.MAX_VALUE / 2));
    }

    @Test
    void theTimerIsSetForTheEarliestAlone() {
        alarms.set(one, 50 * MS, 0);
        alarms.set(other, 70 * MS, 10 * MS);
        assertEquals(List.of(50 * MS), timers);

        alarms.set(other, 30 * MS, 10 * MS);
        assertEquals(List.of(50 * MS, 20 * MS), timers);
    }

    @Test
    void thoseThatAreDueComeInOrderAndOnce() {
        alarms.set(one, 50 * MS, 0);
        alarms.set(other, 30 * MS, 0);

        assertEquals(List.of(other), alarms.due(49 * MS));
        assertEquals(List.of(one), alarms.due(50 * MS));
        assertEquals(List.of(), alarms.due(60 * MS));
    }

    @Test
    void whatRemainsIsTimedAgainOnceTheTimerHasRung() {
        alarms.set(one, 50 * MS, 0);
        alarms.set(other, 90 * MS, 0);

        assertEquals(List.of(one), alarms.due(50 * MS));
        assertEquals(List.of(50 * MS, 40 * MS), timers);
    }

    @Test
    void aTimerThatRingsTooSoonIsSetAgain() {
        alarms.set(one, 50 * MS, 0);

        assertEquals(List.of(), alarms.due(49 * MS));
        assertEquals(List.of(50 * MS, MS), timers);
    }

    @Test
    void aDeadlineThatMovesAwayComesEarly() {
        alarms.set(one, 50 * MS, 0);
        alarms.set(one, 80 * MS, 0);

        assertEquals(List.of(one), alarms.due(50 * MS));
        alarms.set(one, 80 * MS, 50 * MS);
        assertEquals(List.of(one), alarms.due(80 * MS));
    }

    @Test
    void whoHasGoneIsNotDue() {
        alarms.set(one, 50 * MS, 0);
        alarms.remove(one);

        assertEquals(List.of(), alarms.due(50 * MS));
    }

    @Test
    void theClockMayGoRound() {
        long now = Long.MAX_VALUE - 5 * MS;
        alarms.set(one, now + 10 * MS, now);
        alarms.set(other, now + 2 * MS, now);

        assertEquals(List.of(other, one), alarms.due(now + 10 * MS));
    }
}
