package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LastingTest {
    @Test
    void isInterruptedWhenThereIsNothingToWaitForAnyMore() {
        assertThrows(Lasting.Interrupted.class, () -> Lasting.until("it is seen", () -> true, () -> false));
    }

    @Test
    void whatHasTakenPlaceIsNotInterrupted() {
        Lasting.until("it is seen", () -> true, () -> true);
    }

    @Test
    void aFailedAssertionIsNoEndOfANode() {
        assertFalse(Lasting.isEndOf(List.of(), new AssertionError("Not within 60 s")));
    }
}
