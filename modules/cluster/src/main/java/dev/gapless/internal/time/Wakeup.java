package dev.gapless.internal.time;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A wake-up of which one is under way at most, however many threads have something new for the one that is woken.
 *
 * <pre>
 *   others:     make something visible ──► claim ──true──► send the wake-up
 *   the woken:  arrived ──► look at everything that is visible
 * </pre>
 *
 * <p>In these orders nothing is left unseen: what was not visible yet when the woken one looked finds no wake-up under way,
 * and sends one. Thread-safe.
 */
public final class Wakeup {
    private final AtomicBoolean underWay = new AtomicBoolean();
    /** Written by the woken one, before {@link #underWay}. */
    private long arrivals;

    /** After something new has become visible: true if the caller is to send the wake-up, false if one is under way. */
    public boolean claim() {
        return !underWay.get() && underWay.compareAndSet(false, true);
    }

    /** It has arrived. For the woken one, before it looks. */
    public void arrived() {
        arrivals++;
        underWay.set(false);
    }

    /** The number of the wake-up that is under way, from 1 on; 0 if none is. For one who looks from time to time. */
    public long number() {
        return underWay.get() ? arrivals + 1 : 0;
    }
}
