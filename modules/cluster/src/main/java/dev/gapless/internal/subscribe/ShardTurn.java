package dev.gapless.internal.subscribe;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the thread of a shard read a subscription whose handler never blocks, unless the subscription's own actor is at it: then that is woken
 * as ever. So a message takes one hand-off less, and a thousand subscriptions take none each. Thread-safe.
 */
final class ShardTurn {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Runnable reading;

    /** From now on this reads. */
    void begin(Runnable read) {
        run(() -> reading = read);
    }

    /** For the subscription's actor. */
    void run(Runnable turn) {
        lock.lock();
        try {
            turn.run();
        } finally {
            lock.unlock();
        }
    }

    /** For the shard. {@return false if the actor is to be woken} */
    boolean tryRead() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            Runnable read = reading;
            if (read == null) {
                return false;
            }
            read.run();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
