package dev.gapless.testkit.internal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a test kit runs, one turn at a time: on the thread that brings it, or if another thread is at it, there. There is no
 * thread of its own. Whoever has a turn gets no second one inside it, so an order inside a handler may let the others have theirs.
 * Thread-safe.
 */
public final class Turns {
    private record Turn(Object of, Runnable what) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    /** Those whose turn it is: more than one where an order was given within a turn. */
    private final Set<Object> busy = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A turn for this one, later. */
    void add(Object of, Runnable what) {
        synchronized (waiting) {
            waiting.add(new Turn(of, what));
        }
    }

    /** A turn for this one: soon, and if nobody is at it, now. */
    void addAndRun(Object of, Runnable what) {
        add(of, what);
        run();
    }

    /** Takes all turns, unless somebody is at it, who then will. */
    void run() {
        do {
            if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
                return;
            }
            try {
                takeAll();
            } finally {
                lock.unlock();
            }
        } while (isSomethingWaiting()); // it may have come while the lock was still held
    }

    /** Carries out an order of the test, and all that follows from it, before it returns. */
    public void order(Runnable order) {
        lock.lock();
        try {
            takeAll();
            order.run();
            takeAll();
        } finally {
            lock.unlock();
        }
        run();
    }

    void takeAll() {
        for (Turn turn = next(); turn != null; turn = next()) {
            try {
                turn.what().run();
            } finally {
                over(turn);
            }
        }
    }

    private @Nullable Turn next() {
        synchronized (waiting) {
            Iterator<Turn> turns = waiting.iterator();
            while (turns.hasNext()) {
                Turn turn = turns.next();
                if (busy.add(turn.of())) {
                    turns.remove();
                    return turn;
                }
            }
            return null;
        }
    }

    private void over(Turn turn) {
        synchronized (waiting) {
            busy.remove(turn.of());
        }
    }

    private boolean isSomethingWaiting() {
        synchronized (waiting) {
            return waiting.stream().anyMatch(turn -> !busy.contains(turn.of()));
        }
    }
}
