package dev.gapless.internal.publish;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The receipts that are wanted of one log. Thread-safe. */
final class ReceiptQueue {
    private final int most;
    private final Executor answering;
    private final AtomicInteger taken = new AtomicInteger();
    private final Queue<WantedReceipt> asked = new ConcurrentLinkedQueue<>();
    private final Set<WantedReceipt> unanswered = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** Of so many at most at once; they are answered on this executor. */
    ReceiptQueue(int most, Executor answering) {
        this.most = most;
        this.answering = answering;
    }

    /** {@return whether one more may be wanted} Then {@link #giveBack} follows. */
    boolean take() {
        if (taken.incrementAndGet() > most) {
            taken.decrementAndGet();
            return false;
        }
        return true;
    }

    void giveBack() {
        taken.decrementAndGet();
    }

    int most() {
        return most;
    }

    /** As in {@link dev.gapless.core.producer.ReceiptRequest}. The producer is to be told that there is something. */
    CompletableFuture<Standings> ask(long first, long last, int nodes, long dueNs) {
        WantedReceipt wanted = new WantedReceipt(first, last, nodes, dueNs, answering);
        unanswered.add(wanted);
        asked.add(wanted);
        if (ended) {
            wanted.endUnanswered();
        }
        return wanted.answer().whenComplete((answer, failure) -> unanswered.remove(wanted));
    }

    /** The next one, for the producer; null if there is none. */
    @Nullable WantedReceipt poll() {
        return asked.poll();
    }

    /** Nobody answers any more. */
    void end() {
        ended = true;
        unanswered.forEach(WantedReceipt::endUnanswered);
    }
}
