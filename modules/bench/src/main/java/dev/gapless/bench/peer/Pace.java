package dev.gapless.bench.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Lets so many messages pass in a second, a few at once, and no thread waits. One message at a time; any thread may lift it. */
public final class Pace {
    /** It makes them wait no shorter: a wait costs more than a message. */
    private static final long SHORTEST_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Who got nothing for long does not get everything at once afterwards. */
    private static final long MOST_AT_ONCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final CompletionStage<Boolean> AT_ONCE = CompletableFuture.completedFuture(true);

    private final double nsPerMessage;
    private double dueNs = (double) System.nanoTime();
    private CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    private boolean lifted;

    /** @param perSecond at least 0; may be a fraction */
    public Pace(double perSecond) {
        nsPerMessage = (double) TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Completes once the next message may come. */
    public synchronized CompletionStage<Boolean> next() {
        if (lifted) {
            return AT_ONCE;
        }
        long nowNs = System.nanoTime();
        dueNs = Math.max(dueNs, (double) (nowNs - MOST_AT_ONCE_NS)) + nsPerMessage;
        if (dueNs <= (double) nowNs) {
            return AT_ONCE;
        }
        long waitNs = Math.max(SHORTEST_WAIT_NS, (long) (dueNs - (double) nowNs));
        waiting = new CompletableFuture<Boolean>().completeOnTimeout(true, waitNs, TimeUnit.NANOSECONDS);
        return waiting;
    }

    /** From now on each comes at once. */
    public void lift() {
        CompletableFuture<Boolean> last;
        synchronized (this) {
            lifted = true;
            last = waiting;
        }
        last.complete(true);
    }
}
