package dev.gapless.gateway.internal.client;

import java.time.Duration;
import java.util.function.BiConsumer;

/** Wakes a client at the soonest of the times that its turns ask for. For these turns. */
final class WakeUp {
    private final BiConsumer<Duration, Runnable> later;
    private final Runnable wake;
    /** The soonest time that was asked for; in the past if the client was woken since. */
    private long atNs = System.nanoTime();

    /**
     * @param later runs something after a time
     * @param wake is run then, on any thread
     */
    WakeUp(BiConsumer<Duration, Runnable> later, Runnable wake) {
        this.later = later;
        this.wake = wake;
    }

    /** The client is to be woken in so many nanoseconds at the latest. */
    void within(long waitNs) {
        long nowNs = System.nanoTime();
        boolean isSet = atNs - nowNs > 0;
        if (!isSet || nowNs + waitNs - atNs < 0) {
            atNs = nowNs + waitNs;
            later.accept(Duration.ofNanos(waitNs), wake);
        }
    }
}
