package dev.gapless.internal;

import java.time.Duration;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One timer for a state's next deadline. Deadlines that move further away do not touch it: it then rings early, finds nothing
 * due, and is set again. An idle state has no timer.
 */
final class Alarm<T> {
    private static final long NOT_SET = Long.MAX_VALUE;

    private final TimerScheduler<T> timers;
    private final T ring;
    private long setForNs = NOT_SET;

    Alarm(TimerScheduler<T> timers, T ring) {
        this.timers = timers;
        this.ring = ring;
    }

    /** Rings at this time or earlier; never, if it is {@code Long.MAX_VALUE}. */
    void set(long deadlineNs, long nowNs) {
        if (deadlineNs == NOT_SET || (setForNs != NOT_SET && setForNs - deadlineNs <= 0)) {
            return;
        }
        setForNs = deadlineNs;
        timers.startSingleTimer(this, ring, Duration.ofNanos(Math.max(1_000_000, deadlineNs - nowNs)));
    }

    /** It has rung. */
    void rang() {
        setForNs = NOT_SET;
    }
}
