package dev.gapless.gateway.internal.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the turns of one client, one after the other, whoever wakes it: a turn begins after each wake-up, and at most one runs or waits to
 * run. Thread-safe.
 */
public final class ClientTurns implements Runnable {
    private final Executor executor;
    private final Runnable turn;
    private final AtomicInteger wanted = new AtomicInteger();

    public ClientTurns(Executor executor, Runnable turn) {
        this.executor = executor;
        this.turn = turn;
    }

    /** There may be something to do. Any thread. */
    public void wake() {
        if (wanted.getAndIncrement() == 0) {
            submit();
        }
    }

    @Override
    public void run() {
        int seen = wanted.get();
        try {
            turn.run();
        } finally {
            if (wanted.addAndGet(-seen) != 0) {
                submit();
            }
        }
    }

    private void submit() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException e) {
            // The actor system has ended, and with it every client.
        }
    }
}
