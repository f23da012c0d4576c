package dev.gapless.multijvm.bench;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition, however long it takes up to a deadline that only a broken program reaches. */
public final class Await {
    /** Long enough for a machine that is busy with other things. */
    public static final Duration DEADLINE = Duration.ofSeconds(Long.getLong("multijvm.deadline", 60));

    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(15);

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) {
        until(what, () -> "", condition);
    }

    /**
     * Waits for a condition.
     *
     * @param last says how far it has got, when it never came true
     */
    public static void until(String what, Supplier<String> last, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!holds(what, condition)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("Not within " + DEADLINE.toSeconds() + " s: " + what + " " + last.get());
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** Asks again until the answer is as wanted, and returns it. */
    public static <T> T value(String what, Supplier<T> source, Predicate<T> wanted) {
        Asked<T> asked = new Asked<>(source);
        until(what, () -> String.valueOf(asked.last), () -> wanted.test(asked.again()));
        return asked.last;
    }

    private static final class Asked<T> {
        private final Supplier<T> source;
        private T last;

        Asked(Supplier<T> source) {
            this.source = source;
        }

        T again() {
            last = source.get();
            return last;
        }
    }

    private static boolean holds(String what, Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(what, e);
        }
    }
}
