package dev.gapless.internal.publish;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers publishes that waited, on the application's executor. When a ring has room again hundreds of them are answered at once: a task
 * for each would cost more than its message. A few tasks share them, and not one alone, since an application's callback may block, also
 * for a publish that is answered behind its own. Thread-safe.
 */
final class Completions implements Executor {
    /** Tasks at once: all but one of so many may block without holding up others of their node. */
    static final int MOST_TASKS = 16;
    /** After so many answers a task makes room for others of the executor. */
    private static final int TURN = 256;

    private final Executor executor;
    private final Queue<Runnable> due = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tasks = new AtomicInteger();

    Completions(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable answer) {
        due.add(answer);
        startTask();
    }

    private void startTask() {
        int running = tasks.get();
        while (running < MOST_TASKS) {
            if (tasks.compareAndSet(running, running + 1)) {
                boolean started = false;
                try {
                    executor.execute(this::run);
                    started = true;
                } finally {
                    if (!started) {
                        tasks.decrementAndGet();
                    }
                }
                return;
            }
            running = tasks.get();
        }
    }

    private void run() {
        try {
            for (int i = 0; i < TURN; i++) {
                Runnable next = due.poll();
                if (next == null) {
                    break;
                }
                next.run();
            }
        } finally {
            tasks.decrementAndGet();
            if (!due.isEmpty()) { // also what was added while there were as many tasks as may be
                startTask();
            }
        }
    }
}
