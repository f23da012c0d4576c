package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
