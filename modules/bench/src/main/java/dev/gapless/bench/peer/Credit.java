package dev.gapless.bench.peer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How much a publisher may send to one subscriber that has not confirmed it. One thread sends; another takes confirmations. */
public final class Credit {
    private final int window;
    private final AtomicLong confirmed = new AtomicLong();
    private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();
    private long sent;

    /** @param window how much */
    public Credit(int window) {
        this.window = window;
    }

    /** Counts one that is sent, and waits for room before. */
    public void take() {
        await(window - 1);
        sent++;
    }

    /** Waits until all that were sent are confirmed. */
    public void awaitAll() {
        await(0);
    }

    private void await(int unconfirmed) {
        if (sent - confirmed.get() <= unconfirmed) {
            return;
        }
        waiting.set(Thread.currentThread());
        long untilNs = System.nanoTime() + Patience.PROGRESS.toNanos();
        while (sent - confirmed.get() > unconfirmed) {
            long leftNs = untilNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new IllegalStateException("a subscriber confirms nothing");
            }
            LockSupport.parkNanos(this, leftNs);
        }
        waiting.set(null);
    }

    /** The subscriber has taken this many. */
    public void confirm(long upTo) {
        confirmed.set(upTo);
        LockSupport.unpark(waiting.get());
    }
}
