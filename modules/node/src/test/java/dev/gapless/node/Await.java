package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another thread or process does. */
final class Await {
    private static final long INTERVAL_MS = 20;

    private Await() {}

    /** Until the condition holds; the test fails with {@code otherwise} if it does not within that time. */
    static void within(Duration time, Supplier<String> otherwise, BooleanSupplier condition)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + time.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail(otherwise);
            }
            Thread.sleep(INTERVAL_MS);
        }
    }
}
