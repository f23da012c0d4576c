package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WakeUpTest {
    private final List<Duration> timers = new ArrayList<>();
    private final WakeUp wakeUp = new WakeUp((after, what) -> timers.add(after), () -> {});

    @Test
    void onlyTheSoonestTimeNeedsATimer() {
        wakeUp.within(Duration.ofHours(2).toNanos());
        wakeUp.within(Duration.ofHours(3).toNanos());
        assertEquals(List.of(Duration.ofHours(2)), timers);
        wakeUp.within(Duration.ofHours(1).toNanos());
        assertEquals(List.of(Duration.ofHours(2), Duration.ofHours(1)), timers);
    }

    @Test
    void aTimeThatIsOverKeepsNoOtherFromItsTimer() {
        wakeUp.within(0);
        wakeUp.within(Duration.ofHours(2).toNanos());
        assertEquals(List.of(Duration.ZERO, Duration.ofHours(2)), timers);
    }
}
